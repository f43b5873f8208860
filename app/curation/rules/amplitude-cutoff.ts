import type { FloatArray } from '../../analyzer/extensions/data.ts';

export interface CutoffParams {
  readonly binCount: number;
  /** Standard deviation of the smoothing, in bins. */
  readonly smoothing: number;
  /** Fewer spikes per bin than this give NaN. */
  readonly leastPerBin: number;
}

/**
 * Share of spikes missing below the detection threshold, as SpikeInterface's `amplitude_cutoff`: the smoothed histogram's upper
 * tail beyond the height of its first bin, at most 0.5. Amplitudes are positive. The smoothed counts are whole numbers, since
 * SciPy's filter gives the type it is given.
 */
export function amplitudeCutoff(amplitudes: FloatArray, { binCount, smoothing, leastPerBin }: CutoffParams): number {
  if (!(amplitudes.length / binCount >= leastPerBin)) return Number.NaN;
  const smooth = smoothed(histogram(amplitudes, binCount), smoothing);
  const last = smooth.findLastIndex((count) => count >= smooth[0]);
  let missed = 0;
  for (let bin = last + 1; bin < smooth.length; bin += 1) missed += smooth[bin];
  return Math.min(missed / (amplitudes.length + missed), 0.5);
}

/** NumPy's histogram: edges in the precision of the data, the last bin closed. */
function histogram(values: FloatArray, binCount: number): Float64Array {
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
  return counts;
}

/** Gaussian filter over four standard deviations, edges repeated, cut to whole numbers. */
function smoothed(counts: Float64Array, deviation: number): Float64Array {
  const radius = Math.trunc(4 * deviation + 0.5);
  const heights = Float64Array.from({ length: 2 * radius + 1 }, (_, at) => Math.exp((-0.5 / (deviation * deviation)) * (at - radius) ** 2));
  const total = pairwiseSum(heights);
  const weights = heights.map((height) => height / total);
  const at = (bin: number) => counts[Math.min(counts.length - 1, Math.max(0, bin))];
  return counts.map((count, bin) => {
    let sum = count * weights[radius];
    for (let shift = -radius; shift < 0; shift += 1) sum += (at(bin + shift) + at(bin - shift)) * weights[radius + shift];
    return Math.trunc(sum);
  });
}

/** In NumPy's order (eight running sums), since whole numbers are cut from what follows. */
function pairwiseSum(values: Float64Array): number {
  if (values.length < 8) return values.reduce((sum, value) => sum + value, 0);
  const parts = values.slice(0, 8);
  const whole = values.length - (values.length % 8);
  for (let at = 8; at < whole; at += 1) parts[at % 8] += values[at];
  let sum = parts[0] + parts[1] + (parts[2] + parts[3]) + (parts[4] + parts[5] + (parts[6] + parts[7]));
  for (let at = whole; at < values.length; at += 1) sum += values[at];
  return sum;
}
