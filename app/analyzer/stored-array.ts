import { Failure } from '../failure.ts';
import type { Dtype } from './dtype.ts';
import type { ReadOptions } from './source.ts';

/** An array that has been described but not read. Elements come as raw bytes in C order. */
export interface StoredArray {
  /** How messages name it, e.g. `extensions/templates/average.npy`. */
  readonly file: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bytes of the whole array, decoded. */
  readonly byteLength: number;
  /** A few rows cost a few reads; otherwise nearly everything must be decoded to get at them. */
  readonly rowsAreCheap: boolean;
  /** Everything. Throws `analyzer.refused` above `maxArrayBytes`. */
  read(options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** `count` rows along the first axis from `start`; `into` as in `Source.getRange`. */
  readRows(start: number, count: number, options?: ReadOptions, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** The rows at these ascending positions, packed; `into` as in `Source.getRange`. */
  gather(rows: Int32Array, options?: ReadOptions, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

/** No array above this is read in one piece: 1 GiB. */
export const maxArrayBytes = 2 ** 30;

/** Elements in a shape, or a failure where the product is not a size at all. */
export function elementCount(shape: readonly number[], file: string): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) throw impossibleShape(shape, file);
    count *= size;
  }
  if (!Number.isSafeInteger(count)) throw impossibleShape(shape, file);
  return count;
}

/** Bytes of one row along the first axis. */
export function rowBytes(shape: readonly number[], itemSize: number): number {
  let bytes = itemSize;
  for (const size of shape.slice(1)) bytes *= size;
  return bytes;
}

/** Throws `analyzer.refused` before anything that large is allocated. */
export function refuseOversized(byteLength: number, file: string): void {
  if (byteLength <= maxArrayBytes) return;
  throw new Failure(
    'analyzer.refused',
    `${file} needs ${(byteLength / 2 ** 30).toPrecision(3)} GiB in memory, more than the 1 GiB Samecell reads at once. Recompute that extension with fewer units or spikes.`,
    { file, byteLength },
  );
}

function impossibleShape(shape: readonly number[], file: string): Failure {
  return new Failure(
    'analyzer.damaged',
    `${file} claims the shape (${shape.slice(0, 8).join(', ')}), which no file can hold. Recompute or copy the file again.`,
    { file },
  );
}
