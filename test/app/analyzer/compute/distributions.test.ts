import { expect, it } from 'vitest';
import { binomialSurvival, poissonCdf } from '../../../../app/analyzer/compute/distributions.ts';
import { quadraticSplineAt } from '../../../../app/analyzer/compute/quadratic-spline.ts';

const close = (actual: number, expected: number) => expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-10);

// Reference values from SciPy 1.x: poisson.cdf, binom.sf, interp1d(kind="quadratic").
it('Poisson sums are exact for small and large means', () => {
  close(poissonCdf(3, 10), 0.010336050675925726);
  close(poissonCdf(0, 3), 0.04978706836786395);
  close(poissonCdf(1000, 1100), 0.001175230568136558);
  close(poissonCdf(7.5, 2.2), 0.9980224388646979);
  expect(poissonCdf(-1, 2)).toBe(0);
  expect(poissonCdf(2, 0)).toBe(1);
  expect(poissonCdf(2, Number.NaN)).toBeNaN();
});

it('binomial tails are exact with ten thousand million trials', () => {
  close(binomialSurvival(5, 100, 0.03), 0.08083712890137347);
  close(binomialSurvival(20, 1e6, 1.6e-5), 0.1318301762680657);
  close(binomialSurvival(10, 1e10, 1.6e-9), 0.9226039843933119);
  close(binomialSurvival(3, 1e6, 1.6e-5), 0.9999068663765055);
  expect(binomialSurvival(-1, 5, 0.2)).toBe(1);
  expect(binomialSurvival(5, 5, 0.2)).toBe(0);
});

it('the quadratic spline goes through its points and curves between them as SciPy does', () => {
  close(quadraticSplineAt([3, 4, 5, 6, 7, 8], [1, 4, 2, 8, 5, 7], 5.4), 4.166470588235296);
  close(quadraticSplineAt([3, 4, 5, 6, 7], [1, 4, 2, 8, 5], 5), 2);
  expect(quadraticSplineAt([3, 4, 5], [1, 2, 3], 9)).toBeNaN();
});
