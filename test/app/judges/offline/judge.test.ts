import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyzerView } from '../../../../app/analyzer/view.ts';
import { type VerdictWord, verdictSchema } from '../../../../app/contract/verdict.ts';
import { logLikelihoodRatioOfDip } from '../../../../app/judges/offline/dip.ts';
import { judgeOffline, type OfflineVerdict } from '../../../../app/judges/offline/judge.ts';
import { offlineModel, scorePair } from '../../../../app/judges/offline/model.ts';
import { fewestSpikes, pairOpinion } from '../../../../app/judges/offline/pair-opinion.ts';
import { groundTruth, openReference } from '../../support/reference.ts';

let view: AnalyzerView;
beforeAll(async () => {
  view = await openReference('splits');
});
afterAll(() => view.close());

const judge = (...ids: number[]): Promise<OfflineVerdict> =>
  judgeOffline(view, { units: ids.map((id) => view.indexOf(id)), labels: ids.map((_, place) => 'ABCDEFGH'[place]) });

describe('the offline judge on the demo analyzer', () => {
  it('calls no two cells one, and most true splits with enough spikes one', async () => {
    const truth = groundTruth();
    const count: Record<'same' | 'lookAlike' | 'other', Record<VerdictWord, number>> = {
      same: { merge: 0, 'not merge': 0, unsure: 0 },
      lookAlike: { merge: 0, 'not merge': 0, unsure: 0 },
      other: { merge: 0, 'not merge': 0, unsure: 0 },
    };
    const key = (ids: readonly number[]) => [...ids].sort((a, b) => a - b).join(' ');
    const same = new Set(truth.true_pairs.map(({ pair }) => key(pair)));
    const lookAlike = new Set(truth.look_alike_pairs.flatMap(({ pairs }) => pairs.map(key)));
    for (const [place, first] of view.unitIds.entries()) {
      for (const second of view.unitIds.slice(place + 1)) {
        const { verdict } = await judge(Number(first), Number(second));
        const name = key([Number(first), Number(second)]);
        count[same.has(name) ? 'same' : lookAlike.has(name) ? 'lookAlike' : 'other'][verdict.verdict] += 1;
      }
    }
    expect(count.same['not merge']).toBe(0);
    expect(count.same.merge).toBeGreaterThanOrEqual(12);
    expect(count.lookAlike.merge + count.other.merge).toBe(0);
    expect(count.lookAlike['not merge']).toBeGreaterThanOrEqual(4);
    expect(count.other['not merge']).toBeGreaterThanOrEqual(0.97 * (count.other['not merge'] + count.other.unsure));
  }, 60_000);

  it('gives a verdict of the shape every judge gives, and says which three numbers decided', async () => {
    const { verdict, numbers, version } = await judge(3, 41);
    expect(verdictSchema.parse(verdict)).toEqual(verdict);
    expect(verdict.verdict).toBe('merge');
    expect(verdict.reasoning).toMatch(/What decided, with its weight: [^;]+; [^;]+; [^;]+\./);
    expect(verdict.features.map((finding) => finding.feature)).toContain('crosscorrelograms');
    expect(numbers['ccg_observed_count']).toBe(0);
    expect(Number.isFinite(numbers['offline_log_odds'])).toBe(true);
    expect(version).toMatch(/^\d+$/);
  });

  it('does not refuse a hand-over because the amplitudes differ', async () => {
    for (const pair of [
      [5, 29],
      [13, 14],
      [36, 37],
    ]) {
      const { verdict, numbers } = await judge(...pair);
      expect(numbers['presence_overlap']).toBeLessThan(0.3);
      expect(verdict.verdict).toBe('merge');
      expect(verdict.features.find((finding) => finding.feature === 'amplitude_plot')?.finding).toMatch(/takes over/);
      const disjoint = pairOpinion({ ...numbers, amplitude_overlap: 0, amplitude_valley: 1 });
      expect(disjoint.word).toBe('merge');
      expect(disjoint.logOdds).toBe(pairOpinion(numbers).logOdds);
    }
  });

  it('is unsure rather than merging where there are too few spikes', async () => {
    const { numbers } = await judge(3, 41);
    expect(pairOpinion(numbers).word).toBe('merge');
    const opinion = pairOpinion({ ...numbers, spike_count_second: fewestSpikes - 1 });
    expect(opinion.probability).toBeGreaterThanOrEqual(offlineModel.mergeFrom);
    expect(opinion.word).toBe('unsure');
    expect(opinion.heldBack).toMatch(/only 9 spikes/);
  });

  it('tells exactly what made up the log-odds', async () => {
    const { numbers } = await judge(7, 30);
    const { base, contributions, logOdds } = scorePair(numbers);
    expect(contributions.reduce((sum, one) => sum + one.logOdds, base)).toBeCloseTo(logOdds, 9);
    expect(numbers['offline_log_odds']).toBe(logOdds);
    expect(numbers['offline_probability']).toBeCloseTo(1 / (1 + Math.exp(-logOdds)), 12);
  });

  it('answers the same whichever unit comes first', async () => {
    const one = await judge(1, 22);
    const other = await judge(22, 1);
    expect(other.verdict.verdict).toBe(one.verdict.verdict);
    expect(other.numbers['offline_log_odds']).toBe(one.numbers['offline_log_odds']);
  });

  it('merges three units only where all pairs agree, and tells which belong together', async () => {
    const { verdict, numbers } = await judge(1, 22, 32);
    expect(verdictSchema.parse(verdict)).toEqual(verdict);
    expect(verdict.verdict).toBe('not merge');
    expect(verdict.cells).toEqual([['A'], ['B', 'C']]);
    expect(numbers['B-C.ccg_observed_count']).toBe(0);
  });
});

