const binCount = 100;
const smoothingBins = 3;
const leastPerBin = 5;

/** The middle value, not-a-number for none. */
export function medianOf(values: Float32Array): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : Math.fround((sorted[half - 1] + sorted[half]) / 2);
}

/**
 * Share of spikes that are missing because they were too small to be found, 0 to 0.5, from how abruptly the histogram of
 * amplitudes begins (Hill et al. 2011, as SpikeInterface's `amplitude_cutoff`); not-a-number for fewer than 500 spikes.
 */
export function amplitudeCutoff(amplitudes: Float32Array): number {
  const upright = medianOf(amplitudes) < 0 ? amplitudes.map((value) => -value) : amplitudes;
  if (!(upright.length / binCount >= leastPerBin)) return Number.NaN;
  const smoothed = smoothedCounts(histogram(upright));
  let last = binCount - 1;
  while (smoothed[last] < smoothed[0]) last -= 1;
  let missed = 0;
  for (let bin = last + 1; bin < binCount; bin += 1) missed += smoothed[bin];
  return Math.min(0.5, missed / (upright.length + missed));
}

/** Counts in equal bins from the smallest to the largest value, edges in single precision as NumPy has them. */
function histogram(values: Float32Array): Float64Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) {
    low -= 0.5;
    high += 0.5;
  }
  const step = Math.fround(Math.fround(high - low) / binCount);
  const edges = Float32Array.from({ length: binCount + 1 }, (_, edge) => Math.fround(edge * step) + low);
  edges[binCount] = high;
  const counts = new Float64Array(binCount);
  for (const value of values) {
    let bin = Math.min(binCount - 1, Math.floor(((value - low) / (high - low)) * binCount));
    while (bin > 0 && value < edges[bin]) bin -= 1;
    while (bin < binCount - 1 && value >= edges[bin + 1]) bin += 1;
    counts[bin] += 1;
  }
  return counts;
}

/** Gaussian smoothing, the ends going on as they are. SciPy keeps whole numbers whole here, by cutting off. */
function smoothedCounts(counts: Float64Array): Float64Array {
  const reach = Math.trunc(4 * smoothingBins + 0.5);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-0.5 * ((at - reach) / smoothingBins) ** 2));
  const total = kernel.reduce((sum, value) => sum + value, 0);
  return counts.map((_, bin) => {
    let sum = 0;
    for (let at = -reach; at <= reach; at += 1) {
      sum += (kernel[at + reach] / total) * counts[Math.min(counts.length - 1, Math.max(0, bin + at))];
    }
    return Math.trunc(sum);
  });
}
