import { decodeFloat64 } from '../decode.ts';
import type { NumberDtype } from '../dtype.ts';
import type { SampleArray } from './traces.ts';

/** Bytes as numbers of their own type where this machine has it, else as doubles. */
export function samplesOf(bytes: Uint8Array<ArrayBuffer>, dtype: NumberDtype, file: string): SampleArray {
  const aligned = bytes.byteOffset % dtype.itemSize === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  const count = Math.floor(aligned.byteLength / dtype.itemSize);
  if (dtype.littleEndian || dtype.itemSize === 1) {
    switch (`${dtype.kind}${dtype.itemSize}`) {
      case 'int1':
        return new Int8Array(buffer, byteOffset, count);
      case 'uint1':
        return new Uint8Array(buffer, byteOffset, count);
      case 'int2':
        return new Int16Array(buffer, byteOffset, count);
      case 'uint2':
        return new Uint16Array(buffer, byteOffset, count);
      case 'int4':
        return new Int32Array(buffer, byteOffset, count);
      case 'uint4':
        return new Uint32Array(buffer, byteOffset, count);
      case 'float4':
        return new Float32Array(buffer, byteOffset, count);
      case 'float8':
        return new Float64Array(buffer, byteOffset, count);
    }
  }
  return decodeFloat64(bytes, dtype, file);
}
