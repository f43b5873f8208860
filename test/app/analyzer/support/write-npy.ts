/** What one element is made of, as NumPy names it: `'<f4'`, `'>i8'`, `'|b1'`, `'<U5'`. */
export type Description = string;

export interface NpyParts {
  readonly descr: Description | string;
  readonly shape: readonly number[];
  readonly fortranOrder?: boolean;
  readonly version?: 1 | 2 | 3;
  /** Spaces added to the header. */
  readonly padding?: number;
}

/** A `.npy` file written without the application's own code: header, then the elements as they come. */
export function writeNpy(parts: NpyParts, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { descr, shape, fortranOrder = false, version = 1, padding = 0 } = parts;
  const description = descr.startsWith('[') ? descr : `'${descr}'`;
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': ${description}, 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': ${sizes}, }${' '.repeat(padding)}\n`;
  const header = new TextEncoder().encode(text);
  const start = version === 1 ? 10 : 12;
  const out = new Uint8Array(start + header.byteLength + data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(out.buffer);
  if (version === 1) view.setUint16(8, header.byteLength, true);
  else view.setUint32(8, header.byteLength, true);
  out.set(header, start);
  out.set(data, start + header.byteLength);
  return out;
}

/** Elements as bytes, one after the other. */
export function packElements(values: readonly (number | bigint | string | boolean)[], descr: Description): Uint8Array<ArrayBuffer> {
  const littleEndian = !descr.startsWith('>');
  const letter = descr.replace(/[<>|]/, '')[0];
  const size = Number(descr.replace(/[<>|]?[a-zA-Z]/, ''));
  const itemSize = letter === 'U' ? size * 4 : size;
  const out = new Uint8Array(values.length * itemSize);
  const view = new DataView(out.buffer);
  for (const [place, value] of values.entries()) {
    const at = place * itemSize;
    if (letter === 'U')
      for (const [index, char] of [...String(value)].entries()) view.setUint32(at + 4 * index, char.codePointAt(0) ?? 0, littleEndian);
    else if (letter === 'S') out.set(new TextEncoder().encode(String(value)), at);
    else if (letter === 'b') out[at] = value ? 1 : 0;
    else if (letter === 'f' && size === 4) view.setFloat32(at, Number(value), littleEndian);
    else if (letter === 'f') view.setFloat64(at, Number(value), littleEndian);
    else if (size === 8) view.setBigInt64(at, BigInt(value), littleEndian);
    else if (size === 4) view.setInt32(at, Number(value), littleEndian);
    else if (size === 2) view.setInt16(at, Number(value), littleEndian);
    else view.setInt8(at, Number(value));
  }
  return out;
}

/** Values in C order put into Fortran order. */
export function toFortran<Value>(values: readonly Value[], shape: readonly number[]): Value[] {
  const out = new Array<Value>(values.length);
  for (const [place, value] of values.entries()) {
    let rest = place;
    const index = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    let to = 0;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) to = to * shape[axis] + index[axis];
    out[to] = value;
  }
  return out;
}
