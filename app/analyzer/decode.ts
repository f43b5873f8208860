import { Failure } from '../failure.ts';
import type { Dtype, NumberDtype, RecordDtype } from './dtype.ts';
import type { FloatArray } from './extensions/data.ts';

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Any numbers as doubles. 64-bit integers past 2^53 lose their last digits. */
export function decodeFloat64(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, file: string): Float64Array {
  const numbers = numberDtype(dtype, file);
  const count = Math.floor(bytes.byteLength / numbers.itemSize);
  if (isNative(numbers) && numbers.kind === 'float' && numbers.itemSize === 8) return overlay(Float64Array, bytes, 8, count);
  const out = new Float64Array(count);
  fill(out, bytes, numbers);
  return out;
}

/** Floats as they are stored: f4 and f2 as Float32Array, everything else as Float64Array. */
export function decodeFloats(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, file: string): FloatArray {
  const numbers = numberDtype(dtype, file);
  if (numbers.kind !== 'float' || numbers.itemSize === 8) return decodeFloat64(bytes, dtype, file);
  return decodeFloat32(bytes, dtype, file);
}

/** Any numbers as single precision. */
export function decodeFloat32(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, file: string): Float32Array {
  const numbers = numberDtype(dtype, file);
  const count = Math.floor(bytes.byteLength / numbers.itemSize);
  if (isNative(numbers) && numbers.kind === 'float' && numbers.itemSize === 4) return overlay(Float32Array, bytes, 4, count);
  const out = new Float32Array(count);
  fill(out, bytes, numbers);
  return out;
}

/** Whole numbers; throws `analyzer.damaged` where one is not in `[low, high)`. */
export function decodeIndices(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, file: string, high: number, what: string): Int32Array {
  const numbers = numberDtype(dtype, file);
  const count = Math.floor(bytes.byteLength / numbers.itemSize);
  const wide = new Float64Array(count);
  fill(wide, bytes, numbers);
  const out = new Int32Array(count);
  for (let i = 0; i < count; i += 1) {
    const value = wide[i];
    if (!(value >= 0 && value < high) || !Number.isInteger(value)) {
      throw new Failure(
        'analyzer.damaged',
        `${file} has ${what} ${value}, but only 0 to ${high - 1} exist. Recompute or copy the file again.`,
        {
          file,
          value: String(value),
        },
      );
    }
    out[i] = value;
  }
  return out;
}

/** 1 where true (or not 0). */
export function decodeBooleans(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, file: string): Uint8Array {
  const wide = numberDtype(dtype, file);
  if (wide.itemSize === 1) return bytes.map((value) => (value === 0 ? 0 : 1));
  return Uint8Array.from(decodeFloat64(bytes, dtype, file), (value) => (value === 0 ? 0 : 1));
}

/** Fixed-length text without its NUL padding. */
export function decodeStrings(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, file: string): string[] {
  if (dtype.kind !== 'string') throw wrongType(file, 'text');
  const size = dtype.itemSize;
  if (size === 0) return [];
  const out: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder('utf-8');
  for (let start = 0; start + size <= bytes.byteLength; start += size) {
    if (dtype.encoding === 'bytes') {
      let end = start + size;
      while (end > start && bytes[end - 1] === 0) end -= 1;
      out.push(utf8.decode(bytes.subarray(start, end)));
      continue;
    }
    let text = '';
    let pending = 0;
    for (let at = start; at < start + size; at += 4) {
      const code = view.getUint32(at, dtype.littleEndian);
      if (code === 0) {
        pending += 1;
        continue;
      }
      if (!(code <= 0x10ffff))
        throw new Failure('analyzer.damaged', `${file} holds text that isn't Unicode. Save the file again.`, { file });
      text += '\0'.repeat(pending) + String.fromCodePoint(code);
      pending = 0;
    }
    out.push(text);
  }
  return out;
}

