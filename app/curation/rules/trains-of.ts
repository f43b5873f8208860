import type { SpikeColumns } from '../../analyzer/view.ts';

/** Spike samples of a unit, one rising train a segment. */
export function trainsOf(spikes: SpikeColumns, unit: number, segmentCount: number): Float64Array[] {
  const rows = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
  return Array.from({ length: segmentCount }, (_, segment) =>
    Float64Array.from(
      rows.filter((row) => spikes.segmentIndex[row] === segment),
      (row) => spikes.sampleIndex[row],
    ),
  );
}
