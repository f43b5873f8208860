import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chancePairs, closePairs } from '../../../app/plots/pair-counts.ts';

const train = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }).map((samples) => Float64Array.from(samples).sort());

test('close pairs are those a plain count over all pairs finds', () => {
  fc.assert(
    fc.property(train, train, fc.integer({ min: 0, max: 30 }), (a, b, reach) => {
      let across = 0;
      for (const first of a) for (const second of b) if (Math.abs(first - second) <= reach) across++;
      expect(closePairs([a], [b], reach)).toBe(across);
      let own = 0;
      for (let i = 0; i < a.length; i++) for (let j = i + 1; j < a.length; j++) if (a[j] - a[i] <= reach) own++;
      const trains = [a];
      expect(closePairs(trains, trains, reach)).toBe(own);
    }),
  );
});

test('spikes of different segments are never pairs', () => {
  const a = [Float64Array.of(10), new Float64Array(0)];
  const b = [new Float64Array(0), Float64Array.of(10)];
  expect(closePairs(a, b, 100)).toBe(0);
  expect(chancePairs(a, b, [1000, 1000], 100)).toBe(0);
});

test('chance is the rates times the width of the window', () => {
  const a = [Float64Array.from({ length: 100 }, (_, i) => i * 100)];
  const b = [Float64Array.from({ length: 50 }, (_, i) => i * 200 + 50)];
  expect(chancePairs(a, b, [10_000], 45)).toBeCloseTo((100 * 50 * 90) / 10_000);
});
