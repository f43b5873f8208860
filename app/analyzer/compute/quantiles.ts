import type { FloatArray } from '../extensions/data.ts';

/**
 * Quantiles (0 to 1) as NumPy's `quantile` interpolates them (linear), in the precision of the data; not-a-number where one
 * value is or there is none.
 */
export function quantiles(values: FloatArray, shares: readonly number[]): number[] {
  const round = values instanceof Float32Array ? Math.fround : (value: number) => value;
  const sorted = values.slice().sort();
  const last = sorted.length - 1;
  if (last < 0 || Number.isNaN(sorted[last])) return shares.map(() => Number.NaN);
  return shares.map((share) => {
    const place = round(last * round(share));
    const below = Math.floor(place);
    if (below >= last) return sorted[last];
    const rest = round(place - below);
    const step = round(sorted[below + 1] - sorted[below]);
    // From the nearer end, as NumPy does against rounding past it.
    return rest >= 0.5 ? round(sorted[below + 1] - round(step * round(1 - rest))) : round(sorted[below] + round(step * rest));
  });
}
