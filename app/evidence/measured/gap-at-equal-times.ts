import { type Centre, centreOf, median } from './unit-amplitudes.ts';

/** One value per spike of a unit, in time order. */
export interface ValuesInTime {
  readonly inTime: Float64Array;
  /** Time of each entry in samples, segments laid end to end. */
  readonly timeSamples: Float64Array;
}

/** What the gap of one unit to any other rests on. */
export interface ValuesInStretches {
  /** Middle and spread of its values in each stretch; `undefined` for fewer than five. */
  readonly stretches: readonly ((Centre & { readonly count: number }) | undefined)[];
  /** Of its first and its last 30 values; `undefined` for fewer than ten. */
  readonly first: Centre | undefined;
  readonly last: Centre | undefined;
  readonly medianTimeSamples: number;
}

const stretchCount = 20;
const fewest = 5;
const handOverSpikes = 30;
const fewestAtHandOver = 10;

/** A unit's values by stretches of a twentieth of the recording. */
export function inStretches({ inTime, timeSamples }: ValuesInTime, totalSamples: number): ValuesInStretches {
  const stretches: ValuesInStretches['stretches'][number][] = [];
  let from = 0;
  for (let stretch = 0; stretch < stretchCount; stretch += 1) {
    // Times rise, so that every stretch is a part of the values as they stand.
    let to = from;
    while (to < timeSamples.length && stretchOf(timeSamples[to], totalSamples) === stretch) to += 1;
    const centre = centreOfMany(inTime.subarray(from, to), fewest);
    stretches.push(centre && { ...centre, count: to - from });
    from = to;
  }
  return {
    stretches,
    first: centreOfMany(inTime.slice(0, handOverSpikes), fewestAtHandOver),
    last: centreOfMany(inTime.slice(-handOverSpikes), fewestAtHandOver),
    medianTimeSamples: median(timeSamples),
  };
}

/**
 * Signed difference of the medians of two units in stretches of a twentieth of the recording in which both have at least five
 * values, weighted by their number, in standard deviations; where they share no stretch, the last 30 values of the earlier unit
 * against the first 30 of the later. `undefined` where there are too few.
 */
export function gapAtEqualTimes(a: ValuesInStretches, b: ValuesInStretches): number | undefined {
  return gapInSharedStretches(a, b) ?? gapAtHandOver(a, b);
}

function gapInSharedStretches(a: ValuesInStretches, b: ValuesInStretches): number | undefined {
  let sum = 0;
  let weight = 0;
  for (const [stretch, first] of a.stretches.entries()) {
    const second = b.stretches[stretch];
    const gap = gapOf(first, second);
    if (!first || !second || gap === undefined) continue;
    const spikes = Math.min(first.count, second.count);
    sum += gap * spikes;
    weight += spikes;
  }
  return weight > 0 ? sum / weight : undefined;
}

function stretchOf(time: number, totalSamples: number): number {
  return Math.min(stretchCount - 1, Math.floor((time / totalSamples) * stretchCount));
}

function gapAtHandOver(a: ValuesInStretches, b: ValuesInStretches): number | undefined {
  if (a.medianTimeSamples <= b.medianTimeSamples) return gapOf(a.last, b.first);
  return gapOf(a.first, b.last);
}

function centreOfMany(values: Float64Array, atLeast: number): Centre | undefined {
  return values.length < atLeast ? undefined : centreOf(values);
}

function gapOf(one: Centre | undefined, other: Centre | undefined): number | undefined {
  if (!one || !other) return undefined;
  const deviation = Math.sqrt((one.deviation ** 2 + other.deviation ** 2) / 2);
  return deviation > 0 ? (one.median - other.median) / deviation : undefined;
}
