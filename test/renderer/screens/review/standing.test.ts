import { describe, expect, test } from 'vitest';
import { standingOf, standingWords } from '../../../../renderer/screens/review/standing.ts';

const even = { id: 'a', count: 300, quantiles: Array.from({ length: 101 }, (_, percent) => percent / 100) };

describe('where a value stands among near pairs', () => {
  test('the share of pairs below it, and its place along the bars', () => {
    const standing = standingOf(even, 0.25);
    expect(standing?.percent).toBe(25);
    expect(standing?.place).toBeCloseTo(0.2449, 3);
    expect(standing && standingWords(standing, even.count)).toBe('25 % of 300 near pairs have a smaller value.');
    expect(standingOf(even, -3)).toMatchObject({ percent: 0, place: 0 });
    expect(standingOf(even, 3)).toMatchObject({ percent: 100, place: 1 });
  });

  test('the bars hold all pairs', () => {
    const bars = standingOf(even, 0.5)?.bars ?? [];
    expect(bars.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 6);
    const flat = standingOf({ ...even, quantiles: new Array(101).fill(2) }, 2);
    expect(flat?.bars.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 6);
    expect(flat?.place).toBe(0.5);
  });

  test('nothing is said where there is nothing to compare with', () => {
    expect(standingOf(undefined, 1)).toBeUndefined();
    expect(standingOf({ id: 'a', count: 0, quantiles: [] }, 1)).toBeUndefined();
    expect(standingOf(even, null)).toBeUndefined();
  });
});
