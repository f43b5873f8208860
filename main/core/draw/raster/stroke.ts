import type { Coverage } from './coverage.ts';
import { chordsOf, isSame, type Path } from './path.ts';

export interface Pen {
  readonly widthPx: number;
  readonly cap: 'butt' | 'round';
  readonly join: 'miter' | 'bevel';
  readonly miterLimit: number;
  /** Lengths of ink and gap by turns, in pixels; empty for a solid line. */
  readonly dashesPx: readonly number[];
}

/** A pen as a canvas has it before anything is said of it, at that width. */
export function plainPen(widthPx: number): Pen {
  return { widthPx, cap: 'butt', join: 'miter', miterLimit: 10, dashesPx: [] };
}

/** Adds the outline of a line along every subpath: one polygon a side where it is closed, one around it where it is open. */
export function stroke(path: Path, pen: Pen, coverage: Coverage): void {
  const outline = new Outline(coverage, pen);
  const solid = pen.dashesPx.length === 0 || !(pen.dashesPx.reduce((sum, length) => sum + length, 0) > 0);
  for (let i = 0; i < path.starts.length; i++) {
    const points = path.points.subarray(path.starts[i], path.endOf(i));
    if (solid) outline.follow(points, path.closed[i]);
    else for (const dash of dashesOf(points, path.closed[i], pen)) outline.follow(dash, false);
  }
}

/** Works with normals of half the line's width, to the left of the direction of travel. */
class Outline {
  readonly #coverage: Coverage;
  readonly #pen: Pen;
  readonly #half: number;
  #firstX = 0;
  #firstY = 0;
  #lastX = 0;
  #lastY = 0;
  #begun = false;

  constructor(coverage: Coverage, pen: Pen) {
    this.#coverage = coverage;
    this.#pen = pen;
    this.#half = pen.widthPx / 2;
  }

  follow(points: Float64Array, closed: boolean): void {
    const count = points.length / 2;
    const isLoop = closed && count > 2;
    const backAtStart = isSame(points[0], points[1], points[points.length - 2], points[points.length - 1]);
    if (isLoop) {
      const last = backAtStart ? count - 1 : count;
      if (last < 2) return;
      this.#side(points, last, 1, true);
      this.#close();
      this.#side(points, last, -1, true);
      this.#close();
      return;
    }
    if (count < 2) return;
    this.#side(points, count, 1, false);
    this.#cap(points, count, 1);
    this.#side(points, count, -1, false);
    this.#cap(points, count, -1);
    this.#close();
  }

