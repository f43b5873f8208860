import type { Dtype } from './dtype.ts';

/**
 * The start of a `.npy` file (format 1.0, or 3.0 where a field name is not ASCII) for elements in C order; the elements
 * follow it. The header ends on a multiple of 64 bytes, as NumPy writes it.
 */
export function npyHeader(dtype: Dtype, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': ${description(dtype)}, 'fortran_order': False, 'shape': (${dimensions}), }`;
  const encoded = new TextEncoder().encode(text);
  const version = encoded.byteLength === text.length && encoded.byteLength < 65_000 ? 1 : 3;
  const start = version === 1 ? 10 : 12;
  const padding = 63 - ((start + encoded.byteLength) % 64);
  const header = new Uint8Array(start + encoded.byteLength + padding + 1).fill(0x20);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const length = header.byteLength - start;
  const view = new DataView(header.buffer);
  if (version === 1) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  header.set(encoded, start);
  header[header.byteLength - 1] = 0x0a;
  return header;
}

/** The elements of a typed array as NumPy bytes, little-endian on every machine Samecell runs on. */
export function elementBytes(values: Uint8Array | Int32Array | Float32Array | Float64Array | BigInt64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}

/** Whole numbers as int64 elements. */
export function int64Bytes(values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const words = new Int32Array(values.length * 2);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    words[2 * at] = value;
    words[2 * at + 1] = Math.floor(value / 4294967296);
  }
  return elementBytes(words);
}

/** Texts as fixed-length UCS-4 elements, padded with NUL, with the type that fits the longest (at least one character). */
export function textBytes(texts: readonly string[]): { bytes: Uint8Array<ArrayBuffer>; dtype: Dtype } {
  const points = texts.map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const length = points.reduce((longest, text) => Math.max(longest, text.length), 1);
  const out = new Uint32Array(texts.length * length);
  points.forEach((text, at) => {
    out.set(text, at * length);
  });
  return { bytes: new Uint8Array(out.buffer), dtype: { kind: 'string', encoding: 'ucs4', itemSize: length * 4, littleEndian: true } };
}

const letters = { bool: 'b', int: 'i', uint: 'u', float: 'f' } as const;

function description(dtype: Dtype): string {
  switch (dtype.kind) {
    case 'record': {
      const fields: string[] = [];
      let end = 0;
      for (const field of dtype.fields) {
        if (field.offset > end) fields.push(`('', '|V${field.offset - end}')`);
        const count = field.count === 1 ? '' : `, (${field.count},)`;
        fields.push(`(${quoted(field.name)}, ${description(field.dtype)}${count})`);
        end = field.offset + field.dtype.itemSize * field.count;
      }
      if (dtype.itemSize > end) fields.push(`('', '|V${dtype.itemSize - end}')`);
      return `[${fields.join(', ')}]`;
    }
    case 'string': {
      const order = dtype.encoding === 'bytes' ? '|' : dtype.littleEndian ? '<' : '>';
      return `'${order}${dtype.encoding === 'bytes' ? 'S' : 'U'}${dtype.encoding === 'bytes' ? dtype.itemSize : dtype.itemSize / 4}'`;
    }
    default: {
      const order = dtype.itemSize === 1 ? '|' : dtype.littleEndian ? '<' : '>';
      return `'${order}${letters[dtype.kind]}${dtype.itemSize}'`;
    }
  }
}

function quoted(name: string): string {
  return `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export const float32Type: Dtype = { kind: 'float', itemSize: 4, littleEndian: true };
export const float64Type: Dtype = { kind: 'float', itemSize: 8, littleEndian: true };
export const int64Type: Dtype = { kind: 'int', itemSize: 8, littleEndian: true };
export const boolType: Dtype = { kind: 'bool', itemSize: 1, littleEndian: true };
