import type { FloatArray } from '../extensions/data.ts';
import { numpyHistogram } from './numpy-histogram.ts';
import { pairwiseSum } from './pairwise-sum.ts';

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
  const smooth = smoothed(numpyHistogram(amplitudes, binCount).counts, smoothing);
  const last = smooth.findLastIndex((count) => count >= smooth[0]);
  let missed = 0;
  for (let bin = last + 1; bin < smooth.length; bin += 1) missed += smooth[bin];
  return Math.min(missed / (amplitudes.length + missed), 0.5);
}

/** Gaussian filter over four standard deviations, edges repeated, cut to whole numbers. */
function smoothed(counts: Float64Array, deviation: number): Float64Array {
  const radius = Math.trunc(4 * deviation + 0.5);
  const heights = Float64Array.from({ length: 2 * radius + 1 }, (_, at) => Math.exp((-0.5 / (deviation * deviation)) * (at - radius) ** 2));
  // In NumPy's order, since whole numbers are cut from what follows.
  const total = pairwiseSum(heights);
  const weights = heights.map((height) => height / total);
  const at = (bin: number) => counts[Math.min(counts.length - 1, Math.max(0, bin))];
  return counts.map((count, bin) => {
    let sum = count * weights[radius];
    for (let shift = -radius; shift < 0; shift += 1) sum += (at(bin + shift) + at(bin - shift)) * weights[radius + shift];
    return Math.trunc(sum);
  });
}
