import { Failure } from '../failure.ts';

/** How one array element is stored. `file` in messages names the array. */
export type Dtype = NumberDtype | StringDtype | RecordDtype;

export interface NumberDtype {
  readonly kind: 'bool' | 'int' | 'uint' | 'float';
  readonly itemSize: number;
  readonly littleEndian: boolean;
}

/** Fixed-length text, padded with NUL: `U` is UCS-4, `S` is bytes. */
export interface StringDtype {
  readonly kind: 'string';
  readonly encoding: 'ucs4' | 'bytes';
  readonly itemSize: number;
  readonly littleEndian: boolean;
}

export interface RecordDtype {
  readonly kind: 'record';
  readonly itemSize: number;
  readonly fields: readonly RecordField[];
}

export interface RecordField {
  readonly name: string;
  readonly dtype: Dtype;
  readonly offset: number;
  /** Elements of a sub-array field; 1 otherwise. */
  readonly count: number;
}

const numberSizes: Readonly<Record<string, { kind: NumberDtype['kind']; sizes: readonly number[] }>> = {
  b: { kind: 'bool', sizes: [1] },
  i: { kind: 'int', sizes: [1, 2, 4, 8] },
  u: { kind: 'uint', sizes: [1, 2, 4, 8] },
  f: { kind: 'float', sizes: [2, 4, 8] },
};

const maxStringBytes = 1 << 20;
const maxFields = 4096;

/**
 * Reads NumPy's description of an element: `'<f4'`, `'|b1'`, `'<U5'`, or a list of fields for a structured type.
 * Objects (pickles) throw `analyzer.refused`, other types Samecell doesn't read `analyzer.unsupported`.
 */
export function parseDtype(description: unknown, file: string, depth = 0): Dtype {
  if (typeof description === 'string') return parseSimple(description, file);
  if (Array.isArray(description) && depth < 4) return parseRecord(description, file, depth);
  throw new Failure('analyzer.damaged', `${file} has an element type that can't be read. Save the array again with NumPy.`, { file });
}

/** True where a description is, or contains, Python objects: such arrays are pickles. */
export function isObjectDtype(description: unknown): boolean {
  if (typeof description === 'string') return /^[<>|=]?O\d*$/.test(description);
  return Array.isArray(description) && description.some((field) => Array.isArray(field) && isObjectDtype(field[1]));
}

function parseSimple(description: string, file: string): Dtype {
  if (isObjectDtype(description)) throw refusedObjects(file);
  const match = /^([<>|=]?)([a-zA-Z])(\d+)$/.exec(description);
  if (match === null) throw unsupported(description, file);
  const littleEndian = match[1] !== '>';
  const letter = match[2];
  const size = Number(match[3]);
  const known = numberSizes[letter];
  if (known !== undefined) {
    if (!known.sizes.includes(size)) throw unsupported(description, file);
    return { kind: known.kind, itemSize: size, littleEndian };
  }
  if (letter === 'U' || letter === 'S') {
    const itemSize = letter === 'U' ? size * 4 : size;
    if (!(itemSize <= maxStringBytes)) throw unsupported(description, file);
    return { kind: 'string', encoding: letter === 'U' ? 'ucs4' : 'bytes', itemSize, littleEndian };
  }
  throw unsupported(description, file);
}

function parseRecord(description: readonly unknown[], file: string, depth: number): RecordDtype {
  if (isObjectDtype(description)) throw refusedObjects(file);
  if (!(description.length <= maxFields)) throw unsupported(`${description.length} fields`, file);
  const fields: RecordField[] = [];
  let offset = 0;
  for (const entry of description) {
    if (!Array.isArray(entry) || entry.length < 2 || entry.length > 3) throw unsupported('a structured type without names', file);
    const [label, type, shape] = entry as [unknown, unknown, unknown];
    // A titled field is (title, name); padding of an aligned type is an unnamed V field.
    const name = Array.isArray(label) ? label[1] : label;
    if (typeof name !== 'string') throw unsupported('a structured type without names', file);
    const count = subArrayLength(shape, file);
    const padding = typeof type === 'string' ? /^\|V(\d+)$/.exec(type) : null;
    if (padding !== null) {
      offset += Number(padding[1]) * count;
    } else {
      const dtype = parseDtype(type, file, depth + 1);
      fields.push({ name, dtype, offset, count });
      offset += dtype.itemSize * count;
    }
    if (!(offset <= maxStringBytes)) throw unsupported('a very large structured type', file);
  }
  if (fields.length === 0) throw unsupported('an empty structured type', file);
  return { kind: 'record', itemSize: offset, fields };
}

function subArrayLength(shape: unknown, file: string): number {
  if (shape === undefined) return 1;
  const sizes = Array.isArray(shape) ? shape : [shape];
  let count = 1;
  for (const size of sizes) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw unsupported('a sub-array of unknown size', file);
    count *= size;
  }
  if (!(count <= maxStringBytes)) throw unsupported('a very large sub-array', file);
  return count;
}

export function refusedObjects(file: string): Failure {
  return new Failure(
    'analyzer.refused',
    `${file} holds pickled Python objects, which can run code when read, so Samecell doesn't read it. Save it as numbers or text from SpikeInterface.`,
    { file },
  );
}

function unsupported(what: string, file: string): Failure {
  return new Failure(
    'analyzer.unsupported',
    `${file} stores a type Samecell doesn't read (${what.slice(0, 60)}). Save it as plain numbers or text.`,
    { file, type: what.slice(0, 60) },
  );
}
