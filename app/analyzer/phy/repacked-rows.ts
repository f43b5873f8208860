import { decodeFloat32 } from '../decode.ts';
import { elementBytes, float32Type } from '../npy-bytes.ts';
import type { ReadOptions } from '../source.ts';
import { rowBytes, type StoredArray } from '../stored-array.ts';

/** What is needed to move the columns of a row to the channels of its unit. */
export interface RowChannels {
  /** Row of the stored array behind each row that is asked for. */
  readonly storedRows: Int32Array;
  /** Channel of each stored column of a stored row, −1 for padding. */
  columnsOf(storedRow: number): Int32Array;
  /** Channels of the unit whose spike it is, ascending. */
  channelsOf(storedRow: number): Int32Array;
}

/**
 * Rows (inner, K) whose columns mean other channels from spike to spike, as rows whose columns are the channels of the spike's unit,
 * ascending, then zeros: SpikeInterface's packing. A channel of the unit that the spike was not stored on is 0, as in phy.
 */
export function repackedRows(stored: StoredArray, width: number, rows: () => Promise<RowChannels>, rowCount: number): StoredArray {
  const inner = stored.shape[1];
  const storedWidth = stored.shape[2];
  const shape = [rowCount, inner, width];
  const perRow = rowBytes(shape, 4);

  const repack = (values: Float32Array, storedRows: Int32Array, { columnsOf, channelsOf }: RowChannels): Uint8Array<ArrayBuffer> => {
    const out = new Float32Array(storedRows.length * inner * width);
    for (const [at, storedRow] of storedRows.entries()) {
      const columns = columnsOf(storedRow);
      const channels = channelsOf(storedRow);
      for (let place = 0; place < channels.length; place += 1) {
        const column = columns.indexOf(channels[place]);
        if (column < 0) continue;
        for (let line = 0; line < inner; line += 1) {
          const value = values[(at * inner + line) * storedWidth + column];
          out[(at * inner + line) * width + place] = Number.isFinite(value) ? value : 0;
        }
      }
    }
    return elementBytes(out);
  };

  const gather = async (wanted: Int32Array, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>> => {
    const known = await rows();
    const storedRows = wanted.map((row) => known.storedRows[row]);
    const bytes = await stored.gather(storedRows, options);
    return repack(decodeFloat32(bytes, stored.dtype, stored.file), storedRows, known);
  };
  const readRows = (start: number, count: number, options?: ReadOptions) =>
    gather(
      Int32Array.from({ length: count }, (_, at) => start + at),
      options,
    );
  return {
    file: stored.file,
    dtype: float32Type,
    shape,
    byteLength: rowCount * perRow,
    rowsAreCheap: stored.rowsAreCheap,
    read: (options) => readRows(0, rowCount, options),
    readRows,
    gather,
  };
}
