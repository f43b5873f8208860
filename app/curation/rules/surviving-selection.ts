import { indices, type MergedUnits } from '../merged-units.ts';

/** Positions within the selection whose spikes were kept; `undefined` where all were. */
export function survivingSelection(selectedRows: Int32Array, units: MergedUnits): Int32Array | undefined {
  if (units.keptRows === undefined) return undefined;
  const kept = new Uint8Array(units.spikesBefore.count);
  for (const row of units.keptRows) kept[row] = 1;
  return indices(selectedRows.length).filter((at) => kept[selectedRows[at]] === 1);
}
