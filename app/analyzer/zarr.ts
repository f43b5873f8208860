import { Failure, throwIfCancelled } from '../failure.ts';
import type { BoundedCache } from './bounded-cache.ts';
import { type Dtype, isObjectDtype, parseDtype } from './dtype.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from './json.ts';
import { toRowMajor } from './row-major.ts';
import type { ReadOptions, Source } from './source.ts';
import { elementCount, refuseOversized, rowBytes, type StoredArray } from './stored-array.ts';
import { type ChunkDecoder, chunkDecoder, decodeObjects } from './zarr-codecs.ts';

/** No chunk above this is decoded: 256 MiB. */
const maxChunkBytes = 2 ** 28;
/** Arrays above this must have their first chunk before anything is allocated for them. */
const trustedBytes = 2 ** 26;
/** Groups within groups, at most. */
const maxDepth = 12;
/** More chunks than this belong to no analyzer. */
const maxChunkCount = 200_000;
/** A chunk that isn't there means "all fill value"; where more than this are missing, the copy is incomplete. */
const maxAbsentChunks = 2000;

/** A zarr v2 hierarchy: groups with attributes, arrays with chunks. */
export interface ZarrStore {
  /** All metadata comes from `.zmetadata`. */
  readonly isConsolidated: boolean;
  /** Attributes of a group or array; empty where there are none. */
  attributes(path: string): Promise<JsonObject>;
  /** An array's `.zarray`, `undefined` where there is none. */
  arrayMetadata(path: string): Promise<JsonObject | undefined>;
  isGroup(path: string): Promise<boolean>;
  /** Names of the groups and arrays directly below a group, sorted. */
  children(path: string): Promise<readonly string[]>;
  array(path: string, options?: ReadOptions): Promise<ZarrArray | undefined>;
  /** The values of an object array (`json2`, `vlen-utf8`); a pickle throws `analyzer.refused`. */
  objects(path: string, options?: ReadOptions): Promise<JsonValue[] | undefined>;
}

/** A stored array that also knows its chunks. */
export interface ZarrArray extends StoredArray {
  readonly chunkCount: number;
  /** Key of a chunk by its running number in C order. */
  chunkKey(chunk: number): string;
}

/** Opens a store by its consolidated metadata, or key by key where that is missing or, in old stores, not to be trusted. */
export async function openZarr(source: Source, cache: BoundedCache, useConsolidated: boolean, options?: ReadOptions): Promise<ZarrStore> {
  const bytes = useConsolidated ? await source.get('.zmetadata', options) : undefined;
  if (bytes === undefined) return new KeyByKeyStore(source, cache);
  const metadata = parseJsonObject(bytes, '.zmetadata')['metadata'];
  if (!isJsonObject(metadata)) {
    throw new Failure('analyzer.damaged', '.zmetadata has no metadata in it. Copy the analyzer again or run zarr.consolidate_metadata.', {
      file: '.zmetadata',
    });
  }
  return new ConsolidatedStore(source, cache, metadata);
}

abstract class BaseStore implements ZarrStore {
  abstract readonly isConsolidated: boolean;
  protected readonly source: Source;
  private readonly cache: BoundedCache;

  constructor(source: Source, cache: BoundedCache) {
    this.source = source;
    this.cache = cache;
  }

  abstract children(path: string): Promise<readonly string[]>;
  protected abstract document(path: string, name: '.zarray' | '.zattrs' | '.zgroup'): Promise<JsonObject | undefined>;

  async attributes(path: string): Promise<JsonObject> {
    return (await this.document(path, '.zattrs')) ?? {};
  }

  arrayMetadata(path: string): Promise<JsonObject | undefined> {
    return this.document(path, '.zarray');
  }

  async isGroup(path: string): Promise<boolean> {
    return (await this.document(path, '.zgroup')) !== undefined;
  }

