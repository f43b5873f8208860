import type { Dtype } from '../dtype.ts';
import type { ReadOptions } from '../source.ts';
import { elementCount, refuseOversized, rowBytes, type StoredArray } from '../stored-array.ts';

/** An array that no file holds as such: `make` gives all of its bytes. */
export function virtualArray(
  file: string,
  dtype: Dtype,
  shape: readonly number[],
  make: (options?: ReadOptions) => Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>,
): StoredArray {
  const byteLength = elementCount(shape, file) * dtype.itemSize;
  const perRow = rowBytes(shape, dtype.itemSize);
  const read = async (options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>> => {
    refuseOversized(byteLength, file);
    return make(options);
  };
  return {
    file,
    dtype,
    shape,
    byteLength,
    rowsAreCheap: false,
    read,
    readRows: async (start, count, options) => (await read(options)).subarray(start * perRow, (start + count) * perRow),
    gather: async (rows, options) => {
      const all = await read(options);
      const out = new Uint8Array(rows.length * perRow);
      for (const [at, row] of rows.entries()) out.set(all.subarray(row * perRow, (row + 1) * perRow), at * perRow);
      return out;
    },
  };
}

/** The same elements in the same order under another shape; rows are the first axis of both, or the old array has one row only. */
export function reshapedArray(array: StoredArray, shape: readonly number[], dtype: Dtype = array.dtype): StoredArray {
  if (array.shape[0] !== shape[0]) return virtualArray(array.file, dtype, shape, (options) => array.read(options));
  return {
    file: array.file,
    dtype,
    shape,
    byteLength: array.byteLength,
    rowsAreCheap: array.rowsAreCheap,
    read: (options) => array.read(options),
    readRows: (start, count, options) => array.readRows(start, count, options),
    gather: (rows, options) => array.gather(rows, options),
  };
}
