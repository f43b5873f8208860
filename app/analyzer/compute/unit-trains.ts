import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';
import { perView } from './per-view.ts';

/** Spike samples grouped by unit, then segment, rising within a segment. */
export interface UnitTrains {
  readonly unitCount: number;
  readonly segmentCount: number;
  /** Samples within their segment (S). */
  readonly samples: Float64Array;
  /** `samples.subarray(bounds[u * segmentCount + s], bounds[u * segmentCount + s + 1])` is unit u in segment s. */
  readonly bounds: Int32Array;
  /** Row in the spike columns of each entry of `samples` (S). */
  readonly rows: Int32Array;
  /** Samples of all segments together. */
  readonly totalSamples: number;
  readonly segmentSampleCounts: readonly number[];
}

/** The trains of every unit; remembered with the view. */
export const unitTrains: (view: AnalyzerView, options?: ReadOptions) => Promise<UnitTrains> = perView(async (view, options) => {
  const spikes = await view.spikes(options);
  const unitCount = view.unitIds.length;
  const segmentCount = view.segmentSampleCounts.length;
  const bounds = new Int32Array(unitCount * segmentCount + 1);
  const samples = new Float64Array(spikes.count);
  for (let place = 0; place < spikes.count; place += 1) {
    const row = spikes.rows[place];
    samples[place] = spikes.sampleIndex[row];
    bounds[spikes.unitIndex[row] * segmentCount + spikes.segmentIndex[row] + 1] += 1;
  }
  for (let cell = 1; cell < bounds.length; cell += 1) bounds[cell] += bounds[cell - 1];
  return {
    unitCount,
    segmentCount,
    samples,
    bounds,
    rows: spikes.rows,
    totalSamples: view.segmentSampleCounts.reduce((sum, count) => sum + count, 0),
    segmentSampleCounts: view.segmentSampleCounts,
  };
});

export function spikeCountOf(trains: UnitTrains, unit: number): number {
  return trains.bounds[(unit + 1) * trains.segmentCount] - trains.bounds[unit * trains.segmentCount];
}

/** One unit's samples in one segment, rising. */
export function trainOf(trains: UnitTrains, unit: number, segment: number): Float64Array {
  const place = unit * trains.segmentCount + segment;
  return trains.samples.subarray(trains.bounds[place], trains.bounds[place + 1]);
}

/** One unit's samples with the segments laid end to end, rising. */
export function concatenatedTrain(trains: UnitTrains, unit: number): Float64Array {
  if (trains.segmentCount === 1) return trainOf(trains, unit, 0);
  const joined = new Float64Array(spikeCountOf(trains, unit));
  let filled = 0;
  eachSpike(trains, unit, (_, time) => {
    joined[filled] = time;
    filled += 1;
  });
  return joined;
}

/** Goes through one unit's spikes in time order: their row in the spike columns, and their sample with the segments laid end to end. */
export function eachSpike(trains: UnitTrains, unit: number, take: (row: number, timeSamples: number) => void): void {
  const starts = segmentStarts(trains.segmentSampleCounts);
  for (let segment = 0; segment < trains.segmentCount; segment += 1) {
    const place = unit * trains.segmentCount + segment;
    for (let entry = trains.bounds[place]; entry < trains.bounds[place + 1]; entry += 1) {
      take(trains.rows[entry], trains.samples[entry] + starts[segment]);
    }
  }
}

/** Where each segment begins, in samples, with the segments laid end to end. */
export function segmentStarts(segmentSampleCounts: readonly number[]): number[] {
  let end = 0;
  return segmentSampleCounts.map((count) => {
    end += count;
    return end - count;
  });
}