  async array(path: string): Promise<ZarrArray | undefined> {
    const metadata = await this.arrayMetadata(path);
    return metadata === undefined ? undefined : new ChunkedArray(this.source, this.cache, path, readMetadata(metadata, path));
  }

  async objects(path: string, options?: ReadOptions): Promise<JsonValue[] | undefined> {
    const metadata = await this.arrayMetadata(path);
    if (metadata === undefined) return undefined;
    const { shape, chunks } = shapeAndChunks(metadata, path);
    if (!isObjectDtype(metadata['dtype']) || shape.length !== 1 || (shape[0] > chunks[0] && shape[0] > 0)) {
      throw new Failure('analyzer.unsupported', `${path} isn't a list of objects in one chunk, which Samecell doesn't read.`, {
        file: path,
      });
    }
    const bytes = await this.source.get(`${path}/0`, options);
    if (bytes === undefined)
      throw new Failure('analyzer.missingFile', `${path}/0 is missing. Copy the analyzer again.`, { file: `${path}/0` });
    const values = await decodeObjects(bytes, metadata['compressor'], metadata['filters'], path);
    return values.slice(0, shape[0]);
  }
}

class ConsolidatedStore extends BaseStore {
  readonly isConsolidated = true;
  private readonly metadata: JsonObject;
  private readonly below: ReadonlyMap<string, readonly string[]>;

  constructor(source: Source, cache: BoundedCache, metadata: JsonObject) {
    super(source, cache);
    this.metadata = metadata;
    const below = new Map<string, Set<string>>();
    for (const key of Object.keys(metadata)) {
      const parts = key.split('/', maxDepth);
      for (let depth = 0; depth < parts.length - 1; depth += 1) {
        const parent = parts.slice(0, depth).join('/');
        below.set(parent, (below.get(parent) ?? new Set()).add(parts[depth]));
      }
    }
    this.below = new Map([...below].map(([parent, names]) => [parent, [...names].sort()]));
  }

  async children(path: string): Promise<readonly string[]> {
    return this.below.get(path) ?? [];
  }

  protected async document(path: string, name: string): Promise<JsonObject | undefined> {
    const key = path === '' ? name : `${path}/${name}`;
    const value = Object.hasOwn(this.metadata, key) ? this.metadata[key] : undefined;
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return value;
    throw new Failure('analyzer.damaged', `.zmetadata has an entry ${key} that isn't an object. Run zarr.consolidate_metadata.`, {
      file: '.zmetadata',
      field: key,
    });
  }
}

class KeyByKeyStore extends BaseStore {
  readonly isConsolidated = false;
  async children(path: string): Promise<readonly string[]> {
    const entries = await this.source.list(path);
    return entries.filter((entry) => entry.isFolder).map((entry) => entry.name);
  }

  protected async document(path: string, name: string): Promise<JsonObject | undefined> {
    const key = path === '' ? name : `${path}/${name}`;
    const bytes = await this.source.get(key);
    return bytes === undefined ? undefined : parseJsonObject(bytes, key);
  }
}

interface ArrayMetadata {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly fortranOrder: boolean;
  readonly separator: string;
  readonly fillValue: JsonValue;
  readonly chunkBytes: number;
  readonly decode: ChunkDecoder;
}

function readMetadata(metadata: JsonObject, path: string): ArrayMetadata {
  if (metadata['zarr_format'] !== 2) {
    throw new Failure(
      'analyzer.unsupported',
      `${path} is a zarr array of format ${String(metadata['zarr_format']).slice(0, 10)}; Samecell reads format 2.`,
      {
        file: path,
      },
    );
  }
  const dtype = parseDtype(metadata['dtype'], path);
  const { shape, chunks } = shapeAndChunks(metadata, path);
  const order = metadata['order'];
  if (order !== 'C' && order !== 'F') throw unreadable(path, 'order');
  const separator = metadata['dimension_separator'] ?? '.';
  if (separator !== '.' && separator !== '/') throw unreadable(path, 'dimension_separator');
  const chunkBytes = elementCount(chunks, path) * dtype.itemSize;
  if (!(chunkBytes <= maxChunkBytes)) {
    throw new Failure(
      'analyzer.refused',
      `${path} has chunks of ${Math.round(chunkBytes / 2 ** 20)} MiB; at most 256 MiB are decoded. Save it again with smaller chunks.`,
      {
        file: path,
      },
    );
  }
  return {
    dtype,
    shape,
    chunks,
    fortranOrder: order === 'F',
    separator,
    fillValue: metadata['fill_value'] ?? null,
    chunkBytes,
    decode: chunkDecoder(metadata['compressor'] ?? null, metadata['filters'] ?? null, chunkBytes, dtype.itemSize, path),
  };
}

