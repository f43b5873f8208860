import type { Zstd } from './zstd.ts';

// The container of c-blosc 1 (README_HEADER.rst there): a header of 16 bytes, where each block starts, and the blocks, each
// with its length before it. A block that would not get smaller is kept as it is, though shuffled.
const headerBytes = 16;
const flag = { byteShuffle: 1, copied: 2, bitShuffle: 4, notSplit: 16 } as const;
const lz4Format = 1;
const zstdFormat = 4;
const blockBytes = 2 ** 18;
const smallestBytes = 128;
const mostSplits = 16;

/** How a chunk is packed: zstd at `clevel`, and with `shuffle` 1 the elements' first bytes before their second ones and so on. */
export interface BloscPacking {
  readonly clevel: number;
  readonly shuffle: 0 | 1;
}

/** One Blosc chunk. Elements are `itemSize` bytes and fill `bytes` exactly. */
export async function encodeBlosc(bytes: Uint8Array, itemSize: number, packing: BloscPacking, zstd: Zstd): Promise<Uint8Array> {
  const size = itemSize <= 255 ? itemSize : 1;
  const blockSize = Math.min(Math.floor(blockBytes / size) * size, bytes.byteLength);
  if (bytes.byteLength < smallestBytes) return copied(bytes, size);
  const packed = await Promise.all(
    Array.from({ length: Math.ceil(bytes.byteLength / blockSize) }, async (_, block) => {
      const plain = bytes.subarray(block * blockSize, (block + 1) * blockSize);
      const shuffled = packing.shuffle === 1 && size > 1 ? byteShuffle(plain, size) : plain;
      const frame = await zstd.compress(shuffled, packing.clevel);
      return frame.byteLength < shuffled.byteLength ? frame : shuffled;
    }),
  );
  const start = headerBytes + 4 * packed.length;
  const total = packed.reduce((sum, block) => sum + 4 + block.byteLength, start);
  if (total >= headerBytes + bytes.byteLength) return copied(bytes, size);
  const out = new Uint8Array(total);
  const view = header(out, (packing.shuffle === 1 ? flag.byteShuffle : 0) | flag.notSplit, size, bytes.byteLength, blockSize);
  let at = start;
  for (const [block, content] of packed.entries()) {
    view.setInt32(headerBytes + 4 * block, at, true);
    view.setInt32(at, content.byteLength, true);
    out.set(content, at + 4);
    at += 4 + content.byteLength;
  }
  return out;
}

/**
 * What a Blosc chunk holds, or `undefined` where it is packed with a codec that only c-blosc itself undoes, or with zstd and
 * there is none. Throws a RangeError where it is damaged. The caller has checked that the header's sizes are what they should be.
 */
export function decodeBlosc(stored: Uint8Array, zstd: Zstd | undefined): Uint8Array<ArrayBuffer> | undefined {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const [version, , flags, itemSize] = stored;
  const byteLength = view.getUint32(4, true);
  const blockSize = view.getUint32(8, true);
  if (version !== 2) return undefined;
  if ((flags & flag.copied) !== 0) {
    if (stored.byteLength < headerBytes + byteLength) throw new RangeError('a Blosc chunk is cut short');
    return new Uint8Array(stored.subarray(headerBytes, headerBytes + byteLength));
  }
  const format = flags >> 5;
  const unpack = format === lz4Format ? unpackLz4 : format === zstdFormat ? zstd?.decompress : undefined;
  if (unpack === undefined || itemSize === 0) return undefined;
  if (!(blockSize > 0 && blockSize <= byteLength)) throw new RangeError('a Blosc chunk has blocks of an impossible size');
  const out = new Uint8Array(byteLength);
  const count = Math.ceil(byteLength / blockSize);
  if (headerBytes + 4 * count > stored.byteLength) throw new RangeError('a Blosc chunk is cut short');
  for (let block = 0; block < count; block += 1) {
    const length = Math.min(blockSize, byteLength - block * blockSize);
    // As c-blosc decides: small elements in whole blocks are packed byte by byte, unless the header says otherwise.
    const isSplit =
      (flags & flag.notSplit) === 0 && itemSize <= mostSplits && blockSize / itemSize >= smallestBytes && length === blockSize;
    const partBytes = isSplit ? Math.floor(length / itemSize) : length;
    const shuffled = new Uint8Array(length);
    let at = view.getInt32(headerBytes + 4 * block, true);
    for (let filled = 0; filled < length; filled += partBytes) {
      if (!(at >= 0 && at + 4 <= stored.byteLength)) throw new RangeError('a Blosc block lies outside its chunk');
      const packedBytes = view.getInt32(at, true);
      if (!(packedBytes > 0 && at + 4 + packedBytes <= stored.byteLength)) throw new RangeError('a Blosc block lies outside its chunk');
      const packed = stored.subarray(at + 4, at + 4 + packedBytes);
      const part = packedBytes === partBytes ? packed : unpack(packed, partBytes);
      if (part.byteLength !== partBytes || filled + partBytes > length) throw new RangeError('a Blosc block holds less than it should');
      shuffled.set(part, filled);
      at += 4 + packedBytes;
    }
    out.set(undoShuffles(shuffled, itemSize, flags), block * blockSize);
  }
  return out;
}

