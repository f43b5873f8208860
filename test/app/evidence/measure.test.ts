import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { measurePair, missingFor } from '../../../app/evidence/measure.ts';
import { evidenceNumbers } from '../../../app/evidence/registry.ts';
import { expectedOf, openReference } from '../support/reference.ts';

let splits: AnalyzerView;
let multisegment: AnalyzerView;
beforeAll(async () => {
  splits = await openReference('splits');
  multisegment = await openReference('multisegment');
});
afterAll(async () => {
  await splits.close();
  await multisegment.close();
});

const pairOf = (view: AnalyzerView, first: number | string, second: number | string) => ({
  first: view.indexOf(first),
  second: view.indexOf(second),
});

describe('the numbers about a pair', () => {
  it('each tell what they are, where they come from and how to read them', () => {
    expect(new Set(evidenceNumbers.map((number) => number.id)).size).toBe(evidenceNumbers.length);
    for (const number of evidenceNumbers) {
      expect(number.id).toMatch(/^[a-z][a-z0-9_]*$/);
      for (const text of [number.title, number.definition, number.source, number.reading]) expect(text.length).toBeGreaterThan(3);
      expect(number.digits).toBeGreaterThanOrEqual(0);
    }
  });

  it('are all said for a pair of the demo analyzer, in any order of the units', async () => {
    const one = await measurePair(splits, pairOf(splits, 3, 41));
    const other = await measurePair(splits, pairOf(splits, 41, 3));
    expect(Object.keys(one)).toEqual(evidenceNumbers.map((number) => number.id));
    expect(Object.entries(one).filter(([, value]) => value === null)).toEqual([]);
    expect(other).toEqual(one);
  });

  it('take less than 20 ms for a pair once the analyzer has been read', async () => {
    for (const first of splits.unitIds) await measurePair(splits, { first: 0, second: Math.max(1, splits.indexOf(first)) });
    const times: number[] = [];
    for (let second = 5; second < 25; second += 1) {
      const started = performance.now();
      await measurePair(splits, { first: 2, second });
      times.push(performance.now() - started);
    }
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(20);
  });

  it('count refractory violations and contamination as SpikeInterface does, over all segments', async () => {
    for (const [name, view] of [
      ['splits', splits],
      ['multisegment', multisegment],
    ] as const) {
      const { units, pairs } = expectedOf(name).pair_numbers ?? { units: {}, pairs: [] };
      expect(pairs.length).toBeGreaterThan(0);
      for (const { pair } of pairs) {
        const [first, second] = [...pair].sort((a, b) => view.indexOf(a) - view.indexOf(b));
        const numbers = await measurePair(view, pairOf(view, first, second), {
          only: ['rp_violations_first', 'rp_violations_second', 'contamination_first', 'contamination_second'],
        });
        expect(numbers['rp_violations_first']).toBe(units[first].rp_violations);
        expect(numbers['rp_violations_second']).toBe(units[second].rp_violations);
        expect(numbers['contamination_first']).toBeCloseTo(units[first].contamination, 6);
        expect(numbers['contamination_second']).toBeCloseTo(units[second].contamination, 6);
      }
    }
  });

  it('see the refractory dip of a split cell and none between two look-alikes', async () => {
    const split = await measurePair(splits, pairOf(splits, 22, 32));
    const lookAlike = await measurePair(splits, pairOf(splits, 1, 32));
    expect(split['ccg_expected_count']).toBeGreaterThan(20);
    expect(split['ccg_refractory_ratio']).toBeLessThan(0.1);
    expect(split['ccg_refractory_p_value']).toBeLessThan(1e-6);
    expect(lookAlike['ccg_refractory_ratio']).toBeGreaterThan(0.7);
    expect(lookAlike['ccg_refractory_p_value']).toBeGreaterThan(0.01);
    expect(lookAlike['contamination_merged']).toBeGreaterThan((split['contamination_merged'] ?? 0) + 0.1);
  });

  it('expect few coincidences of units that take turns, however fast they fire', async () => {
    const numbers = await measurePair(splits, pairOf(splits, 13, 14));
    const perTurn = (785 * 817 * 2 * 0.0027) / 120;
    expect(numbers['ccg_expected_count']).toBeLessThan(0.4 * perTurn);
    expect(numbers['presence_overlap']).toBeLessThan(0.3);
    expect(numbers['amplitude_gap_at_equal_times']).toBeLessThan(0.5);
  });

  it('leave unsaid what they cannot know', async () => {
    const withRecording = await openReference('with-recording');
    const numbers = await measurePair(withRecording, { first: 0, second: 1 });
    expect(numbers['pca_d_prime']).toBeNull();
    expect(numbers['template_distance_l1']).toBeNull();
    expect(numbers['spike_count_first']).toBeGreaterThan(0);
    const distance = evidenceNumbers.find((number) => number.id === 'template_distance_l1');
    expect(distance && missingFor(withRecording, distance)).toEqual(['templates']);
    await withRecording.close();
  });

  it('refuse a pair of one unit or of units that do not exist', async () => {
    await expect(measurePair(splits, { first: 1, second: 1 })).rejects.toThrow(/two different units/);
    await expect(measurePair(splits, { first: 0, second: 99 })).rejects.toMatchObject({ kind: 'analyzer.unknownUnit' });
  });

  it('stop when cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(measurePair(splits, { first: 0, second: 1 }, { signal: controller.signal })).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
