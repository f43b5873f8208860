import { constants, crc32, deflateSync } from 'node:zlib';

const signature = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);

/**
 * A PNG with a palette of at most 256 colours from opaque pixels, a word each (red in the lowest byte). Colours are told apart
 * at five bits a channel and shown as the mean of what fell together; the rarest are replaced by the nearest kept one.
 * Run-length coding over the difference to the row above leaves deflate nothing to choose, so every zlib gives the same bytes.
 */
export function encodePng(pixels: Uint32Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  makeRoom(pixels.length + height);
  const runs = runsOf(pixels);
  const palette = paletteOf(runs);
  const indices = room.indices;
  for (let run = 0, at = 0; run < runs.count; run++) {
    const end = at + runs.lengths[run];
    const index = indexOf[keyOf(runs.words[run])];
    // For a few bytes the call costs more than the work.
    if (end - at > 24) indices.fill(index, at, end);
    else for (let i = at; i < end; i++) indices[i] = index;
    at = end;
  }
  const rows = differencesToAbove(indices, width, height);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 3, 0, 0, 0], 8);
  const parts = [
    signature,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows, { strategy: constants.Z_RLE, level: 6, memLevel: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Rows of a PNG: a byte for the filter, then what each index is more than the one above it. */
function differencesToAbove(indices: Uint8Array, width: number, height: number): Uint8Array {
  const rows = room.rows.subarray(0, (width + 1) * height).fill(0);
  rows.set(indices.subarray(0, width), 1);
  // Most of a chart goes on downwards: four equal neighbours need one look.
  const fours = width % 4 === 0 ? new Uint32Array(indices.buffer, 0, (width * height) >> 2) : undefined;
  for (let y = 1; y < height; y++) {
    const out = y * (width + 1) + 1;
    const at = y * width;
    rows[out - 1] = 2;
    if (fours === undefined) {
      for (let x = 0; x < width; x++) rows[out + x] = indices[at + x] - indices[at + x - width];
      continue;
    }
    for (let x = 0; x < width; x += 4) {
      if (fours[(at + x) >> 2] === fours[(at + x - width) >> 2]) continue;
      for (let i = x; i < x + 4; i++) rows[out + i] = indices[at + i] - indices[at + i - width];
    }
  }
  return rows;
}

/** Memory that serves one picture after the other: a fresh megabyte for each costs more than the work in it. */
let room = { words: new Uint32Array(0), lengths: new Uint32Array(0), indices: new Uint8Array(0), rows: new Uint8Array(0) };

function makeRoom(length: number): void {
  if (room.rows.length >= length) return;
  room = {
    words: new Uint32Array(length),
    lengths: new Uint32Array(length),
    indices: new Uint8Array(length),
    rows: new Uint8Array(length),
  };
}

/** Neighbours of one colour: most of a chart is paper. */
interface Runs {
  readonly words: Uint32Array;
  readonly lengths: Uint32Array;
  readonly count: number;
}

function runsOf(pixels: Uint32Array): Runs {
  const { words, lengths } = room;
  let count = 0;
  for (let from = 0; from < pixels.length; count++) {
    const word = pixels[from];
    let to = from + 1;
    while (to < pixels.length && pixels[to] === word) to++;
    words[count] = word;
    lengths[count] = to - from;
    from = to;
  }
  return { words, lengths, count };
}

const shades = 32 * 32 * 32;
/** For each key: how many pixels, and the sums of their red, green and blue. Kept at zero between pictures. */
const sums = new Uint32Array(shades * 4);
const indexOf = new Uint8Array(shades);

/** Five bits each of red, green and blue. */
function keyOf(word: number): number {
  return ((word & 0xf8) << 7) | ((word >> 6) & 0x3e0) | ((word >> 19) & 31);
}

/** Also says in `indexOf` which of its colours stands for each key. */
function paletteOf({ words, lengths, count }: Runs): Uint8Array {
  const used: number[] = [];
  for (let run = 0; run < count; run++) {
    const word = words[run];
    const length = lengths[run];
    const key = keyOf(word);
    const at = key << 2;
    if (sums[at] === 0) used.push(key);
    sums[at] += length;
    sums[at + 1] += (word & 255) * length;
    sums[at + 2] += ((word >> 8) & 255) * length;
    sums[at + 3] += ((word >> 16) & 255) * length;
  }
  used.sort((a, b) => sums[b << 2] - sums[a << 2] || a - b);
  const kept = Math.min(256, used.length);
  const palette = new Uint8Array(kept * 3);
  for (let i = 0; i < kept; i++) {
    const at = used[i] << 2;
    indexOf[used[i]] = i;
    for (let channel = 0; channel < 3; channel++) palette[i * 3 + channel] = Math.round(sums[at + 1 + channel] / sums[at]);
  }
  for (let i = kept; i < used.length; i++) indexOf[used[i]] = nearest(used[i], used, kept);
  for (const key of used) sums.fill(0, key << 2, (key << 2) + 4);
  return palette;
}

function nearest(key: number, palette: readonly number[], kept: number): number {
  let best = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < kept; i++) {
    const red = (key >> 10) - (palette[i] >> 10);
    const green = ((key >> 5) & 31) - ((palette[i] >> 5) & 31);
    const blue = (key & 31) - (palette[i] & 31);
    const distance = 2 * red * red + 4 * green * green + 3 * blue * blue;
    if (distance < smallest) {
      smallest = distance;
      best = i;
    }
  }
  return best;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(body, 8);
  view.setUint32(body.length + 8, crc32(bytes.subarray(4, body.length + 8)));
  return bytes;
}
