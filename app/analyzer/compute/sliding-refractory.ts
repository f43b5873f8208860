import { correlogramBins } from './correlograms.ts';
import { poissonCdf } from './distributions.ts';

export interface SlidingParams {
  readonly binMs: number;
  readonly windowS: number;
  /** Refractory periods up to this are not tried. */
  readonly excludeBelowMs: number;
  readonly longestMs: number;
}

/**
 * The smallest contamination (a share; 0.5 % to 35 % are tried) that can be ruled out with 90 % confidence for some refractory period, as
 * SpikeInterface's `slidingRP_violations`; not-a-number where none can. Trains (samples) rise, one a segment.
 */
export function slidingContamination(
  trains: readonly Float64Array[],
  durationS: number,
  samplingFrequencyHz: number,
  params: SlidingParams,
): number {
  const { binSamples, binCount, edgesMs } = correlogramBins(2 * params.windowS * 1000, params.binMs, samplingFrequencyHz);
  const edgesS = edgesMs.slice(binCount / 2).map((edge) => edge / 1000);
  const tried = Math.min(Math.trunc(params.longestMs / 1000 / (edgesS[1] - edgesS[0])), edgesS.length - 1);
  const seen = cumulated(lagCounts(trains, binSamples, tried));
  const spikeCount = trains.reduce((sum, train) => sum + train.length, 0);
  const lengthS = spikeCount / (spikeCount / durationS);
  for (let step = 0; step < 70; step += 1) {
    const share = (0.5 + step * 0.5) / 100;
    const foreign = spikeCount * share;
    const own = spikeCount * (1 - share);
    for (let bin = 0; bin < tried; bin += 1) {
      if (!((edgesS[bin] + edgesS[bin + 1]) / 2 > params.excludeBelowMs / 1000)) continue;
      const expected = ((2 * edgesS[bin + 1]) / lengthS) * foreign * (own + (foreign - 1) / 2);
      if (1 - poissonCdf(seen[bin], expected) > 0.9) return share;
    }
  }
  return Number.NaN;
}

/** Pairs by their lag in whole bins; two spikes at one sample count both ways. */
function lagCounts(trains: readonly Float64Array[], binSamples: number, binCount: number): Float64Array {
  const counts = new Float64Array(binCount);
  for (const train of trains) {
    for (let from = 0; from < train.length; from += 1) {
      for (let to = from + 1; to < train.length; to += 1) {
        const lag = train[to] - train[from];
        if (!(lag < binCount * binSamples)) break;
        counts[Math.floor(lag / binSamples)] += lag === 0 ? 2 : 1;
      }
    }
  }
  return counts;
}

function cumulated(counts: Float64Array): Float64Array {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}
