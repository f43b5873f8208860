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
    const rates = smoothedAt(bins, binMs, params.smoothingMs / binMs);
    edges ??= quantiles(
      rates,
      Array.from({ length: quantileCount }, (_, place) => (place + 1) * (1 / (quantileCount + 1))),
    );
    const last = bins[bins.length - 1];
    let low = 0;
    for (let spike = 0; spike < bins.length; spike += 1) {
      const bin = bins[spike];
      const start = bin + firstLag;
      if (start < 0 || start + lagCount >= last + 1 + lagCount || bin >= last) continue;
      const band = bandOf(rates[spike], edges);
      triggers[band] += 1;
      while (bins[low] < start) low += 1;
      for (let other = low; bins[other] < start + lagCount; other += 1) {
        // A bin counts once, however many spikes it has.
        if (other === low || bins[other] !== bins[other - 1]) counts[band * lagCount + bins[other] - start] += 1;
      }
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

/**
 * The smoothed rate at each spike. Before smoothing each spike but the first and last holds the inverse of its intervals from
 * half way behind it to half way before it. Near the ends it is the mean of what there is.
 */
function smoothedAt(bins: Float64Array, binMs: number, widthBins: number): Float64Array {
  const halfWay = (spike: number) => bins[spike] + Math.floor((bins[spike + 1] - bins[spike]) / 2);
  const rateOf = (spike: number) => 1 / ((halfWay(spike) - halfWay(spike - 1)) * (binMs / 1000));
  const binCount = bins[bins.length - 1] + 1;
  const width = widthBins > 0 ? Math.ceil(widthBins) : 1;
  const half = Math.floor(width / 2);
  const window = new Float64Array(2 * half + 1);
  let piece = 1;
  const fill = (start: number, stop: number) => {
    window.fill(0);
    while (piece < bins.length - 1 && halfWay(piece) <= start) piece += 1;
    for (let spike = piece; spike < bins.length - 1 && halfWay(spike - 1) < stop; spike += 1) {
      window.fill(rateOf(spike), Math.max(halfWay(spike - 1), start) - start, Math.min(halfWay(spike), stop) - start);
    }
  };
  let last = -1;
  let value = 0;
  return bins.map((bin) => {
    if (bin === last) return value;
    last = bin;
    if (!(widthBins > 0)) {
      fill(bin, bin + 1);
      value = window[0];
    } else if (bin < width || bin >= binCount - width) {
      const [start, stop] = [Math.max(0, bin - half), Math.min(binCount, bin + half)];
      fill(start, stop);
      value = pairwiseSum(window, 0, stop - start) / (stop - start);
    } else {
      fill(bin - half, bin - half + width);
      value = evenMean(window, width);
    }
    return value;
  });
}

function evenMean(values: Float64Array, count: number): number {
  const weight = 1 / count;
  let mean = 0;
  for (let at = 0; at < count; at += 1) mean += values[at] * weight;
  return mean;
}
