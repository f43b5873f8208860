import type { Ink } from './ink.ts';
import { blended, type Pixels } from './pixels.ts';

/** Steps a pixel is divided into along each axis. */
export const subpixels = 256;

/** Pixels that may be painted: from (left, top) up to, not including, (right, bottom). */
export interface ClipBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Receives pixels of one row that are covered alike: `coverage` is 1 to 255. */
export type PaintRun = (y: number, from: number, to: number, coverage: number) => void;

/**
 * Exact area coverage of polygons on a grid of pixels (cells of signed area and height, as in FreeType and AGG), by the
 * non-zero rule. All sums are whole numbers of 1/256 pixel, so the same corners give the same coverage on every machine; a
 * rasteriser that leaves this to the processor's floating-point units does not.
 */
export class Coverage {
  #stride = 0;
  #words = 0;
  /** For each cell the height of its edges and, doubled, the area left of them: side by side, for one look into memory. */
  #cells: Int32Array = new Int32Array(0);
  /** One bit a cell: what has been touched since the last sweep. */
  #touched: Uint32Array = new Uint32Array(0);
  #clip: ClipBox = { left: 0, top: 0, right: 0, bottom: 0 };
  #top = 0;
  #bottom = -1;

  /** A grid of that size without edges. */
  reset(width: number, height: number): void {
    if (this.#bottom >= this.#top) this.sweep(() => {});
    this.#stride = width + 1;
    this.#words = (this.#stride + 31) >> 5;
    // A sweep leaves nothing but zeros, so larger arrays serve as they are.
    if (this.#cells.length < 2 * this.#stride * height) this.#cells = new Int32Array(2 * this.#stride * height);
    if (this.#touched.length < this.#words * height) this.#touched = new Uint32Array(this.#words * height);
    this.#clip = { left: 0, top: 0, right: width, bottom: height };
    this.#top = height;
    this.#bottom = -1;
  }

  /** Must lie within the grid, and stay the same between two sweeps. */
  set clip(box: ClipBox) {
    this.#clip = box;
  }

  /** One edge in pixels, of any length and place but finite. The edges of a polygon must close. */
  edge(x0: number, y0: number, x1: number, y1: number): void {
    const { left, top, right, bottom } = this.#clip;
    if (y0 === y1 || (y0 <= top && y1 <= top) || (y0 >= bottom && y1 >= bottom)) return;
    if (y0 < top || y0 > bottom) {
      const at = y0 < top ? top : bottom;
      x0 += ((at - y0) * (x1 - x0)) / (y1 - y0);
      y0 = at;
    }
    if (y1 < top || y1 > bottom) {
      const at = y1 < top ? top : bottom;
      x1 = x0 + ((at - y0) * (x1 - x0)) / (y1 - y0);
      y1 = at;
    }
    if (x0 >= right && x1 >= right) return;
    if (x0 <= left && x1 <= left) this.#line(left, y0, left, y1);
    else if (x0 >= left && x1 >= left && x0 <= right && x1 <= right) this.#line(x0, y0, x1, y1);
    else this.#clipped(x0, y0, x1, y1);
  }

  /** What lies left of the clip counts at its edge, what lies right of it not at all. */
  #clipped(x0: number, y0: number, x1: number, y1: number): void {
    const { left, right } = this.#clip;
    const yAt = (x: number) => y0 + ((x - x0) * (y1 - y0)) / (x1 - x0);
    const first = x0 < x1 ? left : right;
    const second = x0 < x1 ? right : left;
    const cuts = [first, second].filter((x) => x > Math.min(x0, x1) && x < Math.max(x0, x1));
    let x = x0;
    let y = y0;
    for (const cut of [...cuts, x1]) {
      const next = cut === x1 ? y1 : yAt(cut);
      if (Math.max(x, cut) <= left) this.#line(left, y, left, next);
      else if (Math.min(x, cut) < right) this.#line(Math.max(left, x), y, cut, next);
      x = cut;
      y = next;
    }
  }

  #line(fromX: number, fromY: number, toX: number, toY: number): void {
    // Math.round would do the same, half as fast.
    const x0 = Math.floor(fromX * subpixels + 0.5);
    const x1 = Math.floor(toX * subpixels + 0.5);
    const y0 = Math.floor(fromY * subpixels + 0.5);
    const y1 = Math.floor(toY * subpixels + 0.5);
    if (y0 === y1) return;
    const down = y1 > y0;
    let row = y0 >> 8;
    const last = y1 >> 8;
    // A line that ends on the lower edge of its last row has nothing in the row below.
    const low = down ? row : last;
    const high = ((down ? y1 : y0) - 1) >> 8;
    if (low < this.#top) this.#top = low;
    if (high > this.#bottom) this.#bottom = high;
    const cells = this.#cells;
    const touched = this.#touched;
    const stride = this.#stride;
    const words = this.#words;
    const slope = (x1 - x0) / (y1 - y0);
    const step = down ? 1 : -1;
    const entry = down ? 0 : 256;
    const exit = 256 - entry;
    let x = x0;
    let y = y0 & 255;
    // Row by row; within each, column by column. Heights are 0 to 256 within a row.
    for (;;) {
      const isLast = row === last;
      const nextX = isLast ? x1 : x0 + Math.floor(((row << 8) + exit - y0) * slope + 0.5);
      const nextY = isLast ? y1 & 255 : exit;
      const height = nextY - y;
      if (height !== 0) {
        const base = row * stride;
        const bits = row * words;
        let column = x >> 8;
        const lastColumn = nextX >> 8;
        if (column === lastColumn) {
          const at = (base + column) << 1;
          cells[at] += height;
          cells[at + 1] += ((x & 255) + (nextX & 255)) * height;
          touched[bits + (column >> 5)] |= 1 << (column & 31);
        } else if (Math.abs(lastColumn - column) === 1) {
          // Most lines that leave a column within a row go no further than the next.
          const right = lastColumn > column;
          const exitX = right ? 256 : 0;
          const part = Math.floor((((column << 8) + exitX - x) * height) / (nextX - x) + 0.5);
          const at = (base + column) << 1;
          cells[at] += part;
          cells[at + 1] += ((x & 255) + exitX) * part;
          touched[bits + (column >> 5)] |= 1 << (column & 31);
          const rest = height - part;
          const next = (base + lastColumn) << 1;
          cells[next] += rest;
          cells[next + 1] += (256 - exitX + (nextX & 255)) * rest;
          touched[bits + (lastColumn >> 5)] |= 1 << (lastColumn & 31);
        } else {
          const rise = height / (nextX - x);
          const right = nextX > x;
          const stepX = right ? 1 : -1;
          const entryX = right ? 0 : 256;
          const exitX = 256 - entryX;
          let partX = x & 255;
          let partY = y;
          for (; column !== lastColumn; column += stepX) {
            const crossing = y + Math.floor(((column << 8) + exitX - x) * rise + 0.5);
            const part = crossing - partY;
            if (part !== 0) {
              const at = (base + column) << 1;
              cells[at] += part;
              cells[at + 1] += (partX + exitX) * part;
              touched[bits + (column >> 5)] |= 1 << (column & 31);
            }
            partX = entryX;
            partY = crossing;
          }
          const part = nextY - partY;
          if (part !== 0) {
            const at = (base + column) << 1;
            cells[at] += part;
            cells[at + 1] += (partX + (nextX & 255)) * part;
            touched[bits + (column >> 5)] |= 1 << (column & 31);
          }
        }
      }
      if (isLast) return;
      row += step;
      x = nextX;
      y = entry;
    }
  }

  /** Lays ink on what the edges so far cover, and forgets them: `sweep` with nothing between it and the pixels. */
  paint(pixels: Pixels, ink: Ink): void {
    const { left, right } = this.#clip;
    const { words, width } = pixels;
    const { red, green, blue, shares } = ink;
    const cells = this.#cells;
    const touched = this.#touched;
    const stride = this.#stride;
    for (let row = this.#top; row <= this.#bottom; row++) {
      const base = row * stride;
      const out = row * width;
      let height = 0;
      let x = left;
      for (let word = row * this.#words, column = 0; column < stride; word++, column += 32) {
        let bits = touched[word];
        if (bits === 0) continue;
        touched[word] = 0;
        while (bits !== 0) {
          const at = column + 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          if (height !== 0 && at > x) {
            const between = covered(height << 9);
            if (between > 0) pixels.run(row, x, Math.min(at, right), ink, between);
          }
          const cell = (base + at) << 1;
          height += cells[cell];
          if (at < right) {
            const alpha = shares[covered((height << 9) - cells[cell + 1])];
            if (alpha > 0) words[out + at] = blended(words[out + at], red, green, blue, alpha);
          }
          cells[cell] = 0;
          cells[cell + 1] = 0;
          x = at + 1;
        }
      }
      if (height !== 0 && x < right) pixels.run(row, x, right, ink, covered(height << 9));
    }
    this.#top = Number.MAX_SAFE_INTEGER;
    this.#bottom = -1;
  }

  /** Hands out what the edges so far cover, row by row from left to right, and forgets them. */
  sweep(paint: PaintRun): void {
    const { left, right } = this.#clip;
    const cells = this.#cells;
    const touched = this.#touched;
    for (let row = this.#top; row <= this.#bottom; row++) {
      const base = row * this.#stride;
      let height = 0;
      let x = left;
      for (let word = row * this.#words, column = 0; column < this.#stride; word++, column += 32) {
        let bits = touched[word];
        if (bits === 0) continue;
        touched[word] = 0;
        while (bits !== 0) {
          const at = column + 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          if (height !== 0 && at > x) {
            const between = covered(height << 9);
            if (between > 0) paint(row, x, Math.min(at, right), between);
          }
          const cell = (base + at) << 1;
          height += cells[cell];
          if (at < right) {
            const here = covered((height << 9) - cells[cell + 1]);
            if (here > 0) paint(row, at, at + 1, here);
          }
          cells[cell] = 0;
          cells[cell + 1] = 0;
          x = at + 1;
        }
      }
      if (height !== 0 && x < right) {
        const rest = covered(height << 9);
        if (rest > 0) paint(row, x, right, rest);
      }
    }
    this.#top = Number.MAX_SAFE_INTEGER;
    this.#bottom = -1;
  }
}

/** From twice the area in 1/256 × 1/256 pixel to 0 … 255. */
function covered(doubleArea: number): number {
  const amount = (doubleArea < 0 ? -doubleArea : doubleArea) >> 9;
  return Math.min(amount, 255);
}