function shapeAndChunks(metadata: JsonObject, path: string): { shape: number[]; chunks: number[] } {
  const { shape, chunks } = metadata;
  if (!isSizes(shape) || !isSizes(chunks) || shape.length !== chunks.length || shape.length > 8) throw unreadable(path, 'shape or chunks');
  elementCount(shape, path);
  if (chunks.some((size) => size < 1)) throw unreadable(path, 'chunks');
  return { shape, chunks };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0);
}

class ChunkedArray implements ZarrArray {
  readonly file: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
  readonly chunkCount: number;
  readonly rowsAreCheap = false;
  private readonly source: Source;
  private readonly cache: BoundedCache;
  private readonly metadata: ArrayMetadata;
  /** Chunks along each axis. */
  private readonly grid: readonly number[];
  private absentChunks = 0;

  constructor(source: Source, cache: BoundedCache, path: string, metadata: ArrayMetadata) {
    this.source = source;
    this.cache = cache;
    this.file = path;
    this.metadata = metadata;
    this.dtype = metadata.dtype;
    this.shape = metadata.shape;
    this.byteLength = elementCount(metadata.shape, path) * metadata.dtype.itemSize;
    this.grid = metadata.shape.map((size, axis) => Math.ceil(size / metadata.chunks[axis]));
    this.chunkCount = this.grid.reduce((count, along) => count * along, 1);
  }

  chunkKey(chunk: number): string {
    return this.keyOf(this.positionOf(chunk, this.grid));
  }

  read(options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    return this.readRows(0, this.shape[0] ?? 1, options);
  }

  async readRows(start: number, count: number, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    const pairs: RowPairs = { count, source: (at) => start + at };
    return this.assemble(pairs, start, start + count, options);
  }

  async gather(rows: Int32Array, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    if (rows.length === 0) return new Uint8Array(0);
    return this.assemble({ count: rows.length, source: (at) => rows[at] }, rows[0], rows[rows.length - 1] + 1, options);
  }

  /** Puts the asked rows (ascending, within `[low, high)`) together, one chunk at a time. */
  private async assemble(rows: RowPairs, low: number, high: number, options: ReadOptions | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const { chunks } = this.metadata;
    const lineBytes = rowBytes(this.shape, this.dtype.itemSize);
    const outBytes = lineBytes * rows.count;
    refuseOversized(outBytes, this.file);
    if (outBytes === 0) return new Uint8Array(0);
    if (outBytes > trustedBytes) await this.refuseAbsent();
    const out = new Uint8Array(outBytes);
    if (this.shape.length === 0) {
      out.set(await this.chunk([]));
      return out;
    }
    if (!(this.chunkCount <= maxChunkCount)) {
      throw new Failure(
        'analyzer.refused',
        `${this.file} is cut into ${this.chunkCount} chunks; at most ${maxChunkCount} are read. Save it again with larger chunks.`,
        {
          file: this.file,
        },
      );
    }
    const restGrid = this.grid.slice(1);
    const restCount = restGrid.reduce((count, along) => count * along, 1);
    let next = 0;
    for (let across = Math.floor(low / chunks[0]); across * chunks[0] < high; across += 1) {
      const first = next;
      while (next < rows.count && rows.source(next) < (across + 1) * chunks[0]) next += 1;
      if (next === first) continue;
      for (let rest = 0; rest < restCount; rest += 1) {
        throwIfCancelled(options?.signal);
        const position = [across, ...this.positionOf(rest, restGrid)];
        const chunk = await this.chunk(position);
        this.copyRows(chunk, position, out, lineBytes, rows, first, next);
      }
    }
    return out;
  }

