import fc from 'fast-check';
import { expect, it } from 'vitest';
import { medianInPlace } from '../../../../app/analyzer/compute/median.ts';

it('is the middle in order, or the mean of the two in the middle', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 }), (values) => {
      const sorted = Float64Array.from(values).sort();
      const half = sorted.length >> 1;
      const middle = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
      expect(medianInPlace(Float64Array.from(values)) === middle).toBe(true);
    }),
  );
});

it('bears many equal values, rising and falling ones, and none', () => {
  expect(medianInPlace(new Float32Array(10_000).fill(3))).toBe(3);
  expect(medianInPlace(Float32Array.from({ length: 10_001 }, (_, at) => at))).toBe(5000);
  expect(medianInPlace(Float32Array.from({ length: 10_001 }, (_, at) => -at))).toBe(-5000);
  expect(medianInPlace(new Float32Array(0))).toBeNaN();
});
