import { expect, it } from 'vitest';
import { NumpyRandom } from '../../../../app/analyzer/compute/numpy-random.ts';

// Drawn with NumPy 2.4: default_rng(seed).choice(size, count, replace=False, shuffle=False) and .integers(0, high, endpoint=True).

it('draws the numbers NumPy draws', () => {
  const random = new NumpyRandom(0);
  expect([5, 10, 1000, 7].map((highest) => random.upTo(highest))).toEqual([5, 7, 511, 2]);
});

it('chooses as NumPy does from few and from many', () => {
  expect([...new NumpyRandom(42).choose(1000, 10)]).toEqual([88, 767, 649, 436, 430, 855, 85, 695, 201, 94]);
  expect([...new NumpyRandom(7).choose(20_000, 1500)].slice(0, 8)).toEqual([3002, 10116, 16121, 8934, 19934, 4631, 14461, 19291]);
});

it('takes seeds beyond 32 bits, and goes on where it was', () => {
  const random = new NumpyRandom(Number.MAX_SAFE_INTEGER);
  expect([...random.choose(300, 5)]).toEqual([18, 233, 246, 181, 252]);
  expect([...random.choose(3, 3)]).toEqual([0, 1, 2]);
  expect(random.upTo(4_000_000_000)).toBe(625_317_778);
});
