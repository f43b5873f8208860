import { int64Bytes, int64Type } from '../../analyzer/npy-bytes.ts';
import { defineMergeRule } from './rule.ts';

/** The selected spikes stay selected (a merged unit keeps those of all its members); rows move up where spikes were censored. */
export const randomSpikesRule = defineMergeRule({
  id: 'random_spikes',
  async merge(context) {
    const { selectedRows, units } = context;
    if (selectedRows === undefined) return { dropped: 'its list of selected spikes could not be read' };
    const rows = units.keptRows === undefined ? selectedRows : rowsMovedUp(selectedRows, units.keptRows);
    return { arrays: [{ name: 'random_spikes_indices', dtype: int64Type, shape: [rows.length], content: int64Bytes(rows) }] };
  },
});

/** Positions within `keptRows` of those rows that were kept; both ascending. */
function rowsMovedUp(rows: Int32Array, keptRows: Int32Array): Int32Array {
  const moved: number[] = [];
  let at = 0;
  for (const row of rows) {
    while (at < keptRows.length && keptRows[at] < row) at += 1;
    if (keptRows[at] === row) moved.push(at);
  }
  return Int32Array.from(moved);
}
