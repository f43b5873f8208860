import { centreOf, median } from './unit-amplitudes.ts';

/** One value per spike of a unit, in time order. */
export interface ValuesInTime {
  readonly inTime: Float64Array;
  /** Time of each entry in samples, segments laid end to end. */
  readonly timeSamples: Float64Array;
}

const stretchCount = 20;
const fewest = 5;
const handOverSpikes = 30;
const fewestAtHandOver = 10;

/**
 * Signed difference of the medians of two units in stretches of a twentieth of the recording in which both have at least five
 * values, weighted by their number, in standard deviations; where they share no stretch, the last 30 values of the earlier unit
 * against the first 30 of the later. `undefined` where there are too few.
 */
export function gapAtEqualTimes(a: ValuesInTime, b: ValuesInTime, totalSamples: number): number | undefined {
  return gapInSharedStretches(a, b, totalSamples) ?? gapAtHandOver(a, b);
}

function gapInSharedStretches(a: ValuesInTime, b: ValuesInTime, totalSamples: number): number | undefined {
  const first = stretchesOf(a, totalSamples);
  const second = stretchesOf(b, totalSamples);
  let sum = 0;
  let weight = 0;
  for (let stretch = 0; stretch < stretchCount; stretch += 1) {
    const gap = gapOf(first[stretch], second[stretch], fewest);
    if (gap === undefined) continue;
    const spikes = Math.min(first[stretch].length, second[stretch].length);
    sum += gap * spikes;
    weight += spikes;
  }
  return weight > 0 ? sum / weight : undefined;
}

/** Times rise, so that every stretch is a part of the values as they stand. */
function stretchesOf({ inTime, timeSamples }: ValuesInTime, totalSamples: number): Float64Array[] {
  const stretches: Float64Array[] = [];
  let from = 0;
  for (let stretch = 0; stretch < stretchCount; stretch += 1) {
    let to = from;
    while (to < timeSamples.length && stretchOf(timeSamples[to], totalSamples) === stretch) to += 1;
    stretches.push(inTime.subarray(from, to));
    from = to;
  }
  return stretches;
}

function stretchOf(time: number, totalSamples: number): number {
  return Math.min(stretchCount - 1, Math.floor((time / totalSamples) * stretchCount));
}

function gapAtHandOver(a: ValuesInTime, b: ValuesInTime): number | undefined {
  if (a.timeSamples.length === 0 || b.timeSamples.length === 0) return undefined;
  const firstIsEarlier = median(a.timeSamples) <= median(b.timeSamples);
  const [earlier, later] = firstIsEarlier ? [a, b] : [b, a];
  const gap = gapOf(earlier.inTime.slice(-handOverSpikes), later.inTime.slice(0, handOverSpikes), fewestAtHandOver);
  if (gap === undefined) return undefined;
  return firstIsEarlier ? gap : -gap;
}

function gapOf(first: Float64Array, second: Float64Array, atLeast: number): number | undefined {
  if (first.length < atLeast || second.length < atLeast) return undefined;
  const [one, other] = [centreOf(first), centreOf(second)];
  const deviation = Math.sqrt((one.deviation ** 2 + other.deviation ** 2) / 2);
  return deviation > 0 ? (one.median - other.median) / deviation : undefined;
}
