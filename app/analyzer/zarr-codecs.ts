import { Failure } from '../failure.ts';
import { decodeBlosc } from './blosc.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
import { hostZstd } from './zstd.ts';

/** Turns one stored chunk back into exactly `decodedBytes` bytes, or throws. */
export type ChunkDecoder = (stored: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;

type Bytes = Uint8Array<ArrayBuffer>;
type Decompress = (stored: Bytes, limitBytes: number) => Promise<Uint8Array>;

/**
 * Undoes a zarr v2 compressor and its filters. The size a compressed chunk claims is checked before anything is decompressed,
 * so a small file can't unfold into gigabytes. Unknown codecs throw `analyzer.unsupported`, pickles `analyzer.refused`.
 */
export function chunkDecoder(
  compressor: JsonValue,
  filters: JsonValue,
  decodedBytes: number,
  itemSize: number,
  file: string,
): ChunkDecoder {
  const undoFilters = filterList(filters, file)
    .map((filter) => filterDecoder(filter, itemSize, file))
    .reverse();
  const decompress = compressor === null || compressor === undefined ? undefined : decompressor(compressor, file);
  return async (stored) => {
    let bytes = stored;
    if (decompress !== undefined) {
      const claimed = decompress.claimedBytes(stored);
      if (claimed !== undefined && claimed !== decodedBytes) throw wrongSize(file, decodedBytes, claimed);
      let decoded: Uint8Array;
      try {
        decoded = await decompress.run(stored, decodedBytes);
      } catch (cause) {
        throw new Failure('analyzer.damaged', `${file} can't be decompressed. Copy the analyzer again or recompute it.`, { file }, cause);
      }
      bytes = decoded as Bytes;
    }
    if (bytes.byteLength !== decodedBytes) throw wrongSize(file, decodedBytes, bytes.byteLength);
    for (const undo of undoFilters) bytes = undo(bytes);
    return bytes;
  };
}

/**
 * The values of an object array with one of the two readable encodings (`json2`, `vlen-utf8`). A pickle throws
 * `analyzer.refused` and is not looked at.
 */
export async function decodeObjects(stored: Bytes, compressor: JsonValue, filters: JsonValue, file: string): Promise<JsonValue[]> {
  const encoding = objectEncoding(filters, file);
  let bytes: Uint8Array = stored;
  if (compressor !== null && compressor !== undefined) {
    const decompress = decompressor(compressor, file);
    const claimed = decompress.claimedBytes(stored);
    if (claimed === undefined || !(claimed <= maxObjectBytes)) {
      throw new Failure('analyzer.refused', `${file} unfolds to more than 64 MiB of text. Save it again with less in it.`, { file });
    }
    try {
      bytes = await decompress.run(stored, claimed);
    } catch (cause) {
      throw new Failure('analyzer.damaged', `${file} can't be decompressed. Copy the analyzer again.`, { file }, cause);
    }
  }
  if (encoding === 'vlen-utf8') return decodeVlenUtf8(bytes, file);
  const values = parseJson(bytes, file);
  // numcodecs writes the items, then the type and the shape.
  if (!Array.isArray(values) || values.length < 2) {
    throw new Failure('analyzer.damaged', `${file} isn't an encoded list of objects. Save the analyzer again.`, { file });
  }
  return values.slice(0, -2);
}

/** `json2` or `vlen-utf8`; throws for pickles and anything else. */
export function objectEncoding(filters: JsonValue, file: string): 'json2' | 'vlen-utf8' {
  const id = filterList(filters, file)[0]?.['id'];
  if (id === 'json2' || id === 'vlen-utf8') return id;
  if (id === 'pickle') {
    throw new Failure(
      'analyzer.refused',
      `${file} holds pickled Python objects, which can run code when read, so Samecell doesn't read it.`,
      { file },
    );
  }
  throw new Failure('analyzer.unsupported', `${file} stores objects in a way Samecell doesn't read (${String(id).slice(0, 40)}).`, {
    file,
  });
}

const maxObjectBytes = 2 ** 26;

interface Decompressor {
  /** The decompressed size the data itself claims; `undefined` where the format doesn't say (then `run` is bounded). */
  claimedBytes(stored: Bytes): number | undefined;
  run(stored: Bytes, limitBytes: number): Promise<Uint8Array>;
}

function decompressor(compressor: JsonValue, file: string): Decompressor {
  const id = isJsonObject(compressor) ? compressor['id'] : undefined;
  switch (id) {
    case 'blosc':
      return {
        claimedBytes: (stored) => {
          // Header: version, versionlz, flags, typesize, then nbytes, blocksize and cbytes as uint32.
          if (stored.byteLength < 16 || uint32(stored, 12) !== stored.byteLength) throw cutShort(file);
          return uint32(stored, 4);
        },
        run: fromBlosc,
      };
    case 'zstd':
      return {
        claimedBytes: (stored) => zstdContentSize(stored, file),
        run: fromNumcodecs(async () => (await import('numcodecs/zstd')).default.fromConfig({ id: 'zstd' })),
      };
    case 'lz4':
      return {
        claimedBytes: (stored) => {
          if (stored.byteLength < 4) throw cutShort(file);
          return uint32(stored, 0);
        },
        run: fromNumcodecs(async () => (await import('numcodecs/lz4')).default.fromConfig({ id: 'lz4' })),
      };
    case 'zlib':
      return { claimedBytes: () => undefined, run: (stored, limit) => inflate(stored, 'deflate', limit) };
    case 'gzip':
      return { claimedBytes: () => undefined, run: (stored, limit) => inflate(stored, 'gzip', limit) };
    default:
      throw new Failure(
        'analyzer.unsupported',
        `${file} is compressed with ${String(id).slice(0, 40)}, which Samecell doesn't read. Save the analyzer with SpikeInterface's default compressor.`,
        { file },
      );
  }
}

const wholeBlosc = fromNumcodecs(async () => (await import('numcodecs/blosc')).default.fromConfig({ id: 'blosc' }));

async function fromBlosc(stored: Bytes, limitBytes: number): Promise<Uint8Array> {
  return decodeBlosc(stored, await hostZstd()) ?? wholeBlosc(stored, limitBytes);
}

function fromNumcodecs(load: () => Promise<{ decode(data: Uint8Array): Uint8Array | Promise<Uint8Array> }>): Decompress {
  return async (stored) => (await load()).decode(stored);
}

/** Streams, and stops as soon as more comes out than may. */
async function inflate(stored: Bytes, format: 'deflate' | 'gzip', limitBytes: number): Promise<Uint8Array> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const written = writer.write(stored).then(() => writer.close());
  written.catch(() => undefined);
  const reader = stream.readable.getReader();
  const out = new Uint8Array(limitBytes);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.byteLength > limitBytes) {
      await reader.cancel();
      throw new RangeError('more data than declared');
    }
    out.set(value, length);
    length += value.byteLength;
  }
  await written;
  return out.subarray(0, length);
}

