import { Failure, throwIfCancelled } from '../failure.ts';
import { type Dtype, isObjectDtype, parseDtype, refusedObjects } from './dtype.ts';
import { parsePythonLiteral } from './python-literal.ts';
import { toRowMajor } from './row-major.ts';
import type { ReadOptions, Source } from './source.ts';
import { elementCount, refuseOversized, rowBytes, type StoredArray } from './stored-array.ts';

export interface NpyHeader {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  /** Where the elements start. */
  readonly dataOffset: number;
}

const firstReadBytes = 2 ** 13;
const maxHeaderBytes = 2 ** 20;
/** Rows closer than this are read in one go. */
const gapBytes = 2 ** 16;
const stretchBytes = 2 ** 22;

/**
 * Describes a `.npy` file (format 1, 2 or 3) without reading its elements; `undefined` where the key does not exist.
 * Throws `analyzer.damaged` where the declared size is not the file's, `analyzer.refused` for pickled objects.
 */
export async function openNpy(source: Source, key: string, options?: ReadOptions): Promise<StoredArray | undefined> {
  const head = await source.getRange(key, 0, firstReadBytes, options);
  if (head === undefined) return undefined;
  const whole = head.byteLength < firstReadBytes;
  const size = whole ? head.byteLength : await source.size(key);
  if (size === undefined) return undefined;
  let header = parseNpyHeader(head, key, size);
  if (typeof header === 'number') {
    const longer = (await source.getRange(key, 0, header, options)) ?? head;
    header = parseNpyHeader(longer, key, size);
    if (typeof header === 'number') throw cutShort(key, header, size);
  }
  const byteLength = elementCount(header.shape, key) * header.dtype.itemSize;
  if (!Number.isSafeInteger(byteLength) || header.dataOffset + byteLength !== size)
    throw cutShort(key, header.dataOffset + byteLength, size);
  return new NpyArray(source, key, header, byteLength, whole ? head : undefined);
}

/** Reads the header of `.npy` bytes. Gives a number where that many bytes are needed to see all of it. */
export function parseNpyHeader(bytes: Uint8Array<ArrayBuffer>, file: string, fileSize: number): NpyHeader | number {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.byteLength < 10 || magic.some((byte, at) => bytes[at] !== byte)) {
    throw new Failure(
      'analyzer.damaged',
      `${file} isn't a NumPy file: its first bytes are not those of one. Copy it again or recompute it.`,
      { file },
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) {
    throw new Failure(
      'analyzer.unsupported',
      `${file} is NumPy format ${version}; Samecell reads 1 to 3. Update Samecell or save it with an older NumPy.`,
      {
        file,
        version,
      },
    );
  }
  const start = version === 1 ? 10 : 12;
  if (bytes.byteLength < start) throw cutShort(file, start, fileSize);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (!(length <= maxHeaderBytes)) {
    throw new Failure(
      'analyzer.refused',
      `${file} claims a header of ${length} bytes; at most ${maxHeaderBytes} are read. Copy it again or recompute it.`,
      {
        file,
      },
    );
  }
  const dataOffset = start + length;
  if (dataOffset > fileSize) throw cutShort(file, dataOffset, fileSize);
  if (bytes.byteLength < dataOffset) return dataOffset;
  const encoded = bytes.subarray(start, dataOffset);
  const text = version === 3 ? new TextDecoder('utf-8').decode(encoded) : latin1(encoded);
  let fields: unknown;
  try {
    fields = parsePythonLiteral(text);
  } catch (cause) {
    throw new Failure('analyzer.damaged', `${file} has a header that can't be read. Copy it again or recompute it.`, { file }, cause);
  }
  const {
    descr,
    fortran_order: fortranOrder,
    shape,
  } = (typeof fields === 'object' && fields !== null ? fields : {}) as Record<string, unknown>;
  if (isObjectDtype(descr)) throw refusedObjects(file);
  if (typeof fortranOrder !== 'boolean' || !Array.isArray(shape) || shape.length > 32 || !shape.every((size) => typeof size === 'number')) {
    throw new Failure('analyzer.damaged', `${file} has a header without shape or order. Copy it again or recompute it.`, { file });
  }
  return { dtype: parseDtype(descr, file), shape: shape as number[], fortranOrder, dataOffset };
}