/** One field of a structured array, packed: its bytes and its type. Throws `analyzer.damaged` where the field is missing. */
export function fieldOf(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: Dtype,
  name: string,
  file: string,
): { bytes: Uint8Array<ArrayBuffer>; dtype: Dtype } {
  const record = recordDtype(dtype, file);
  const field = record.fields.find((candidate) => candidate.name === name);
  if (field === undefined) {
    throw new Failure('analyzer.damaged', `${file} has no field ${name}. Recompute it in SpikeInterface.`, { file, field: name });
  }
  const size = field.dtype.itemSize * field.count;
  const count = Math.floor(bytes.byteLength / record.itemSize);
  const out = new Uint8Array(count * size);
  if (size === 8 && (bytes.byteOffset + field.offset) % 4 === 0 && record.itemSize % 4 === 0) {
    const words = new Uint32Array(
      bytes.buffer,
      bytes.byteOffset + field.offset,
      Math.max(0, (count * record.itemSize - field.offset) >> 2),
    );
    const target = new Uint32Array(out.buffer);
    const step = record.itemSize >> 2;
    for (let row = 0, at = 0; row < count; row += 1, at += step) {
      target[2 * row] = words[at];
      target[2 * row + 1] = words[at + 1];
    }
  } else {
    for (let row = 0; row < count; row += 1) {
      const from = row * record.itemSize + field.offset;
      for (let byte = 0; byte < size; byte += 1) out[row * size + byte] = bytes[from + byte];
    }
  }
  return { bytes: out, dtype: field.dtype };
}

function fill(out: Float64Array | Float32Array, bytes: Uint8Array<ArrayBuffer>, dtype: NumberDtype): void {
  const { kind, itemSize, littleEndian } = dtype;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = out.length;
  if (kind === 'bool') {
    for (let i = 0; i < count; i += 1) out[i] = bytes[i] === 0 ? 0 : 1;
  } else if (itemSize === 1) {
    for (let i = 0; i < count; i += 1) out[i] = kind === 'int' ? view.getInt8(i) : bytes[i];
  } else if (kind === 'float') {
    if (itemSize === 2) for (let i = 0; i < count; i += 1) out[i] = halfFloat(view.getUint16(2 * i, littleEndian));
    else if (itemSize === 4) for (let i = 0; i < count; i += 1) out[i] = view.getFloat32(4 * i, littleEndian);
    else for (let i = 0; i < count; i += 1) out[i] = view.getFloat64(8 * i, littleEndian);
  } else if (itemSize === 2) {
    for (let i = 0; i < count; i += 1) out[i] = kind === 'int' ? view.getInt16(2 * i, littleEndian) : view.getUint16(2 * i, littleEndian);
  } else if (itemSize === 4) {
    for (let i = 0; i < count; i += 1) out[i] = kind === 'int' ? view.getInt32(4 * i, littleEndian) : view.getUint32(4 * i, littleEndian);
  } else {
    const low = littleEndian ? 0 : 4;
    const high = 4 - low;
    for (let i = 0; i < count; i += 1) {
      const top = kind === 'int' ? view.getInt32(8 * i + high, littleEndian) : view.getUint32(8 * i + high, littleEndian);
      out[i] = top * 4294967296 + view.getUint32(8 * i + low, littleEndian);
    }
  }
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function isNative(dtype: NumberDtype): boolean {
  return dtype.itemSize === 1 || dtype.littleEndian === hostIsLittleEndian;
}

/** A typed array over the bytes where they lie, or over a copy where they are not aligned. */
function overlay<TypedArray>(
  Values: new (buffer: ArrayBuffer, offset: number, length: number) => TypedArray,
  bytes: Uint8Array<ArrayBuffer>,
  itemSize: number,
  count: number,
): TypedArray {
  if (bytes.byteOffset % itemSize === 0) return new Values(bytes.buffer, bytes.byteOffset, count);
  return new Values(bytes.slice().buffer, 0, count);
}

function numberDtype(dtype: Dtype, file: string): NumberDtype {
  if (dtype.kind === 'string' || dtype.kind === 'record') throw wrongType(file, 'numbers');
  return dtype;
}

function recordDtype(dtype: Dtype, file: string): RecordDtype {
  if (dtype.kind !== 'record') throw wrongType(file, 'a table with named fields');
  return dtype;
}

function wrongType(file: string, wanted: string): Failure {
  return new Failure('analyzer.damaged', `${file} should hold ${wanted} and holds something else. Recompute it in SpikeInterface.`, {
    file,
  });
}
