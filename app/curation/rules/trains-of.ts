import type { SpikeColumns } from '../../analyzer/view.ts';

/** Spike samples of a unit, one rising train a segment. */
export function trainsOf(spikes: SpikeColumns, unit: number, segmentCount: number): Float64Array[] {
  const { rows, offsets, segmentIndex, sampleIndex } = spikes;
  const counts = new Int32Array(segmentCount);
  for (let at = offsets[unit]; at < offsets[unit + 1]; at += 1) counts[segmentIndex[rows[at]]] += 1;
  const trains = Array.from(counts, (count) => new Float64Array(count));
  counts.fill(0);
  for (let at = offsets[unit]; at < offsets[unit + 1]; at += 1) {
    const row = rows[at];
    const segment = segmentIndex[row];
    trains[segment][counts[segment]] = sampleIndex[row];
    counts[segment] += 1;
  }
  return trains;
}
