import { roundHalfEven } from './refractory.ts';

/** The counts with the marked bins emptied (in place). */
export function censorCorrelogram(counts: Float64Array, censored: Uint8Array): Float64Array {
  for (let bin = 0; bin < counts.length; bin += 1) if (censored[bin]) counts[bin] = 0;
  return counts;
}

/**
 * Convolution of counts with a Gaussian sampled at the bin edges, as SpikeInterface's `smooth_correlogram`: same size, no shift.
 * The weights are made once.
 */
export function correlogramSmoother(edgesMs: Float64Array, sigmaMs: number): (counts: Float64Array) => Float64Array {
  const kernel = edgesMs.map((edge) => Math.exp(-(edge * edge) / (2 * sigmaMs * sigmaMs)));
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const weights = kernel.map((value) => value / total);
  return (counts) => {
    const binCount = counts.length;
    const start = binCount >> 1;
    const smoothed = new Float64Array(binCount);
    for (let to = 0; to < weights.length; to += 1) {
      const weight = weights[to];
      if (weight < 1e-18) continue;
      const shift = to - start;
      const end = Math.min(binCount, binCount - shift);
      for (let bin = Math.max(0, -shift); bin < end; bin += 1) smoothed[bin + shift] += weight * counts[bin];
    }
    return smoothed;
  };
}

/** numpy's `gradient`: central differences, one-sided at the ends. */
function gradient(values: Float64Array): Float64Array {
  const last = values.length - 1;
  return values.map((value, place) => {
    if (place === 0) return values[1] - value;
    if (place === last) return value - values[last - 1];
    return (values[place + 1] - values[place - 1]) / 2;
  });
}

/** Places of local maxima, the middle of a plateau counting, as SciPy's `find_peaks`. */
function peaksOf(values: Float64Array): number[] {
  const peaks: number[] = [];
  for (let place = 1; place < values.length - 1; place += 1) {
    if (!(values[place - 1] < values[place])) continue;
    let ahead = place + 1;
    while (ahead < values.length - 1 && values[ahead] === values[place]) ahead += 1;
    if (values[ahead] < values[place]) {
      peaks.push((place + ahead - 1) >> 1);
      place = ahead - 1;
    }
  }
  return peaks;
}

const windowOfSilence = 20;

/**
 * Bins from the middle to the last bend of a smoothed autocorrelogram left of it, as SpikeInterface's
 * `get_unit_adaptive_window`: a bend counts where the correlogram reaches `share` of its maximum, halved until one does.
 */
export function adaptiveWindow(smoothed: Float64Array, share: number): number {
  if (smoothed.every((value) => value === 0)) return windowOfSilence;
  const bends = peaksOf(gradient(gradient(smoothed)).map((value) => -value));
  const middle = smoothed.length >> 1;
  for (let threshold = share * Math.max(...smoothed); ; threshold /= 2) {
    const kept = bends.filter((bend) => smoothed[bend] >= threshold && bend < middle);
    if (kept.length > 0) return middle - kept[kept.length - 1];
    if (!(threshold >= 1e-5)) return 1;
  }
}

export interface UnitCorrelogram {
  readonly smoothed: Float64Array;
  readonly window: number;
  readonly spikeCount: number;
}

/**
 * How far a smoothed cross-correlogram is from each unit's own, in the window of both weighted by spikes, as
 * SpikeInterface's `compute_correlogram_diff`. NaN where neither unit has a spike.
 */
export function correlogramDifference(first: UnitCorrelogram, second: UnitCorrelogram, cross: Float64Array): number {
  const total = first.spikeCount + second.spikeCount;
  if (!(total > 0)) return Number.NaN;
  const middle = cross.length >> 1;
  const window = Math.min(middle, roundHalfEven((first.spikeCount * first.window + second.spikeCount * second.window) / total));
  const scale = (values: Float64Array): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return mean === 0 ? 1 : 1 / mean;
  };
  const crossScale = scale(cross);
  const firstScale = scale(first.smoothed);
  const secondScale = scale(second.smoothed);
  let fromFirst = 0;
  let fromSecond = 0;
  for (let bin = middle - window; bin < middle + window; bin += 1) {
    fromFirst += Math.abs(cross[bin] * crossScale - first.smoothed[bin] * firstScale);
    fromSecond += Math.abs(cross[bin] * crossScale - second.smoothed[bin] * secondScale);
  }
  return (first.spikeCount * fromFirst + second.spikeCount * fromSecond) / (total * 2 * window);
}
