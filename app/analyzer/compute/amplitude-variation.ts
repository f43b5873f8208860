import type { FloatArray } from '../extensions/data.ts';
import { pairwiseSum } from './pairwise-sum.ts';
import { quantiles } from './quantiles.ts';
import type { SegmentValues } from './segment-values.ts';
import { Unmeasurable } from './unmeasurable.ts';

export interface VariationParams {
  /** Bins are so long that they hold this many spikes on average. */
  readonly spikesPerBin: number;
  /** Percentiles between which the range lies. */
  readonly percentiles: readonly [number, number];
  /** Fewer bins give not-a-number. */
  readonly leastBins: number;
}

/**
 * Median and range of the coefficient of variation of amplitudes within bins of time, as SpikeInterface's `amplitude_cv`, in
 * the precision of the amplitudes. One empty bin gives not-a-number, as there.
 * Throws `Unmeasurable` where a bin would be shorter than a sample.
 */
export function amplitudeVariation(
  segments: readonly SegmentValues[],
  params: VariationParams,
  samplingFrequencyHz: number,
): { readonly median: number; readonly range: number } {
  const spikeCount = segments.reduce((sum, { train }) => sum + train.length, 0);
  const totalSamples = segments.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
  const nothing = { median: Number.NaN, range: Number.NaN };
  if (spikeCount === 0) return nothing;
  const rateHz = spikeCount / (totalSamples / samplingFrequencyHz);
  const binSamples = Math.trunc((params.spikesPerBin / rateHz) * samplingFrequencyHz);
  if (!(binSamples >= 1)) throw new Unmeasurable('a bin would be shorter than a sample');
  const single = segments.some(({ values }) => values instanceof Float32Array);
  const round = single ? Math.fround : (value: number) => value;
  const spreads: number[] = [];
  for (const { train, values: amplitudes, sampleCount } of segments) {
    const mean = Math.abs(round(pairwiseSum(amplitudes) / amplitudes.length));
    let from = 0;
    for (let edge = binSamples; edge <= sampleCount; edge += binSamples) {
      let to = from;
      while (to < train.length && train[to] < edge) to += 1;
      spreads.push(round(deviation(amplitudes.slice(from, to), round) / mean));
      from = to;
    }
  }
  if (spreads.length < params.leastBins) return nothing;
  const [median, low, high] = quantiles(
    single ? Float32Array.from(spreads) : Float64Array.from(spreads),
    [50, ...params.percentiles].map((percent) => percent / 100),
  );
  return { median, range: round(high - low) };
}

function deviation(values: FloatArray, round: (value: number) => number): number {
  const mean = round(pairwiseSum(values) / values.length);
  const squares = values.map((value) => round(round(value - mean) ** 2));
  return round(Math.sqrt(round(pairwiseSum(squares) / values.length)));
}