  /** The left side of the line, in the order of its points or (-1) against it. */
  #side(points: Float64Array, count: number, direction: 1 | -1, isLoop: boolean): void {
    const half = this.#half;
    const indexOf = (i: number) => 2 * (direction === 1 ? i : count - 1 - i);
    const segments = isLoop ? count : count - 1;
    let previousX = 0;
    let previousY = 0;
    let previousLength = 0;
    if (isLoop) {
      const a = indexOf(count - 1);
      const b = indexOf(0);
      const dx = points[b] - points[a];
      const dy = points[b + 1] - points[a + 1];
      previousLength = Math.sqrt(dx * dx + dy * dy);
      previousX = (dy / previousLength) * half;
      previousY = (-dx / previousLength) * half;
    }
    for (let i = 0; i < segments; i++) {
      const a = indexOf(i);
      const b = indexOf(i + 1 < count ? i + 1 : 0);
      const dx = points[b] - points[a];
      const dy = points[b + 1] - points[a + 1];
      const length = Math.sqrt(dx * dx + dy * dy);
      const normalX = (dy / length) * half;
      const normalY = (-dx / length) * half;
      if (i > 0 || isLoop) this.#corner(points[a], points[a + 1], previousX, previousY, normalX, normalY, Math.min(previousLength, length));
      else this.#to(points[a] + normalX, points[a + 1] + normalY);
      if (i === segments - 1 && !isLoop) this.#to(points[b] + normalX, points[b + 1] + normalY);
      previousX = normalX;
      previousY = normalY;
      previousLength = length;
    }
  }

  #corner(x: number, y: number, fromX: number, fromY: number, toX: number, toY: number, shorter: number): void {
    const half = this.#half;
    const square = half * half;
    const turn = fromX * toY - fromY * toX;
    const along = fromX * toX + fromY * toY;
    if (Math.abs(turn) < 1e-9 * square && along > 0) {
      this.#to(x + toX, y + toY);
      return;
    }
    // Where the sides meet: the sum of the normals, stretched. `along` is square × cosine of the turn.
    const stretch = square / (square + along);
    const meetX = (fromX + toX) * stretch;
    const meetY = (fromY + toY) * stretch;
    const isInside = turn < 0;
    if (isInside) {
      const reach = half * Math.sqrt(Math.max(0, (square - along) / (square + along)));
      if (reach <= shorter) this.#to(x + meetX, y + meetY);
      else {
        this.#to(x + fromX, y + fromY);
        this.#to(x, y);
        this.#to(x + toX, y + toY);
      }
      return;
    }
    const { join, miterLimit } = this.#pen;
    if (join === 'miter' && square + along > 1e-9 * square && 2 * square <= miterLimit * miterLimit * (square + along)) {
      this.#to(x + meetX, y + meetY);
      return;
    }
    this.#to(x + fromX, y + fromY);
    this.#to(x + toX, y + toY);
  }

  /** Around the end of a line that arrives there in that direction. */
  #cap(points: Float64Array, count: number, direction: 1 | -1): void {
    if (this.#pen.cap === 'butt') return;
    const end = 2 * (direction === 1 ? count - 1 : 0);
    const before = end - 2 * direction;
    const dx = points[end] - points[before];
    const dy = points[end + 1] - points[before + 1];
    const length = Math.sqrt(dx * dx + dy * dy);
    const x = (dx / length) * this.#half;
    const y = (dy / length) * this.#half;
    const chords = chordsOf(this.#half, Math.PI);
    for (let i = 1; i < chords; i++) {
      const cosine = Math.cos((Math.PI * i) / chords);
      const sine = Math.sin((Math.PI * i) / chords);
      this.#to(points[end] + y * cosine + x * sine, points[end + 1] + y * sine - x * cosine);
    }
  }

  #to(x: number, y: number): void {
    if (this.#begun) this.#coverage.edge(this.#lastX, this.#lastY, x, y);
    else {
      this.#begun = true;
      this.#firstX = x;
      this.#firstY = y;
    }
    this.#lastX = x;
    this.#lastY = y;
  }

  #close(): void {
    if (this.#begun) this.#coverage.edge(this.#lastX, this.#lastY, this.#firstX, this.#firstY);
    this.#begun = false;
  }
}

function dashesOf(points: Float64Array, closed: boolean, pen: Pen): Float64Array[] {
  // An odd number of lengths is gone through twice.
  const pattern = pen.dashesPx.length % 2 === 0 ? pen.dashesPx : [...pen.dashesPx, ...pen.dashesPx];
  let phase = 0;
  let left = pattern[0];
  const dashes: Float64Array[] = [];
  let dash: number[] = [];
  const add = (x: number, y: number) => {
    if (dash.length === 0 || !isSame(dash[dash.length - 2], dash[dash.length - 1], x, y)) dash.push(x, y);
  };
  const end = () => {
    if (dash.length >= 4) dashes.push(Float64Array.from(dash));
    dash = [];
  };
  const count = points.length / 2;
  for (let i = 0; i < (closed ? count : count - 1); i++) {
    const a = 2 * i;
    const b = 2 * ((i + 1) % count);
    const dx = points[b] - points[a];
    const dy = points[b + 1] - points[a + 1];
    const length = Math.sqrt(dx * dx + dy * dy);
    if (!(length > 0)) continue;
    if (phase % 2 === 0 && dash.length === 0) add(points[a], points[a + 1]);
    let gone = 0;
    while (length - gone > left) {
      gone += left;
      const x = points[a] + (dx * gone) / length;
      const y = points[a + 1] + (dy * gone) / length;
      add(x, y);
      if (phase % 2 === 0) end();
      phase = (phase + 1) % pattern.length;
      left = pattern[phase];
    }
    left -= length - gone;
    if (phase % 2 === 0) add(points[b], points[b + 1]);
  }
  end();
  return dashes;
}
