import { type ClipBox, Coverage, subpixels } from './coverage.ts';
import type { Ink } from './ink.ts';
import { Path } from './path.ts';
import { Pixels } from './pixels.ts';
import { type Pen, plainPen, stroke } from './stroke.ts';
import { fill, phases, type Typeface } from './type.ts';

export interface TextStyle {
  readonly typeface: Typeface;
  readonly sizePx: number;
  readonly align: 'left' | 'center' | 'right';
  readonly baseline: 'alphabetic' | 'middle';
  /** Runs straight up instead of to the right. */
  readonly upwards?: boolean;
}

/** Opaque paper that begins white, and what can be laid on it. */
export class Surface {
  readonly pixels = new Pixels();
  readonly #coverage = new Coverage();
  readonly #corners = new Path();
  #clip: ClipBox = { left: 0, top: 0, right: 0, bottom: 0 };

  /** White paper of that size, without a clip. */
  reset(width: number, height: number): void {
    this.pixels.reset(width, height);
    this.#coverage.reset(width, height);
    this.#clip = { left: 0, top: 0, right: width, bottom: height };
  }

  /** Whole pixels within the paper that are painted from now on. */
  get clip(): ClipBox {
    return this.#clip;
  }
  set clip({ left, top, right, bottom }: ClipBox) {
    const { width, height } = this.pixels;
    const box = { left: Math.max(0, left), top: Math.max(0, top), right: Math.min(width, right), bottom: Math.min(height, bottom) };
    this.#clip = { ...box, right: Math.max(box.left, box.right), bottom: Math.max(box.top, box.bottom) };
  }

  /** Where a path around itself counts more than once it is painted once. */
  fill(path: Path, ink: Ink): void {
    this.#coverage.clip = this.#clip;
    fill(path, this.#coverage);
    this.#coverage.paint(this.pixels, ink);
  }

  stroke(path: Path, pen: Pen, ink: Ink): void {
    this.#coverage.clip = this.#clip;
    stroke(path, pen, this.#coverage);
    this.#coverage.paint(this.pixels, ink);
  }

  /** An upright rectangle; what `fill` would paint, without looking for its edges. */
  rect(x: number, y: number, width: number, height: number, ink: Ink): void {
    const { left, top, right, bottom } = this.#clip;
    const fromX = Math.round(Math.min(Math.max(x, left), right) * subpixels);
    const toX = Math.round(Math.min(Math.max(x + width, left), right) * subpixels);
    const fromY = Math.round(Math.min(Math.max(y, top), bottom) * subpixels);
    const toY = Math.round(Math.min(Math.max(y + height, top), bottom) * subpixels);
    if (!(toX > fromX && toY > fromY)) return;
    const { pixels } = this;
    const first = fromX >> 8;
    const last = toX >> 8;
    const before = fromX & 255;
    const after = toX & 255;
    for (let row = fromY >> 8; row << 8 < toY; row++) {
      const share = Math.min(toY, (row + 1) << 8) - Math.max(fromY, row << 8);
      if (first === last) {
        pixels.run(row, first, first + 1, ink, Math.min(255, (share * (after - before)) >> 8));
        continue;
      }
      pixels.run(row, first, first + 1, ink, Math.min(255, (share * (256 - before)) >> 8));
      if (last > first + 1) pixels.run(row, first + 1, last, ink, Math.min(255, share));
      if (after > 0) pixels.run(row, last, last + 1, ink, Math.min(255, (share * after) >> 8));
    }
  }

  /** A straight line without caps. */
  line(x1: number, y1: number, x2: number, y2: number, widthPx: number, ink: Ink): void {
    const half = widthPx / 2;
    if (y1 === y2) this.rect(Math.min(x1, x2), y1 - half, Math.abs(x2 - x1), widthPx, ink);
    else if (x1 === x2) this.rect(x1 - half, Math.min(y1, y2), widthPx, Math.abs(y2 - y1), ink);
    else {
      const path = this.#corners;
      path.clear();
      path.moveTo(x1, y1);
      path.lineTo(x2, y2);
      this.stroke(path, plainPen(widthPx), ink);
    }
  }

  /** Stands on whole pixels across its direction and on quarters along it. */
  text(words: string, x: number, y: number, { typeface, sizePx, align, baseline, upwards = false }: TextStyle, ink: Ink): void {
    const { glyphs, at, width } = typeface.glyphsOf(words);
    const before = (align === 'center' ? width / 2 : align === 'right' ? width : 0) * sizePx;
    // How far the baseline lies below the point that was named.
    const below = baseline === 'middle' ? sizePx * ((typeface.ascent + typeface.descent) / 2) : 0;
    const start = upwards ? -(y + before) : x - before;
    const across = Math.round(upwards ? x + below : y + below);
    const masks = typeface.masks(sizePx, upwards ? 1 : 0);
    for (let i = 0; i < glyphs.length; i++) {
      const quarters = Math.round((start + at[i] * sizePx) * phases);
      const whole = Math.floor(quarters / phases);
      const mask = masks(glyphs[i], quarters - whole * phases);
      const left = mask.left + (upwards ? across : whole);
      const top = mask.top + (upwards ? -whole : across);
      this.pixels.stamp(mask, left, top, this.#clip, ink);
    }
  }
}
