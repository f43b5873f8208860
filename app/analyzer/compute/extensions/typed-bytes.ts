import type { NumberDtype } from '../../dtype.ts';
import { elementBytes } from '../../npy-bytes.ts';

/** Numbers as little-endian elements of a type; whole numbers are given as such by the caller. */
export function typedBytes(values: Float32Array | Float64Array, dtype: NumberDtype): Uint8Array<ArrayBuffer> {
  if (dtype.kind === 'float' && dtype.itemSize === 4) {
    return elementBytes(values instanceof Float32Array ? values : Float32Array.from(values));
  }
  if (dtype.kind === 'float' && dtype.itemSize === 8) {
    return elementBytes(values instanceof Float64Array ? values : Float64Array.from(values));
  }
  const bytes = new Uint8Array(values.length * dtype.itemSize);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < values.length; at += 1) {
    if (dtype.itemSize === 1) view.setInt8(at, values[at]);
    else if (dtype.itemSize === 2) view.setInt16(2 * at, values[at], true);
    else if (dtype.itemSize === 4) view.setInt32(4 * at, values[at], true);
    else view.setBigInt64(8 * at, BigInt(values[at]), true);
  }
  return bytes;
}
