import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { measurePair } from '../../../app/evidence/measure.ts';
import { probeMotion } from '../../../app/evidence/measured/probe-motion.ts';
import { groundTruth, openReference } from '../support/reference.ts';

let view: AnalyzerView;
beforeAll(async () => {
  view = await openReference('splits');
});
afterAll(() => view.close());

/** The demo as it would look on a probe that moves: every position along y changed by what `motionUm` says for its time. */
function moved(motionUm: (timeS: number, yUm: number) => number): AnalyzerView {
  return new Proxy(view, {
    get: (target, name) => {
      if (name !== 'extension') {
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (id: string) => {
        const data: unknown = await target.extension(id as 'spike_locations');
        if (id !== 'spike_locations') return data;
        const { xUm, yUm } = data as { xUm: Float64Array; yUm: Float64Array };
        const { sampleIndex } = await target.spikes();
        return {
          ...(data as object),
          xUm,
          yUm: Float64Array.from(yUm, (y, row) => y + motionUm(sampleIndex[row] / target.samplingFrequencyHz, y)),
        };
      };
    },
  });
}

async function medianTime(unit: number): Promise<number> {
  const { sampleIndex, unitIndex } = await view.spikes();
  const mine = Array.from(sampleIndex).filter((_, row) => unitIndex[row] === unit);
  return mine[mine.length >> 1];
}

/**
 * The demo, dense, where `late` has the average waveform of `early` one row of contacts further up; with `moving` the spikes say
 * that the tissue moved up by as much in mid-recording.
 */
function seenOneRowHigher(early: number, late: number, moving = true): AnalyzerView {
  const at = view.channelPositionsUm;
  const rowUm = 22;
  const below = Array.from({ length: view.channelIds.length }, (_, channel) =>
    view.channelIds.findIndex(
      (_id, other) => Math.abs(at[2 * other] - at[2 * channel]) < 1 && Math.abs(at[2 * other + 1] + rowUm - at[2 * channel + 1]) < 1,
    ),
  );
  const on = moved((timeS) => (moving && timeS > 60 ? rowUm : 0));
  return new Proxy(on, {
    get: (target, name) => {
      if (name === 'sparsity') return undefined;
      if (name !== 'extension') return Reflect.get(target, name);
      return async (id: string) => {
        const data: unknown = await target.extension(id as 'templates');
        if (id !== 'templates') return data;
        const stored = data as { average: Float32Array; sampleCount: number };
        const average = Float64Array.from(stored.average);
        const channels = view.channelIds.length;
        for (let sample = 0; sample < stored.sampleCount; sample += 1) {
          for (let channel = 0; channel < channels; channel += 1) {
            const from = below[channel];
            average[(late * stored.sampleCount + sample) * channels + channel] =
              from < 0 ? 0 : average[(early * stored.sampleCount + sample) * channels + from];
          }
        }
        return { ...stored, average };
      };
    },
  });
}

async function estimated(on: AnalyzerView, yUm = 170): Promise<number[]> {
  const { displacementUm } = await probeMotion(on);
  return Array.from({ length: 24 }, (_, place) => displacementUm((5 * place + 2.5) * on.samplingFrequencyHz, yUm));
}

const timesS = Array.from({ length: 24 }, (_, place) => 5 * place + 2.5);

function apart(found: readonly number[], wanted: readonly number[]): number {
  const level = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [level(found), level(wanted)];
  return Math.sqrt(level(found.map((value, place) => (value - a - (wanted[place] - b)) ** 2)));
}

describe('the motion of the probe', () => {
  it('is nothing where nothing moves', async () => {
    for (const value of await estimated(view)) expect(Math.abs(value)).toBeLessThan(1);
  });

  it('is found from the spikes, slow or in jumps', async () => {
    const slow = (timeS: number) => 20 * Math.sin(timeS / 15);
    expect(apart(await estimated(moved(slow)), timesS.map(slow))).toBeLessThan(2);
    const jumps = (timeS: number) => (timeS < 50 ? 0 : timeS < 80 ? 25 : -15);
    expect(apart(await estimated(moved(jumps)), timesS.map(jumps))).toBeLessThan(3);
  });

  it('is found at each depth where the tissue stretches', async () => {
    const stretching = (timeS: number, yUm: number) => 24 * Math.sin(timeS / 15) * (0.3 + yUm / 480);
    const on = moved(stretching);
    for (const depth of [60, 280]) {
      const wanted = timesS.map((timeS) => stretching(timeS, depth));
      expect(apart(await estimated(on, depth), wanted)).toBeLessThan(4.5);
    }
    const swing = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    expect(swing(await estimated(on, 280))).toBeGreaterThan(1.25 * swing(await estimated(on, 60)));
  });

  it('brings two cells no nearer where there is none', async () => {
    for (let second = 1; second < view.unitIds.length; second += 6) {
      const still = await measurePair(view, { first: 0, second });
      const moving = await measurePair(
        moved((timeS) => 20 * Math.sin(timeS / 15)),
        { first: 0, second },
      );
      expect(moving['drift_corrected_distance_um'] ?? Number.NaN).toBeCloseTo(still['drift_corrected_distance_um'] ?? Number.NaN, -1);
    }
  });
});

describe('numbers at equal places', () => {
  it('are not said where nothing moves: all times were seen from the same place', async () => {
    const numbers = await measurePair(view, { first: view.indexOf(3), second: view.indexOf(41) });
    expect(numbers['template_distance_cosine_moved']).toBeNull();
    expect(numbers['pca_d_prime_at_equal_places']).toBeNull();
    expect(numbers['amplitude_gap_at_equal_places']).toBeNull();
  });

  it('sees through a probe that moved from one hand to the other', async () => {
    const { pair } = groundTruth().true_pairs.find(({ kind }) => kind === 'time') as { pair: number[] };
    const places = pair.map((id) => view.indexOf(id));
    const firstIsEarlier = (await medianTime(places[0])) < (await medianTime(places[1]));
    const [early, late] = firstIsEarlier ? places : [places[1], places[0]];
    const numbers = await measurePair(seenOneRowHigher(early, late), { first: early, second: late });
    expect(numbers['template_distance_cosine']).toBeGreaterThan(0.15);
    expect(numbers['template_distance_cosine_moved']).toBeLessThan(0.05);
    expect(numbers['template_distance_l2_moved']).toBeLessThan(0.5 * (numbers['template_distance_l2'] ?? Number.NaN));
    const still = await measurePair(seenOneRowHigher(early, late, false), { first: early, second: late });
    expect(still['template_distance_cosine']).toBeGreaterThan(0.15);
    expect(still['template_distance_cosine_moved']).toBeNull();
  });

  it('are not said without positions', async () => {
    const without = new Proxy(view, {
      get: (target, name) => {
        if (name === 'has') return (extension: string) => extension !== 'spike_locations' && target.has(extension);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const numbers = await measurePair(without, { first: 0, second: 1 });
    expect(numbers['template_distance_cosine_moved']).toBeNull();
    expect(numbers['pca_d_prime_at_equal_places']).toBeNull();
    expect(numbers['amplitude_gap_at_equal_places']).toBeNull();
  });
});
