import { Failure } from '../../failure.ts';
import { encodeBlosc } from '../blosc.ts';
import { createBreather } from '../compute/breathe.ts';
import type { Dtype } from '../dtype.ts';
import type { SinkContent } from '../sink.ts';
import type { ReadOptions } from '../source.ts';
import { hostZstd } from '../zstd.ts';

/**
 * SpikeInterface's compressor for analyzers, at its quickest. Its own level 5 with bitshuffle takes five times as long, and
 * waveforms and projections come out no smaller; shuffled bytes make counts and positions in time smaller, but hardly floats.
 */
const packed = { blocksize: 0, clevel: 1, cname: 'zstd', id: 'blosc' } as const;
export type Compressor = (typeof packed & { readonly shuffle: 0 | 1 }) | null;

const chunkTargetBytes = 2 ** 21;
const letters = { bool: 'b', int: 'i', uint: 'u', float: 'f' } as const;

export interface ZarrArrayMetadata {
  readonly chunks: readonly number[];
  readonly compressor: Compressor;
  readonly dtype: string | readonly (readonly (string | readonly number[])[])[];
  readonly fill_value: number | boolean | string;
  readonly filters: readonly Readonly<Record<string, unknown>>[] | null;
  readonly order: 'C';
  readonly shape: readonly number[];
  readonly zarr_format: 2;
}

/**
 * `.zarray` of an array whose chunks are whole rows of about 2 MB: it can be written piece by piece, and reading one row
 * decodes one chunk. Throws `analyzer.unsupported` for a structured type with gaps.
 */
export function zarrMetadata(
  dtype: Dtype,
  shape: readonly number[],
  path: string,
  { compress = true, delta = false }: { compress?: boolean; delta?: boolean } = {},
): ZarrArrayMetadata {
  const rowBytes = shape.slice(1).reduce((bytes, size) => bytes * size, dtype.itemSize);
  const rows = Math.max(1, Math.min(shape[0] ?? 1, Math.floor(chunkTargetBytes / Math.max(1, rowBytes))));
  const description = descriptionOf(dtype, path);
  return {
    chunks: shape.length === 0 ? [] : [rows, ...shape.slice(1).map((size) => Math.max(1, size))],
    compressor: compress ? { ...packed, shuffle: dtype.kind === 'float' ? 0 : 1 } : null,
    dtype: description,
    fill_value: fillValue(dtype),
    filters: delta ? [{ astype: description, dtype: description, id: 'delta' }] : null,
    order: 'C',
    shape,
    zarr_format: 2,
  };
}

/**
 * The encoded chunks with the last part of their keys, in order; the last chunk is filled up with zeros. Each holds until the
 * next is asked for.
 */
export async function* zarrChunks(
  metadata: ZarrArrayMetadata,
  dtype: Dtype,
  content: SinkContent,
  options: ReadOptions,
): AsyncGenerator<{ readonly key: string; readonly bytes: Uint8Array }> {
  const { chunks, shape } = metadata;
  if (shape.some((size) => size === 0)) return;
  const chunkBytes = chunks.reduce((bytes, size) => bytes * size, dtype.itemSize);
  const rest = '.0'.repeat(Math.max(0, shape.length - 1));
  const encode = await encoder(metadata, dtype);
  const breathe = createBreather(options.signal);
  let number = 0;
  for await (const chunk of inChunks(content, chunkBytes)) {
    const turn = breathe();
    if (turn) await turn;
    yield { key: shape.length === 0 ? '0' : `${number}${rest}`, bytes: await encode(chunk) };
    number += 1;
  }
}

async function encoder({ compressor, filters }: ZarrArrayMetadata, dtype: Dtype): Promise<(bytes: Uint8Array) => Promise<Uint8Array>> {
  const filtered = filters === null ? (bytes: Uint8Array) => bytes : (bytes: Uint8Array) => differences(bytes, dtype.itemSize);
  if (compressor === null) return async (bytes) => filtered(bytes);
  const zstd = await hostZstd();
  if (zstd) return (bytes) => encodeBlosc(filtered(bytes), dtype.itemSize, compressor, zstd);
  const { default: Blosc } = await import('numcodecs/blosc');
  const codec = Blosc.fromConfig(compressor);
  return async (bytes) => codec.encode(filtered(bytes));
}

/** Pieces of any size as chunks of one size; the last is filled up with zeros. Each chunk holds until the next is asked for. */
async function* inChunks(content: SinkContent, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(chunkBytes);
  let filled = 0;
  for await (const piece of content instanceof Uint8Array ? [content] : content) {
    for (let at = 0; at < piece.byteLength; ) {
      const taken = Math.min(chunkBytes - filled, piece.byteLength - at);
      chunk.set(piece.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < chunkBytes) continue;
      yield chunk;
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.fill(0, filled);
}

/** Delta filter: each whole number becomes its difference to the one before, wrapping around. Little-endian, 8 bytes. */
function differences(bytes: Uint8Array, itemSize: number): Uint8Array {
  if (itemSize !== 8) throw new Error(`a delta filter for elements of ${itemSize} bytes`);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const out = new Uint32Array(words.length);
  let low = 0;
  let high = 0;
  for (let at = 0; at < words.length; at += 2) {
    out[at] = words[at] - low;
    out[at + 1] = words[at + 1] - high - (words[at] < low ? 1 : 0);
    low = words[at];
    high = words[at + 1];
  }
  return new Uint8Array(out.buffer);
}

function descriptionOf(dtype: Dtype, path: string): ZarrArrayMetadata['dtype'] {
  if (dtype.kind !== 'record') return simpleDescription(dtype);
  let end = 0;
  const fields = dtype.fields.map(({ name, dtype: field, offset, count }) => {
    if (field.kind === 'record' || offset !== end) throw gapped(path);
    end = offset + field.itemSize * count;
    return count === 1 ? ([name, simpleDescription(field)] as const) : ([name, simpleDescription(field), [count]] as const);
  });
  if (end !== dtype.itemSize) throw gapped(path);
  return fields;
}

function simpleDescription(dtype: Exclude<Dtype, { kind: 'record' }>): string {
  if (dtype.kind === 'string') {
    return dtype.encoding === 'bytes' ? `|S${dtype.itemSize}` : `${dtype.littleEndian ? '<' : '>'}U${dtype.itemSize / 4}`;
  }
  return `${dtype.itemSize === 1 ? '|' : dtype.littleEndian ? '<' : '>'}${letters[dtype.kind]}${dtype.itemSize}`;
}

function fillValue(dtype: Dtype): number | boolean | string {
  if (dtype.kind === 'bool') return false;
  if (dtype.kind === 'string') return '';
  if (dtype.kind !== 'record') return 0;
  // Zero bytes in base64.
  return `${'AAAA'.repeat(Math.floor(dtype.itemSize / 3))}${['', 'AA==', 'AAA='][dtype.itemSize % 3]}`;
}

function gapped(path: string): Failure {
  return new Failure('analyzer.unsupported', `${path} is a structured array with gaps or nested fields, which is not written as zarr.`, {
    file: path,
  });
}
