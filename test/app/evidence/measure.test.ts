import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { poissonPower } from '../../../app/evidence/ccg-power.ts';
import { measurePair, missingFor } from '../../../app/evidence/measure.ts';
import { isolation } from '../../../app/evidence/measured/isolation.ts';
import { evidenceNumbers } from '../../../app/evidence/registry.ts';
import { expectedNumbers, expectedOf, groundTruth, openReference } from '../support/reference.ts';

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
    const onlyWhereTheProbeMoved = /_moved$|_at_equal_places$/;
    expect(Object.entries(one).filter(([id, value]) => value === null && !onlyWhereTheProbeMoved.test(id))).toEqual([]);
    expect(other).toEqual(one);
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

  it('compare templates, places and correlograms as SpikeInterface does', async () => {
    for (const [name, view] of [
      ['splits', splits],
      ['multisegment', multisegment],
    ] as const) {
      const expected = expectedOf(name);
      const similarity = Object.fromEntries(
        (['l1', 'l2', 'cosine'] as const).map((method) => [method, expectedNumbers(expected.similarity?.[`${method}/default`])]),
      );
      const outs = expected.candidates['similarity_correlograms'].outs ?? {};
      const distances = expectedNumbers(outs['unit_distances']);
      const differences = expectedNumbers(outs['correlogram_diff']);
      let compared = 0;
      for (let first = 0; first < view.unitIds.length; first += 1) {
        for (let second = first + 1; second < view.unitIds.length; second += 1) {
          const at = first * view.unitIds.length + second;
          const numbers = await measurePair(view, { first, second });
          for (const method of ['l1', 'l2', 'cosine'] as const) {
            // Units without a common channel have no distance to tell.
            if (numbers[`template_distance_${method}`] !== null)
              expect(numbers[`template_distance_${method}`]).toBeCloseTo(1 - similarity[method][at], 5);
          }
          expect(numbers['unit_distance_um']).toBeCloseTo(distances[at], 5);
          if (Number.isFinite(differences[at])) {
            expect(numbers['correlogram_diff']).toBeCloseTo(differences[at], 6);
            compared += 1;
          }
        }
      }
      expect(compared).toBeGreaterThan(0);
    }
  });

  it('say from a power calculation whether the cross-correlogram can tell', async () => {
    // Below 3 expected coincidences even none is not significant; with many, one clean cell can't be missed.
    expect(poissonPower(2.9, 0)).toBe(0);
    expect(poissonPower(3.1, 0)).toBe(1);
    expect(poissonPower(3.1, 1)).toBeCloseTo(Math.exp(-1), 12);
    expect(poissonPower(200, 20)).toBeGreaterThan(0.999999);
    expect(poissonPower(200, 200)).toBeLessThan(0.05);
    for (const first of [0, 5, 9]) {
      for (let second = first + 1; second < splits.unitIds.length; second += 1) {
        const numbers = await measurePair(splits, { first, second }, { only: ['ccg_power', 'ccg_expected_count'] });
        expect(numbers['ccg_power']).toBeGreaterThanOrEqual(0);
        expect(numbers['ccg_power']).toBeLessThanOrEqual(1);
        if ((numbers['ccg_expected_count'] ?? 0) < 2.9) expect(numbers['ccg_power']).toBe(0);
      }
    }
    const clear = await measurePair(splits, pairOf(splits, 22, 32), { only: ['ccg_power'] });
    expect(clear['ccg_power']).toBeGreaterThan(0.9);
  });

  it('see one cloud where a cell was split at random, and two where there are two cells', async () => {
    const cloud = (centre: number, rows: number, seed: number) => {
      let state = seed;
      const uniform = () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return (state + 0.5) / 2 ** 32;
      };
      return Float64Array.from(
        { length: rows * 3 },
        () => centre + Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
      );
    };
    const pair = (centre: number, firstRows: number, secondRows: number) => ({
      dimensions: 3,
      first: cloud(0, firstRows, 1),
      second: cloud(centre, secondRows, 99),
      firstRows,
      secondRows,
      firstSpikes: new Int32Array(firstRows),
      secondSpikes: new Int32Array(secondRows),
    });
    expect(isolation(pair(0, 250, 250))).toBeGreaterThan(0.7);
    expect(isolation(pair(0, 250, 60))).toBeLessThan(1.5);
    expect(isolation(pair(4, 250, 60))).toBeGreaterThan(10);
    expect(isolation(pair(4, 250, 19))).toBeUndefined();
    const random = groundTruth().true_pairs.filter(({ kind }) => kind === 'random');
    expect(random.length).toBeGreaterThan(0);
    for (const { pair: units } of random) {
      const numbers = await measurePair(splits, pairOf(splits, units[0], units[1]), { only: ['pca_isolation'] });
      expect(numbers['pca_isolation']).toBeLessThan(1.5);
    }
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
