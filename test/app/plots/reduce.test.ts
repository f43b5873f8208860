import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countRange,
  hashedSample,
  histogram,
  niceRange,
  niceStep,
  onePerCell,
  percentile,
  sortedFinite,
  spread,
} from '../../../app/plots/reduce.ts';

describe('sampling', () => {
  test('spreads evenly and takes all when there is room', () => {
    expect([...spread(4, 10)]).toEqual([0, 1, 2, 3]);
    expect([...spread(100, 4)]).toEqual([12, 37, 62, 87]);
    expect([...spread(0, 4)]).toEqual([]);
  });

  test('by hash depends on the rows alone, not on who else is there', () => {
    const rows = Int32Array.from({ length: 5000 }, (_, i) => i * 3 + 1);
    const chosen = hashedSample(rows, 400);
    expect(chosen).toHaveLength(400);
    expect([...chosen]).toEqual([...chosen].sort((a, b) => a - b));
    expect(hashedSample(rows.slice(), 400)).toEqual(chosen);
    const quarters = [0, 0, 0, 0];
    for (const at of chosen) quarters[Math.floor(at / 1250)]++;
    for (const quarter of quarters) expect(quarter).toBeGreaterThan(70);
  });

  test('keeps one point per cell and none outside', () => {
    const box = { x: { min: 0, max: 10 }, y: { min: 0, max: 10 }, columns: 10, rows: 10 };
    expect([...onePerCell([0.1, 0.2, 5, 11, Number.NaN, 10], [0.1, 0.3, 5, 5, 5, 10], box)]).toEqual([0, 2, 5]);
  });
});

test('percentiles are interpolated, and absent where there are no values', () => {
  expect(percentile([0, 10], 0.25)).toBe(2.5);
  expect(percentile([], 0.5)).toBeUndefined();
  expect([...sortedFinite([3, Number.NaN, 1, Number.POSITIVE_INFINITY])]).toEqual([1, 3]);
});

test('histograms leave out what lies outside and keep the last edge', () => {
  expect([...histogram([0, 0.5, 1, 2, 2.1, -1, Number.NaN], { min: 0, max: 2 }, 2)]).toEqual([2, 2]);
});

test('axis ranges hold the values and are whole steps', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e5, max: 1e5, noNaN: true }), fc.double({ min: 1e-3, max: 1e5, noNaN: true }), (min, extent) => {
      const range = niceRange({ min, max: min + extent }, 6);
      const reach = extent * 1e-6 + Math.abs(min) * 1e-9;
      expect(range.min).toBeLessThanOrEqual(min + reach);
      expect(range.max).toBeGreaterThanOrEqual(min + extent - reach);
      expect((range.max - range.min) / range.step).toBeLessThan(10);
    }),
  );
});

test('counts get whole steps', () => {
  expect(countRange(7, 3)).toEqual({ min: 0, max: 8, step: 2 });
  expect(countRange(0, 3)).toEqual({ min: 0, max: 1, step: 1 });
  expect(niceStep(Number.NaN, 5)).toBe(1);
});
