import type { ClipBox } from './coverage.ts';
import type { Ink } from './ink.ts';

/** Shares of ink: rows of `width` bytes. */
interface Mask {
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
}

/** Opaque pixels, a byte each of red, green, blue and a fourth that is always 255 (a word each, lowest byte first). */
export class Pixels {
  width = 0;
  height = 0;
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** The same, four bytes a pixel. */
  words: Uint32Array<ArrayBuffer> = new Uint32Array(0);

  /** White paper of that size. The memory of the paper before is used again where it is enough. */
  reset(width: number, height: number): void {
    const length = width * height;
    this.width = width;
    this.height = height;
    if (this.bytes.buffer.byteLength < length * 4) this.bytes = new Uint8Array(length * 4);
    if (this.bytes.length !== length * 4) this.bytes = new Uint8Array(this.bytes.buffer, 0, length * 4);
    if (this.words.buffer !== this.bytes.buffer || this.words.length !== length) this.words = new Uint32Array(this.bytes.buffer, 0, length);
    this.words.fill(0xffffffff);
  }

  /** Lays ink over pixels [from, to) of one row; `coverage` is 0 to 255. */
  run(y: number, from: number, to: number, { red, green, blue, shares }: Ink, coverage: number): void {
    const alpha = shares[coverage];
    if (alpha === 0) return;
    const { words } = this;
    const start = y * this.width + from;
    const end = y * this.width + to;
    if (alpha === 255) {
      const word = 0xff000000 | (blue << 16) | (green << 8) | red;
      // For a few words the call costs more than the work.
      if (end - start > 24) words.fill(word, start, end);
      else for (let at = start; at < end; at++) words[at] = word;
      return;
    }
    for (let at = start; at < end; at++) words[at] = blended(words[at], red, green, blue, alpha);
  }

  /** Lays ink through a mask whose first pixel is at (left, top), within the clip. */
  stamp(mask: Mask, left: number, top: number, clip: ClipBox, { red, green, blue, shares }: Ink): void {
    const { words, width } = this;
    const lastRow = Math.min(mask.height, clip.bottom - top);
    const firstColumn = Math.max(0, clip.left - left);
    const lastColumn = Math.min(mask.width, clip.right - left);
    for (let row = Math.max(0, clip.top - top); row < lastRow; row++) {
      const to = (top + row) * width + left;
      const from = row * mask.width;
      for (let column = firstColumn; column < lastColumn; column++) {
        const alpha = shares[mask.ink[from + column]];
        if (alpha > 0) words[to + column] = blended(words[to + column], red, green, blue, alpha);
      }
    }
  }

  /** Copies other pixels to whole places; what would lie outside is left out. */
  copy(from: Pixels, left: number, top: number): void {
    const first = Math.max(0, -left);
    const last = Math.min(from.width, this.width - left);
    if (last <= first) return;
    for (let y = Math.max(0, -top); y < from.height && y + top < this.height; y++) {
      const row = from.bytes.subarray((y * from.width + first) * 4, (y * from.width + last) * 4);
      this.bytes.set(row, ((y + top) * this.width + left + first) * 4);
    }
  }
}

/** The word of a pixel with `alpha` (0 to 255) of a colour over it. */
export function blended(word: number, red: number, green: number, blue: number, alpha: number): number {
  const rest = 255 - alpha;
  // For what fits in 16 bits, (v + (v >> 8)) >> 8 is division by 255, and v has half of that added already.
  const r = (word & 255) * rest + red * alpha + 128;
  const g = ((word >>> 8) & 255) * rest + green * alpha + 128;
  const b = ((word >>> 16) & 255) * rest + blue * alpha + 128;
  return 0xff000000 | (((b + (b >> 8)) >> 8) << 16) | (((g + (g >> 8)) >> 8) << 8) | ((r + (r >> 8)) >> 8);
}