function zstdContentSize(stored: Bytes, file: string): number {
  if (stored.byteLength < 6 || uint32(stored, 0) !== 0xfd2fb528) throw cutShort(file);
  const descriptor = stored[4];
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const at = 5 + (singleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  if (stored.byteLength < at + 8) throw cutShort(file);
  if (sizeFlag === 3) return uint32(stored, at) + uint32(stored, at + 4) * 2 ** 32;
  if (sizeFlag === 2) return uint32(stored, at);
  if (sizeFlag === 1) return stored[at] + stored[at + 1] * 256 + 256;
  if (singleSegment) return stored[at];
  throw new Failure(
    'analyzer.unsupported',
    `${file} doesn't say how large its content is, so Samecell doesn't unpack it. Save it with Blosc.`,
    { file },
  );
}

function filterList(filters: JsonValue, file: string): JsonObject[] {
  if (filters === null || filters === undefined) return [];
  if (Array.isArray(filters) && filters.every(isJsonObject)) return filters as JsonObject[];
  throw new Failure('analyzer.damaged', `${file} has filters that can't be read. Save the analyzer again.`, { file });
}

function filterDecoder(filter: JsonObject, itemSize: number, file: string): (bytes: Bytes) => Bytes {
  const id = filter['id'];
  const sameType = filter['astype'] === undefined || filter['astype'] === filter['dtype'];
  if (id === 'delta' && sameType && typeof filter['dtype'] === 'string' && /^[<|=]?[iu][1248]$/.test(filter['dtype'])) {
    if (Number(filter['dtype'].slice(-1)) !== itemSize)
      throw new Failure('analyzer.damaged', `${file} has a filter of another type. Save it again.`, { file });
    return (bytes) => accumulate(bytes, itemSize);
  }
  if (id === 'shuffle') return (bytes) => unshuffle(bytes, typeof filter['elementsize'] === 'number' ? filter['elementsize'] : 4);
  throw new Failure(
    'analyzer.unsupported',
    `${file} is stored with the filter ${String(id).slice(0, 40)}, which Samecell doesn't read. Save the analyzer with SpikeInterface's defaults.`,
    { file },
  );
}

/** Delta filter: each element is stored as its difference to the one before, wrapping around. Little-endian. */
function accumulate(bytes: Bytes, itemSize: number): Bytes {
  const out = bytes.slice();
  if (itemSize === 8) {
    const words = new Uint32Array(out.buffer);
    let low = 0;
    let high = 0;
    for (let at = 0; at + 1 < words.length; at += 2) {
      const sum = low + words[at];
      low = sum >>> 0;
      high = (high + words[at + 1] + (sum > 0xffffffff ? 1 : 0)) >>> 0;
      words[at] = low;
      words[at + 1] = high;
    }
    return out;
  }
  const values = itemSize === 4 ? new Uint32Array(out.buffer) : itemSize === 2 ? new Uint16Array(out.buffer) : new Uint8Array(out.buffer);
  for (let at = 1; at < values.length; at += 1) values[at] += values[at - 1];
  return out;
}

function unshuffle(bytes: Bytes, elementSize: number): Bytes {
  const count = Math.floor(bytes.byteLength / elementSize);
  const out = bytes.slice();
  for (let byte = 0; byte < elementSize; byte += 1) {
    for (let element = 0; element < count; element += 1) out[element * elementSize + byte] = bytes[byte * count + element];
  }
  return out;
}

/** A count, then for each text its length and its UTF-8 bytes. */
function decodeVlenUtf8(bytes: Uint8Array, file: string): string[] {
  const out: string[] = [];
  const decoder = new TextDecoder('utf-8');
  if (bytes.byteLength < 4) throw cutShort(file);
  const count = uint32(bytes, 0);
  let at = 4;
  for (let item = 0; item < count; item += 1) {
    if (at + 4 > bytes.byteLength) throw cutShort(file);
    const length = uint32(bytes, at);
    at += 4;
    if (at + length > bytes.byteLength) throw cutShort(file);
    out.push(decoder.decode(bytes.subarray(at, at + length)));
    at += length;
  }
  return out;
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

function cutShort(file: string): Failure {
  return new Failure('analyzer.damaged', `${file} is cut short. Copy the analyzer again or recompute it.`, { file });
}

function wrongSize(file: string, wanted: number, found: number): Failure {
  return new Failure(
    'analyzer.damaged',
    `${file} unfolds to ${found} bytes where its array needs ${wanted}. Copy the analyzer again or recompute it.`,
    {
      file,
      expectedBytes: wanted,
      actualBytes: found,
    },
  );
}