describe('the offline judge without some inputs', () => {
  const without = (...missing: string[]): AnalyzerView =>
    new Proxy(view, {
      get: (target, name) => {
        if (name === 'has') return (extension: string) => !missing.includes(extension) && target.has(extension);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const judgeWithout = (ids: [number, number], ...missing: string[]) =>
    judgeOffline(without(...missing), { units: ids.map((id) => view.indexOf(id)), labels: ['A', 'B'] });

  it('is less sure, never more in favour', async () => {
    const full = await judge(3, 41);
    const less = await judgeWithout([3, 41], 'principal_components', 'spike_amplitudes');
    expect(less.verdict.confidence).toBeLessThan(full.verdict.confidence);
    expect(less.numbers['offline_log_odds']).toBeLessThan(full.numbers['offline_log_odds'] ?? 0);
    expect(less.numbers['pca_d_prime']).toBeNull();
    expect(less.verdict.reasoning).toMatch(/Could not be measured: pca_clustering, amplitude_plot/);
  });

  it('still tells from average waveforms and spike times alone, where these are clear', async () => {
    const lost = ['principal_components', 'spike_amplitudes', 'spike_locations'];
    const same = await judgeWithout([3, 41], ...lost);
    expect(same.verdict.verdict).toBe('merge');
    expect(same.verdict.confidence).toBeLessThan(0.8 * (await judge(3, 41)).verdict.confidence + 0.05);
    expect((await judgeWithout([22, 1], ...lost)).verdict.verdict).not.toBe('merge');
    const { base, contributions, logOdds } = scorePair(same.numbers);
    expect(contributions.reduce((sum, one) => sum + one.logOdds, base)).toBeCloseTo(logOdds, 9);
    for (const { missing, logOdds: added } of contributions) if (missing) expect(added).toBe(0);
  });

  it('never takes a missing number for support', async () => {
    const { numbers } = await judge(3, 41);
    for (const id of Object.keys(numbers)) {
      for (const { missing, logOdds } of scorePair({ ...numbers, [id]: null }).contributions) {
        if (missing) expect(logOdds).toBeLessThanOrEqual(0);
      }
    }
  });

  it('merges nothing without average waveforms', async () => {
    const { verdict } = await judgeWithout([3, 41], 'templates', 'waveforms');
    expect(verdict.verdict).toBe('unsure');
  });
});

describe('the dip of the cross-correlogram', () => {
  const term = logLikelihoodRatioOfDip;

  it('says nothing where nothing is expected, little where little is', () => {
    expect(term(0, 0)).toBe(0);
    expect(term(0, 1)).toBeLessThan(1);
    expect(term(0, 10)).toBe(4);
  });

  it('stays finite for large counts and never exceeds its bounds', () => {
    for (const [observed, expected] of [
      [0, 1e6],
      [1e6, 1e6],
      [1e7, 1e5],
      [3e5, 1e6],
    ]) {
      const value = term(observed, expected);
      expect(value).toBeGreaterThanOrEqual(-5);
      expect(value).toBeLessThanOrEqual(4);
    }
  });

  it('falls with every coincidence seen', () => {
    for (let observed = 0; observed < 20; observed += 1) expect(term(observed + 1, 12)).toBeLessThanOrEqual(term(observed, 12));
  });
});