/** One LZ4 block (lz4_Block_format.md there); throws where it is not exactly `byteLength`. */
function unpackLz4(packed: Uint8Array, byteLength: number): Uint8Array {
  const out = new Uint8Array(byteLength);
  let [at, to] = [0, 0];
  const longer = (length: number): number => {
    let sum = length;
    for (let more = length === 15 ? 255 : 0; more === 255; sum += more) {
      if (at >= packed.byteLength) throw new RangeError('an LZ4 block is cut short');
      more = packed[at];
      at += 1;
    }
    return sum;
  };
  while (at < packed.byteLength) {
    const token = packed[at];
    at += 1;
    const literals = longer(token >> 4);
    if (at + literals > packed.byteLength || to + literals > byteLength) throw new RangeError('an LZ4 block is damaged');
    out.set(packed.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === packed.byteLength) break;
    const distance = packed[at] | (packed[at + 1] << 8);
    at += 2;
    const count = longer(token & 15) + 4;
    if (!(distance > 0 && distance <= to) || to + count > byteLength) throw new RangeError('an LZ4 block is damaged');
    if (distance >= count) out.copyWithin(to, to - distance, to - distance + count);
    else for (let copied = 0; copied < count; copied += 1) out[to + copied] = out[to + copied - distance];
    to += count;
  }
  if (to !== byteLength) throw new RangeError('an LZ4 block holds less than it should');
  return out;
}

function undoShuffles(bytes: Uint8Array, itemSize: number, flags: number): Uint8Array {
  if ((flags & flag.byteShuffle) !== 0 && itemSize > 1) return byteUnshuffle(bytes, itemSize);
  if ((flags & flag.bitShuffle) !== 0 && bytes.byteLength >= itemSize) return bitUnshuffle(bytes, itemSize);
  return bytes;
}

function copied(bytes: Uint8Array, itemSize: number): Uint8Array {
  const out = new Uint8Array(headerBytes + bytes.byteLength);
  header(out, flag.copied, itemSize, bytes.byteLength, bytes.byteLength);
  out.set(bytes, headerBytes);
  return out;
}

function header(out: Uint8Array<ArrayBuffer>, flags: number, itemSize: number, byteLength: number, blockSize: number): DataView {
  out.set([2, 1, (zstdFormat << 5) | flags, itemSize]);
  const view = new DataView(out.buffer);
  view.setUint32(4, byteLength, true);
  view.setUint32(8, blockSize, true);
  view.setUint32(12, out.byteLength, true);
  return view;
}

function byteShuffle(bytes: Uint8Array, itemSize: number): Uint8Array {
  const count = bytes.byteLength / itemSize;
  const out = new Uint8Array(bytes.byteLength);
  for (let byte = 0; byte < itemSize; byte += 1)
    for (let from = byte, to = byte * count, item = 0; item < count; item += 1, from += itemSize, to += 1) out[to] = bytes[from];
  return out;
}

function byteUnshuffle(bytes: Uint8Array, itemSize: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / itemSize);
  const out = new Uint8Array(bytes);
  for (let byte = 0; byte < itemSize; byte += 1)
    for (let from = byte * count, to = byte, item = 0; item < count; item += 1, from += 1, to += itemSize) out[to] = bytes[from];
  return out;
}

/** Row `8 b + k` holds bit k of byte b of every element; as c-blosc has it, only where the elements divide by eight. */
function bitUnshuffle(bytes: Uint8Array, itemSize: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / itemSize);
  if (count % 8 !== 0) return bytes;
  const rows = count / 8;
  const out = new Uint8Array(bytes.byteLength);
  out.set(bytes.subarray(count * itemSize), count * itemSize);
  const size = itemSize;
  for (let byte = 0; byte < size; byte += 1) {
    const first = 8 * byte * rows;
    for (let row = 0, to = byte; row < rows; row += 1, to += 8 * size) {
      const at = first + row;
      const low = turned(bytes[at], bytes[at + rows], bytes[at + 2 * rows], bytes[at + 3 * rows]);
      const high = turned(bytes[at + 4 * rows], bytes[at + 5 * rows], bytes[at + 6 * rows], bytes[at + 7 * rows]);
      const firsts = (low & 0x0f0f0f0f) | ((high & 0x0f0f0f0f) << 4);
      const lasts = (high & 0xf0f0f0f0) | ((low >>> 4) & 0x0f0f0f0f);
      out[to] = firsts;
      out[to + size] = firsts >>> 8;
      out[to + 2 * size] = firsts >>> 16;
      out[to + 3 * size] = firsts >>> 24;
      out[to + 4 * size] = lasts;
      out[to + 5 * size] = lasts >>> 8;
      out[to + 6 * size] = lasts >>> 16;
      out[to + 7 * size] = lasts >>> 24;
    }
  }
  return out;
}

/** Half of turning eight by eight bits over their diagonal (Hacker's Delight, 7-3): two by two, then four by four. */
function turned(first: number, second: number, third: number, fourth: number): number {
  let bits = first | (second << 8) | (third << 16) | (fourth << 24);
  let swap = (bits ^ (bits >>> 7)) & 0x00aa00aa;
  bits ^= swap ^ (swap << 7);
  swap = (bits ^ (bits >>> 14)) & 0x0000cccc;
  return bits ^ swap ^ (swap << 14);
}
