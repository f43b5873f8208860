import { Failure, throwIfCancelled } from '../../failure.ts';
import { decodeIndices } from '../decode.ts';
import { openNpy } from '../npy.ts';
import type { ReadOptions, Source } from '../source.ts';
import type { StoredArray } from '../stored-array.ts';
import { reshapedArray } from './virtual-array.ts';

const blockBytes = 2 ** 24;

/** One value per spike, as a row or a column or neither. `undefined` where the file does not exist; its shape is now (S,). */
export async function openSpikeColumn(source: Source, file: string, options?: ReadOptions): Promise<StoredArray | undefined> {
  const array = await openNpy(source, file, options);
  if (array === undefined) return undefined;
  const long = array.shape.filter((size) => size !== 1);
  if (array.dtype.kind === 'record' || array.dtype.kind === 'string' || array.shape.length === 0 || long.length > 1) {
    throw new Failure(
      'analyzer.damaged',
      `${file} should hold one number per spike and has the shape (${array.shape.join(', ')}). Copy it again, or export the folder again.`,
      { file },
    );
  }
  return array.shape.length === 1 ? array : reshapedArray(array, [long[0] ?? 1]);
}

/** Throws `analyzer.damaged` where a per-spike file has not one row for each spike. */
export function checkSpikeCount(array: StoredArray, spikeCount: number): void {
  if (array.shape[0] === spikeCount) return;
  throw new Failure(
    'analyzer.damaged',
    `${array.file} has ${array.shape[0]} rows, but spike_times.npy has ${spikeCount} spikes. Copy both from the same folder, or export it again.`,
    { file: array.file, rows: array.shape[0], spikeCount },
  );
}

/** Whole numbers of a column, piece by piece, so that its length costs no memory. */
export async function* columnBlocks(array: StoredArray, what: string, options?: ReadOptions): AsyncGenerator<Int32Array> {
  const rows = Math.max(1, Math.floor(blockBytes / array.dtype.itemSize));
  for (let start = 0; start < array.shape[0]; start += rows) {
    throwIfCancelled(options?.signal);
    const bytes = await array.readRows(start, Math.min(rows, array.shape[0] - start), options);
    yield decodeIndices(bytes, array.dtype, array.file, 2 ** 31, what);
  }
}

/** All whole numbers of a column. */
export async function readColumn(array: StoredArray, what: string, options?: ReadOptions): Promise<Int32Array> {
  const out = new Int32Array(array.shape[0]);
  let at = 0;
  for await (const block of columnBlocks(array, what, options)) {
    out.set(block, at);
    at += block.length;
  }
  return out;
}
