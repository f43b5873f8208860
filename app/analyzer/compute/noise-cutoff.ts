import type { FloatArray } from '../extensions/data.ts';
import { numpyHistogram } from './numpy-histogram.ts';
import { quantiles } from './quantiles.ts';

export interface NoiseCutoffParams {
  readonly highQuantile: number;
  readonly lowQuantile: number;
  readonly binCount: number;
}

/**
 * How far the counts of the lowest amplitudes lie from those of the highest, in standard deviations of these (`cutoff`), and
 * as a share of the fullest bin (`ratio`), as SpikeInterface's `noise_cutoff`. Amplitudes are positive.
 */
export function noiseCutoff(amplitudes: FloatArray, params: NoiseCutoffParams): { readonly cutoff: number; readonly ratio: number } {
  if (amplitudes.length === 0) return { cutoff: Number.NaN, ratio: Number.NaN };
  const { counts, edges } = numpyHistogram(amplitudes, params.binCount);
  const [lowest, highest] = quantiles(amplitudes, [params.lowQuantile, 1 - params.highQuantile]);
  const low = counts.filter((_, bin) => edges[bin + 1] <= lowest);
  const high = counts.filter((_, bin) => edges[bin] >= highest);
  if (low.length === 0) return { cutoff: Number.NaN, ratio: Number.NaN };
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const lowMean = mean(low);
  const ratio = lowMean / counts.reduce((most, count) => Math.max(most, count), 0);
  if (high.length < 2) return { cutoff: Number.NaN, ratio };
  const highMean = mean(high);
  const deviation = Math.sqrt(mean(high.map((count) => (count - highMean) ** 2)));
  return { cutoff: deviation === 0 ? Number.NaN : (lowMean - highMean) / deviation, ratio };
}
