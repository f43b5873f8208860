import { closePairs, coincidences, roundHalfEven } from '../../analyzer/compute/refractory.ts';
import { trainOf, type UnitTrains, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perPair } from '../per-pair.ts';
import { perUnit } from '../per-unit.ts';

/** Spikes of two units this close are taken for one spike found twice. */
export const duplicateWindowMs = 0.3;
const stretchS = 5;
const shortPeriodMs = 1;
const usualPeriodMs = 1.5;
const longPeriodsMs = [2, 2.5, 3, 3.5, 4] as const;
const emptyShare = 0.1;
const enoughPairs = 5;
const shoulderFromMs = 4;
const shoulderToMs = 12;

export interface RefractoryWindow {
  /** 1.5 ms; longer, up to 4 ms, where the units' own spikes show it; 1 ms where they show less. */
  readonly refractoryMs: number;
  /** Spike pairs of the two units between the duplicate window and the refractory period, either order. */
  readonly observed: number;
  /** How many there would be by chance, were they two cells firing at these rates, counted in stretches of 5 s. */
  readonly expected: number;
  /** Spike pairs within the duplicate window, and by chance. */
  readonly duplicates: number;
  readonly duplicatesExpected: number;
  /** Spike pairs from 4 to 12 ms, either order, and by chance. */
  readonly shoulder: number;
  readonly shoulderExpected: number;
}

/** What the cross-correlogram holds around zero lag, from the spike times themselves (no bins). */
export const refractoryWindow = perPair(async (view, pair, options): Promise<RefractoryWindow> => {
  const trains = await unitTrains(view, options);
  const samplesOf = (ms: number) => roundHalfEven(ms * view.samplingFrequencyHz * 1e-3);
  const duplicateSamples = samplesOf(duplicateWindowMs);
  const units = [
    { unit: pair.first, closePairsWithin: await ownClosePairs(view, pair.first, options) },
    { unit: pair.second, closePairsWithin: await ownClosePairs(view, pair.second, options) },
  ];
  const refractoryMs = sharedRefractoryPeriodMs(trains, units, samplesOf);
  const refractorySamples = samplesOf(refractoryMs);
  let observed = 0;
  let duplicates = 0;
  let shoulder = 0;
  const [shoulderFrom, shoulderTo] = [samplesOf(shoulderFromMs), samplesOf(shoulderToMs)];
  for (let segment = 0; segment < trains.segmentCount; segment += 1) {
    const a = trainOf(trains, pair.first, segment);
    const b = trainOf(trains, pair.second, segment);
    const close = coincidences(a, b, duplicateSamples);
    duplicates += close;
    observed += coincidences(a, b, refractorySamples) - close;
    shoulder += coincidences(a, b, shoulderTo) - coincidences(a, b, shoulderFrom);
  }
  const perSample = coactivity(trains, pair.first, pair.second, stretchS * view.samplingFrequencyHz);
  return {
    refractoryMs,
    observed,
    duplicates,
    expected: perSample * 2 * (refractorySamples - duplicateSamples),
    duplicatesExpected: perSample * (2 * duplicateSamples + 1),
    shoulder,
    shoulderExpected: perSample * 2 * (shoulderTo - shoulderFrom),
  };
});

/** Σ over stretches of n_i·n_j / length: spike pairs expected per sample of lag. */
function coactivity(trains: UnitTrains, first: number, second: number, stretchSamples: number): number {
  let sum = 0;
  for (let segment = 0; segment < trains.segmentCount; segment += 1) {
    const length = trains.segmentSampleCounts[segment];
    const stretches = Math.max(1, Math.round(length / stretchSamples));
    const size = length / stretches;
    const a = countStretches(trainOf(trains, first, segment), size, stretches);
    const b = countStretches(trainOf(trains, second, segment), size, stretches);
    for (let stretch = 0; stretch < stretches; stretch += 1) sum += (a[stretch] * b[stretch]) / size;
  }
  return sum;
}

function countStretches(train: Float64Array, size: number, stretches: number): Int32Array {
  const counts = new Int32Array(stretches);
  for (const sample of train) counts[Math.min(stretches - 1, Math.floor(sample / size))] += 1;
  return counts;
}

interface UnitOfPair {
  readonly unit: number;
  closePairsWithin(samples: number): number;
}

/** Pairs of a unit's own spikes at most so many samples apart, over all segments; each number counted once. */
const ownClosePairs = perUnit(async (view, unit, options): Promise<UnitOfPair['closePairsWithin']> => {
  const trains = await unitTrains(view, options);
  const counted = new Map<number, number>();
  return (samples) => {
    let count = counted.get(samples);
    if (count === undefined) {
      count = 0;
      for (let segment = 0; segment < trains.segmentCount; segment += 1) count += closePairs(trainOf(trains, unit, segment), samples);
      counted.set(samples, count);
    }
    return count;
  };
});

/**
 * Grows from 1.5 ms while both trains together stay nearly free and are long enough to show it (five pairs by chance),
 * shrinks to 1 ms where they are not free at 1.5 ms.
 */
function sharedRefractoryPeriodMs(trains: UnitTrains, units: readonly UnitOfPair[], samplesOf: (ms: number) => number): number {
  const duplicateSamples = samplesOf(duplicateWindowMs);
  const ownPairs = (periodMs: number): { own: number; expected: number } => {
    const periodSamples = samplesOf(periodMs);
    let own = 0;
    let expected = 0;
    for (const { unit, closePairsWithin } of units) {
      own += closePairsWithin(periodSamples) - closePairsWithin(duplicateSamples);
      for (let segment = 0; segment < trains.segmentCount; segment += 1) {
        const { length } = trainOf(trains, unit, segment);
        expected += (length * length * (periodSamples - duplicateSamples)) / trains.segmentSampleCounts[segment];
      }
    }
    return { own, expected };
  };
  const usual = ownPairs(usualPeriodMs);
  if (usual.expected >= enoughPairs && usual.own > emptyShare * usual.expected) return shortPeriodMs;
  let longest = usualPeriodMs;
  for (const periodMs of longPeriodsMs) {
    const { own, expected } = ownPairs(periodMs);
    if (!(expected >= enoughPairs)) continue;
    if (own > emptyShare * expected) break;
    longest = periodMs;
  }
  return longest;
}
