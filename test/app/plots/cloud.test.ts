import { describe, expect, test } from 'vitest';
import { type Cloud, ellipse, principalAxes, robustSpread, separation } from '../../../app/plots/cloud.ts';

/** A deterministic normal cloud. */
function cloudOf(count: number, centre: [number, number], deviations: [number, number], seed: number): Cloud {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 4294967297;
  };
  const values = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    values[i * 2] = centre[0] + deviations[0] * radius * Math.cos(angle);
    values[i * 2 + 1] = centre[1] + deviations[1] * radius * Math.sin(angle);
  }
  return { values, rowCount: count, dimensions: 2 };
}

describe('the spread of a cloud', () => {
  test('is that of a normal cloud', () => {
    const spread = robustSpread(cloudOf(4000, [3, -1], [2, 0.5], 1));
    expect(spread?.mean[0]).toBeCloseTo(3, 0);
    expect(Math.sqrt(spread?.covariance[0] as number)).toBeCloseTo(2, 0);
    expect(Math.sqrt(spread?.covariance[3] as number)).toBeCloseTo(0.5, 1);
  });

  test('is hardly moved by a few collisions', () => {
    const clean = cloudOf(100, [0, 0], [1, 1], 2);
    const values = clean.values.slice();
    for (let i = 0; i < 10; i++) values[i] = 80;
    const dirty = robustSpread({ ...clean, values });
    expect(Math.abs(dirty?.mean[0] as number)).toBeLessThan(0.4);
    expect(dirty?.covariance[0]).toBeLessThan(2);
  });

  test('is not said of four points or of points on a line', () => {
    expect(robustSpread(cloudOf(4, [0, 0], [1, 1], 3))).toBeUndefined();
    expect(ellipse(cloudOf(20, [0, 0], [0, 0], 3), 2)).toBeUndefined();
  });
});

test('the separation of two clouds is their distance in deviations, from either side', () => {
  const a = cloudOf(3000, [0, 0], [1, 1], 4);
  const b = cloudOf(3000, [3, 0], [1, 1], 5);
  expect(separation(a, b)).toBeGreaterThan(2.8);
  expect(separation(a, b)).toBeLessThan(3.2);
  expect(separation(b, a)).toBe(separation(a, b));
});

test('joint axes follow the largest variance, whatever the sizes of the clouds', () => {
  const found = principalAxes([cloudOf(2000, [-5, 0], [0.5, 1], 6), cloudOf(50, [5, 0], [0.5, 1], 7)]);
  expect(found?.axes[0]).toBeGreaterThan(0.99);
  expect(Math.abs(found?.mean[0] as number)).toBeLessThan(0.5);
});