/** A byte a character, as Python has it; `TextDecoder` means another encoding by that name. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

class NpyArray implements StoredArray {
  readonly file: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
  readonly rowsAreCheap: boolean;
  private readonly source: Source;
  private readonly header: NpyHeader;
  private readonly whole: Uint8Array<ArrayBuffer> | undefined;
  private readonly isTransposed: boolean;

  constructor(source: Source, file: string, header: NpyHeader, byteLength: number, whole: Uint8Array<ArrayBuffer> | undefined) {
    this.source = source;
    this.file = file;
    this.header = header;
    this.dtype = header.dtype;
    this.shape = header.shape;
    this.byteLength = byteLength;
    // With at most one axis longer than 1 both orders are the same.
    this.isTransposed = header.fortranOrder && header.shape.filter((size) => size > 1).length > 1;
    this.rowsAreCheap = !this.isTransposed;
    this.whole = whole;
  }

  async read(options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    refuseOversized(this.byteLength, this.file);
    const stored = await this.stretch(0, this.byteLength, options);
    return this.isTransposed ? toRowMajor(stored, this.shape, this.dtype.itemSize) : stored;
  }

  async readRows(start: number, count: number, options?: ReadOptions, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = rowBytes(this.shape, this.dtype.itemSize);
    refuseOversized(bytes * count, this.file);
    if (this.isTransposed) {
      const all = await this.read(options);
      return all.subarray(start * bytes, (start + count) * bytes);
    }
    return this.stretch(start * bytes, count * bytes, options, into);
  }

  async gather(rows: Int32Array, options?: ReadOptions, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = rowBytes(this.shape, this.dtype.itemSize);
    refuseOversized(bytes * rows.length, this.file);
    const size = bytes * rows.length;
    const out = into !== undefined && into.byteLength >= size ? into.subarray(0, size) : new Uint8Array(size);
    const all = this.isTransposed ? await this.read(options) : undefined;
    let first = 0;
    let memory = new Uint8Array(0);
    while (first < rows.length) {
      let last = first;
      while (
        last + 1 < rows.length &&
        (rows[last + 1] - rows[last] - 1) * bytes <= gapBytes &&
        (rows[last + 1] + 1 - rows[first]) * bytes <= stretchBytes
      ) {
        last += 1;
      }
      const from = rows[first] * bytes;
      const length = (rows[last] + 1) * bytes - from;
      if (all === undefined && memory.byteLength < length) memory = new Uint8Array(length);
      const piece = all === undefined ? await this.stretch(from, length, options, memory) : all.subarray(from, from + length);
      for (let at = first; at <= last; at += 1) {
        const within = rows[at] * bytes - from;
        out.set(piece.subarray(within, within + bytes), at * bytes);
      }
      first = last + 1;
    }
    return out;
  }

  private async stretch(
    from: number,
    length: number,
    options: ReadOptions | undefined,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    throwIfCancelled(options?.signal);
    const start = this.header.dataOffset + from;
    if (this.whole !== undefined) return this.whole.subarray(start, start + length);
    const bytes = await this.source.getRange(this.file, start, length, options, into);
    if (bytes === undefined || bytes.byteLength !== length) {
      throw new Failure('analyzer.changed', `${this.file} changed while it was being read. Open the analyzer again.`, { file: this.file });
    }
    return bytes;
  }
}

function cutShort(file: string, wanted: number, found: number): Failure {
  const how = found < wanted ? 'is cut short' : 'is longer than it says';
  return new Failure(
    'analyzer.damaged',
    `${file} ${how}: its header asks for ${wanted} bytes and it has ${found}. Copy it again or recompute it.`,
    {
      file,
      expectedBytes: Number.isFinite(wanted) ? wanted : -1,
      actualBytes: found,
    },
  );
}
