import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { measurePair } from '../../../app/evidence/measure.ts';
import { gapAtEqualTimes, inStretches } from '../../../app/evidence/measured/gap-at-equal-times.ts';
import { groundTruth, openReference } from '../support/reference.ts';

let view: AnalyzerView;
beforeAll(async () => {
  view = await openReference('splits');
});
afterAll(() => view.close());

const numbers = (first: number, second: number) => measurePair(view, { first: view.indexOf(first), second: view.indexOf(second) });

describe('the gap at equal times', () => {
  const total = 20_000;
  const values = (at: (time: number) => number, from = 0, step = 10) => {
    const timeSamples = Float64Array.from({ length: Math.floor((total - from) / step) }, (_, entry) => from + entry * step);
    return inStretches({ timeSamples, inTime: timeSamples.map((time, entry) => at(time) + Math.sin(7.1 * entry)) }, total);
  };

  it('does not see what drifts in both alike', () => {
    const drifting = values((time) => time / 500);
    const again = values((time) => time / 500, 5);
    expect(Math.abs(gapAtEqualTimes(drifting, again) ?? Number.NaN)).toBeLessThan(0.2);
  });

  it('sees what differs all the time, with its sign', () => {
    const low = values(() => 0);
    const high = values(() => 5, 5);
    expect(gapAtEqualTimes(low, high)).toBeLessThan(-3);
    expect(gapAtEqualTimes(high, low)).toBeGreaterThan(3);
  });

  it('says nothing about a handful of spikes', () => {
    expect(
      gapAtEqualTimes(
        values(() => 0, 19_970),
        values(() => 0, 19_975),
      ),
    ).toBeUndefined();
  });
});

describe('numbers against drift', () => {
  it('show a hand-over: one silent as the other fires, close where they meet', async () => {
    for (const { pair } of groundTruth().true_pairs.filter(({ kind }) => kind === 'time')) {
      const measured = await numbers(pair[0], pair[1]);
      expect(measured['presence_correlation']).toBeLessThan(-0.3);
      expect(measured['location_gap_at_equal_times']).toBeLessThan(3);
      expect(measured['pca_d_prime_at_equal_times']).toBeLessThan(4);
    }
  });

  it('never find a longer way over third units than the direct one', async () => {
    for (let second = 1; second < view.unitIds.length; second += 1) {
      const measured = await measurePair(view, { first: 0, second });
      expect(measured['template_chain_distance']).toBeLessThanOrEqual((measured['template_distance_cosine'] ?? Number.NaN) + 1e-5);
      expect(measured['template_nearer_units']).toBeGreaterThanOrEqual(0);
    }
  });
});
