import type { FloatArray } from '../extensions/data.ts';

/** Counts in equal bins from the smallest to the largest value, as NumPy's `histogram`: edges in the precision of the data, the last bin closed. */
export function numpyHistogram(values: FloatArray, binCount: number): { readonly counts: Float64Array; readonly edges: Float64Array } {
  const round = values instanceof Float32Array ? Math.fround : (value: number) => value;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) [low, high] = [round(low - 0.5), round(high + 0.5)];
  const range = round(high - low);
  const step = round(range / binCount);
  const edges = Float64Array.from({ length: binCount + 1 }, (_, at) => (at === binCount ? high : round(round(at * step) + low)));
  const counts = new Float64Array(binCount);
  for (const value of values) {
    let bin = Math.trunc(round(round(round(value - low) / range) * binCount));
    if (bin === binCount) bin -= 1;
    if (value < edges[bin]) bin -= 1;
    else if (bin !== binCount - 1 && value >= edges[bin + 1]) bin += 1;
    counts[bin] += 1;
  }
  return { counts, edges };
}
