import type { SpikeColumns } from '../analyzer/view.ts';

/** Spike samples of one unit, one array per segment, in time order. */
export function trainsOf(spikes: SpikeColumns, unit: number, segmentCount: number): Float64Array[] {
  const own = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
  const trains: Float64Array[] = [];
  let from = 0;
  for (let segment = 0; segment < segmentCount; segment++) {
    let to = from;
    while (to < own.length && spikes.segmentIndex[own[to]] === segment) to++;
    trains.push(Float64Array.from(own.subarray(from, to), (row) => spikes.sampleIndex[row]));
    from = to;
  }
  return trains;
}

/**
 * Lags first − second of all spike pairs with −reach ≤ lag < reach, in `2 · reach / bin` bins, as SpikeInterface counts them:
 * a spike is not paired with itself.
 */
export function lagCounts(
  first: readonly Float64Array[],
  second: readonly Float64Array[],
  lags: { readonly reachSamples: number; readonly binSamples: number },
): Float64Array {
  const { reachSamples, binSamples } = lags;
  const half = Math.floor(reachSamples / binSamples);
  const reach = half * binSamples;
  const counts = new Float64Array(2 * half);
  for (let segment = 0; segment < first.length; segment++) {
    const a = first[segment];
    const b = second[segment];
    let from = 0;
    for (let i = 0; i < a.length; i++) {
      while (from < b.length && a[i] - b[from] >= reach) from++;
      for (let j = from; j < b.length; j++) {
        const lag = a[i] - b[j];
        if (lag < -reach) break;
        if (a === b && i === j) continue;
        counts[Math.floor(lag / binSamples) + half]++;
      }
    }
  }
  return counts;
}

/** Pairs of spikes no further apart than `reachSamples`: of two units, or (given one twice) of a unit with itself, each pair once. */
export function closePairs(first: readonly Float64Array[], second: readonly Float64Array[], reachSamples: number): number {
  let count = 0;
  for (let segment = 0; segment < first.length; segment++) {
    const a = first[segment];
    const b = second[segment];
    const same = a === b;
    let from = 0;
    for (let i = 0; i < a.length; i++) {
      if (same) from = i + 1;
      else while (from < b.length && a[i] - b[from] > reachSamples) from++;
      for (let j = from; j < b.length && b[j] - a[i] <= reachSamples; j++) count++;
    }
  }
  return count;
}

/** Pairs closer than `reachSamples` that chance alone would give, if both fired evenly and without regard for each other. */
export function chancePairs(
  first: readonly Float64Array[],
  second: readonly Float64Array[],
  segmentSampleCounts: readonly number[],
  reachSamples: number,
): number {
  let expected = 0;
  for (let segment = 0; segment < first.length; segment++) {
    const a = first[segment];
    const b = second[segment];
    const pairs = a === b ? (a.length * (a.length - 1)) / 2 : a.length * b.length;
    if (segmentSampleCounts[segment] > 0) expected += (pairs * 2 * reachSamples) / segmentSampleCounts[segment];
  }
  return expected;
}