  private copyRows(
    chunk: Uint8Array<ArrayBuffer>,
    position: readonly number[],
    out: Uint8Array<ArrayBuffer>,
    lineBytes: number,
    rows: RowPairs,
    first: number,
    end: number,
  ): void {
    const { chunks, dtype } = this.metadata;
    const runs = this.runsWithin(position);
    const chunkLine = rowBytes(chunks, dtype.itemSize);
    const offsetOf = (at: number): number => (rows.source(at) - position[0] * chunks[0]) * chunkLine;
    if (runs.length === 3 && runs[2] === chunkLine && chunkLine === lineBytes) {
      copyStretches(chunk, out, lineBytes, offsetOf, first, end);
    } else if (areWords(chunk, [chunkLine, lineBytes, ...runs])) {
      copyWords(chunk, out, lineBytes, runs, offsetOf, first, end);
    } else {
      for (let at = first; at < end; at += 1) {
        const from = offsetOf(at);
        for (let run = 0; run < runs.length; run += 3) {
          out.set(chunk.subarray(from + runs[run], from + runs[run] + runs[run + 2]), at * lineBytes + runs[run + 1]);
        }
      }
    }
  }

  /** For one row: (offset in the chunk's row, offset in the array's row, bytes) triples, joined where both sides go on. */
  private runsWithin(position: readonly number[]): number[] {
    const { chunks, dtype } = this.metadata;
    const axes = this.shape.length;
    const starts = position.map((along, axis) => along * chunks[axis]);
    const sizes = chunks.map((size, axis) => Math.min(size, this.shape[axis] - starts[axis]));
    const runs: number[] = [];
    const walk = (axis: number, source: number, target: number): void => {
      if (axis >= axes - 1) {
        const length = (axes === 1 ? 1 : sizes[axes - 1]) * dtype.itemSize;
        const from = source * dtype.itemSize;
        const to = (axes === 1 ? 0 : target + starts[axes - 1]) * dtype.itemSize;
        const last = runs.length - 3;
        if (last >= 0 && runs[last] + runs[last + 2] === from && runs[last + 1] + runs[last + 2] === to) runs[last + 2] += length;
        else runs.push(from, to, length);
        return;
      }
      const chunkStride = chunks.slice(axis + 1).reduce((product, size) => product * size, 1);
      const stride = this.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
      for (let at = 0; at < sizes[axis]; at += 1) walk(axis + 1, source + at * chunkStride, target + (starts[axis] + at) * stride);
    };
    walk(axes === 1 ? 0 : 1, 0, 0);
    return runs;
  }

  private chunk(position: readonly number[]): Promise<Uint8Array<ArrayBuffer>> {
    const key = this.keyOf(position);
    return this.cache.get(
      key,
      () => this.decodeChunk(key),
      (bytes) => bytes.byteLength,
    );
  }

  private async decodeChunk(key: string): Promise<Uint8Array<ArrayBuffer>> {
    const { chunks, dtype, chunkBytes, decode, fortranOrder } = this.metadata;
    const stored = await this.source.get(key);
    if (stored === undefined) {
      this.absentChunks += 1;
      if (this.absentChunks > maxAbsentChunks) throw absentChunk(key);
      return filled(this.metadata.fillValue, dtype, chunkBytes, this.file);
    }
    const bytes = await decode(stored);
    return fortranOrder && chunks.length > 1 ? toRowMajor(bytes, chunks, dtype.itemSize) : bytes;
  }

