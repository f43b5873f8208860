import { trainOf, type UnitTrains } from './unit-trains.ts';

/**
 * Spikes per stretch as SpikeInterface's `presence_distance` ends up with: whole stretches of the first segment, the spikes
 * of the last segment (or of another). A last partial stretch is lost; a spike on the last edge counts.
 */
export function presenceHistogram(
  trains: UnitTrains,
  unit: number,
  stretchS: number,
  samplingFrequencyHz: number,
  segment: number = trains.segmentCount - 1,
): Float64Array {
  const stretchSamples = stretchS * samplingFrequencyHz;
  const edgeCount = Math.ceil(trains.segmentSampleCounts[0] / stretchSamples);
  const counts = new Float64Array(Math.max(0, edgeCount - 1));
  const lastEdge = counts.length * stretchSamples;
  for (const sample of trainOf(trains, unit, segment)) {
    if (!(sample <= lastEdge) || counts.length === 0) continue;
    counts[Math.min(counts.length - 1, Math.floor(sample / stretchSamples))] += 1;
  }
  return counts;
}

/** Wasserstein-1 distance of two histograms over the same stretches, in seconds; NaN where one is empty. */
export function presenceDistance(first: Float64Array, second: Float64Array, stretchS: number): number {
  let firstTotal = 0;
  let secondTotal = 0;
  for (let stretch = 0; stretch < first.length; stretch += 1) {
    firstTotal += first[stretch];
    secondTotal += second[stretch];
  }
  if (!(firstTotal > 0 && secondTotal > 0)) return Number.NaN;
  let firstSum = 0;
  let secondSum = 0;
  let distance = 0;
  for (let stretch = 0; stretch < first.length - 1; stretch += 1) {
    firstSum += first[stretch];
    secondSum += second[stretch];
    distance += Math.abs(firstSum / firstTotal - secondSum / secondTotal) * stretchS;
  }
  return distance;
}
