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

  /** Lays a colour over pixels [from, to) of one row; `alpha` is 1 to 255. */
  run(y: number, from: number, to: number, red: number, green: number, blue: number, alpha: number): void {
    const { bytes, words } = this;
    const start = y * this.width + from;
    const end = y * this.width + to;
    if (alpha === 255) {
      const word = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
      if (end - start > 24) words.fill(word, start, end);
      else for (let at = start; at < end; at++) words[at] = word;
      return;
    }
    const rest = 255 - alpha;
    const r = red * alpha + 128;
    const g = green * alpha + 128;
    const b = blue * alpha + 128;
    for (let at = start * 4; at < end * 4; at += 4) {
      // For what fits in 16 bits, (v + (v >> 8)) >> 8 is division by 255, and v has half of that added already.
      const v = bytes[at] * rest + r;
      const w = bytes[at + 1] * rest + g;
      const x = bytes[at + 2] * rest + b;
      bytes[at] = (v + (v >> 8)) >> 8;
      bytes[at + 1] = (w + (w >> 8)) >> 8;
      bytes[at + 2] = (x + (x >> 8)) >> 8;
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