  private async refuseAbsent(): Promise<void> {
    const key = this.chunkKey(0);
    if ((await this.source.size(key)) !== undefined) return;
    throw absentChunk(key);
  }

  private keyOf(position: readonly number[]): string {
    return `${this.file}/${position.length === 0 ? '0' : position.join(this.metadata.separator)}`;
  }

  private positionOf(chunk: number, grid: readonly number[]): number[] {
    const position = new Array<number>(grid.length);
    let rest = chunk;
    for (let axis = grid.length - 1; axis >= 0; axis -= 1) {
      position[axis] = rest % grid[axis];
      rest = Math.floor(rest / grid[axis]);
    }
    return position;
  }
}

interface RowPairs {
  readonly count: number;
  source(at: number): number;
}

/** Rows that lie in the chunk as they do in the array: neighbours are copied in one go. */
function copyStretches(
  chunk: Uint8Array<ArrayBuffer>,
  out: Uint8Array<ArrayBuffer>,
  lineBytes: number,
  offsetOf: (at: number) => number,
  first: number,
  end: number,
): void {
  let start = first;
  while (start < end) {
    const from = offsetOf(start);
    let stop = start + 1;
    while (stop < end && offsetOf(stop) === from + (stop - start) * lineBytes) stop += 1;
    out.set(chunk.subarray(from, from + (stop - start) * lineBytes), start * lineBytes);
    start = stop;
  }
}

/** Short runs are copied word by word: many times faster than a copy call for each. */
function copyWords(
  chunk: Uint8Array<ArrayBuffer>,
  out: Uint8Array<ArrayBuffer>,
  lineBytes: number,
  runs: readonly number[],
  offsetOf: (at: number) => number,
  first: number,
  end: number,
): void {
  const source = new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.byteLength >> 2);
  const target = new Uint32Array(out.buffer);
  const steps = Int32Array.from(runs, (bytes) => bytes >> 2);
  const lineWords = lineBytes >> 2;
  for (let at = first; at < end; at += 1) {
    const from = offsetOf(at) >> 2;
    const to = at * lineWords;
    for (let step = 0; step < steps.length; step += 3) {
      let read = from + steps[step];
      let write = to + steps[step + 1];
      const stop = read + steps[step + 2];
      while (read < stop) {
        target[write] = source[read];
        read += 1;
        write += 1;
      }
    }
  }
}

function areWords(chunk: Uint8Array<ArrayBuffer>, lengths: readonly number[]): boolean {
  return chunk.byteOffset % 4 === 0 && lengths.every((length) => length % 4 === 0);
}

function filled(value: JsonValue, dtype: Dtype, byteLength: number, file: string): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(byteLength);
  if (value === null || value === 0 || value === '' || value === false) return out;
  if (dtype.kind === 'string' || dtype.kind === 'record' || !dtype.littleEndian) return out;
  const number = value === 'NaN' ? Number.NaN : value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : Number(value);
  const { kind, itemSize } = dtype;
  if (kind === 'float' && itemSize === 4) new Float32Array(out.buffer).fill(number);
  else if (kind === 'float' && itemSize === 8) new Float64Array(out.buffer).fill(number);
  else if (itemSize === 1) out.fill(number);
  else if (itemSize === 2 && kind !== 'float') new Uint16Array(out.buffer).fill(number);
  else if (itemSize === 4) new Uint32Array(out.buffer).fill(number);
  else if (itemSize === 8 && Number.isSafeInteger(number)) new BigInt64Array(out.buffer).fill(BigInt(number));
  else throw unreadable(file, 'fill_value');
  return out;
}

function absentChunk(key: string): Failure {
  return new Failure('analyzer.missingFile', `${key} is missing. Copy the analyzer again or recompute it.`, { file: key });
}

function unreadable(path: string, field: string): Failure {
  return new Failure('analyzer.damaged', `${path} has a .zarray without usable ${field}. Copy the analyzer again or save it again.`, {
    file: path,
    field,
  });
}
