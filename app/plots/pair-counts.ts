import { closePairs as closePairsOfOne, coincidences } from '../analyzer/compute/refractory.ts';

/**
 * Pairs of spikes no further apart than `reachSamples`: of two units, or (given one twice) of a unit with itself, each pair once.
 * A unit is one rising list of samples per segment.
 */
export function closePairs(first: readonly Float64Array[], second: readonly Float64Array[], reachSamples: number): number {
  let count = 0;
  for (let segment = 0; segment < first.length; segment++) {
    const a = first[segment];
    const b = second[segment];
    count += a === b ? closePairsOfOne(a, reachSamples) : coincidences(a, b, reachSamples);
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
