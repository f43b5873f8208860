import { constants, crc32, deflateSync } from 'node:zlib';

const signature = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);

/**
 * A PNG with a palette of at most 256 colours from opaque RGBA pixels. Colours are told apart at five bits a channel and shown
 * as the mean of what fell together; the rarest are replaced by the nearest kept one. Run-length coding over the difference to the row above leaves deflate nothing to choose,
 * so every zlib gives the same bytes.
 */
export function encodePng(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): Uint8Array<ArrayBuffer> {
  const { palette, indices } = paletteOf(rgba, width * height);
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0, out = 0, at = 0; y < height; y++) {
    rows[out++] = y === 0 ? 0 : 2;
    for (let x = 0; x < width; x++, at++) rows[out++] = y === 0 ? indices[at] : indices[at] - indices[at - width];
  }
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

const shades = 32 * 32 * 32;

function paletteOf(rgba: Uint8Array | Uint8ClampedArray, pixelCount: number): { palette: Uint8Array; indices: Uint8Array } {
  const keys = new Uint16Array(pixelCount);
  const counts = new Uint32Array(shades);
  const sums = new Uint32Array(shades * 3);
  for (let i = 0, at = 0; i < pixelCount; i++, at += 4) {
    const key = ((rgba[at] & 0xf8) << 7) | ((rgba[at + 1] & 0xf8) << 2) | (rgba[at + 2] >> 3);
    keys[i] = key;
    counts[key]++;
    sums[key * 3] += rgba[at];
    sums[key * 3 + 1] += rgba[at + 1];
    sums[key * 3 + 2] += rgba[at + 2];
  }
  const used: number[] = [];
  for (let key = 0; key < shades; key++) if (counts[key] > 0) used.push(key);
  used.sort((a, b) => counts[b] - counts[a] || a - b);
  const kept = Math.min(256, used.length);
  const palette = new Uint8Array(kept * 3);
  const indexOf = new Uint8Array(shades);
  for (let i = 0; i < kept; i++) {
    indexOf[used[i]] = i;
    for (let channel = 0; channel < 3; channel++) palette[i * 3 + channel] = Math.round(sums[used[i] * 3 + channel] / counts[used[i]]);
  }
  for (let i = kept; i < used.length; i++) indexOf[used[i]] = nearest(used[i], used, kept);
  const indices = new Uint8Array(pixelCount);
  for (let i = 0; i < pixelCount; i++) indices[i] = indexOf[keys[i]];
  return { palette, indices };
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
