import { pairwiseSum } from './pairwise-sum.ts';
import { quantiles } from './quantiles.ts';

export interface Acg3dParams {
  readonly windowMs: number;
  readonly binMs: number;
  readonly quantileCount: number;
  /** Width of the smoothing of the rate; 0 for none. */
  readonly smoothingMs: number;
}

export interface Acg3d {
  /** (quantileCount, lagCount): chance of a spike at each lag, by the firing rate at the spike it is counted from; the middle is 0. */
  readonly acg: Float64Array;
  /** Firing rates (Hz) that part the rows; not-a-number where no segment has two spikes. */
  readonly firingQuantilesHz: Float64Array;
  readonly lagCount: number;
}

/** How many lags the parameters ask for. */
export function acg3dLagCount({ windowMs, binMs }: Pick<Acg3dParams, 'windowMs' | 'binMs'>): number {
  return 2 * Math.trunc((0.5 * windowMs) / binMs) + 1;
}

/**
 * Auto-correlogram of one unit for each band of its own firing rate, from rising trains (samples), one per segment, as
 * SpikeInterface's `acgs_3d` (Beau et al. 2025). The first segment with two spikes parts the rates for all of them. Rates are
 * smoothed by plain sums: SpikeInterface leaves that to BLAS, whose last bit depends on the processor, and a spike whose rate
 * equals an edge but for that bit may fall into the next band.
 */
export function acg3d(trains: readonly Float64Array[], params: Acg3dParams, samplingFrequencyHz: number): Acg3d {
  const { windowMs, quantileCount } = params;
  const binMs = Math.max(params.binMs, 1000 / samplingFrequencyHz);
  const lagCount = acg3dLagCount({ windowMs, binMs });
  const binSamples = Math.ceil(samplingFrequencyHz / (1000 / binMs));
  const counts = new Float64Array(quantileCount * lagCount);
  const triggers = new Float64Array(quantileCount);
  const firstLag = Math.ceil(-windowMs / 2 / binMs);
  let edges: number[] | undefined;
  for (const train of trains) {
    if (train.length <= 1) continue;
    const bins = train.map((sample) => Math.floor(sample / binSamples));
    const binCount = bins[bins.length - 1] + 1;
    const present = new Uint8Array(binCount + lagCount);
    for (const bin of bins) present[bin] = 1;
    const rates = smoothedAt(bins, instantRates(bins, binCount, binMs), params.smoothingMs / binMs);
    edges ??= quantiles(
      rates,
      Array.from({ length: quantileCount }, (_, place) => (place + 1) * (1 / (quantileCount + 1))),
    );
    for (const [spike, bin] of bins.entries()) {
      const start = bin + firstLag;
      if (start < 0 || start + lagCount >= present.length || bin >= bins[bins.length - 1]) continue;
      const band = bandOf(rates[spike], edges);
      triggers[band] += 1;
      const row = band * lagCount;
      for (let lag = 0; lag < lagCount; lag += 1) counts[row + lag] += present[start + lag];
    }
  }
  const middle = Math.floor(lagCount / 2);
  const acg = counts.map((count, at) => {
    const band = Math.floor(at / lagCount);
    return triggers[band] === 0 || at % lagCount === middle ? 0 : count / triggers[band];
  });
  return { acg, firingQuantilesHz: Float64Array.from(edges ?? new Array(quantileCount).fill(Number.NaN)), lagCount };
}

/** The first edge that is not below the rate, the last band above all of them. */
function bandOf(rate: number, edges: readonly number[]): number {
  const band = edges.findIndex((edge) => edge >= rate);
  if (band >= 0) return band;
  return rate > edges[0] ? edges.length - 1 : 0;
}

/** Inverse intervals per bin: each spike but the first and last holds from half way behind it to half way before it. */
function instantRates(bins: Float64Array, binCount: number, binMs: number): Float64Array {
  const rates = new Float64Array(binCount);
  for (let spike = 1; spike < bins.length - 1; spike += 1) {
    const start = bins[spike - 1] + Math.floor((bins[spike] - bins[spike - 1]) / 2);
    const stop = bins[spike] + Math.floor((bins[spike + 1] - bins[spike]) / 2);
    rates.fill(1 / ((stop - start) * (binMs / 1000)), start, stop);
  }
  return rates;
}

/** The smoothed rate at each spike, which is all that is asked of it; near the ends the mean of what there is. */
function smoothedAt(bins: Float64Array, rates: Float64Array, widthBins: number): Float64Array {
  if (!(widthBins > 0)) return bins.map((bin) => rates[bin]);
  const width = Math.ceil(widthBins);
  const half = Math.floor(width / 2);
  let last = -1;
  let value = 0;
  return bins.map((bin) => {
    if (bin === last) return value;
    last = bin;
    if (bin < width || bin >= rates.length - width) {
      const start = Math.max(0, bin - half);
      const stop = Math.min(rates.length, bin + half);
      value = pairwiseSum(rates, start, stop) / (stop - start);
      return value;
    }
    value = 0;
    const share = 1 / width;
    for (let at = bin - half; at < bin - half + width; at += 1) value += rates[at] * share;
    return value;
  });
}
