/** How far a chord may lie from its curve, in pixels. */
const flatnessPx = 0.08;

/**
 * Subpaths as runs of points in pixels. Curves become chords as they are added; what is not finite is passed over, as a
 * canvas does.
 */
export class Path {
  /** x and y by turns. */
  points: Float64Array = new Float64Array(1024);
  /** How many numbers of `points` are in use. */
  length = 0;
  /** Where in `points` each subpath begins. */
  readonly starts: number[] = [];
  readonly closed: boolean[] = [];

  clear(): void {
    this.length = 0;
    this.starts.length = 0;
    this.closed.length = 0;
  }

  endOf(subpath: number): number {
    return subpath + 1 < this.starts.length ? this.starts[subpath + 1] : this.length;
  }

  moveTo(x: number, y: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    // A subpath of one point draws nothing; the next one takes its place.
    const last = this.starts.length - 1;
    if (last >= 0 && !this.closed[last] && this.length - this.starts[last] === 2) this.length -= 2;
    else {
      this.starts.push(this.length);
      this.closed.push(false);
    }
    this.#push(x, y);
  }

  lineTo(x: number, y: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    if (!this.#continue(x, y)) return;
    const { points, length } = this;
    if (!isSame(points[length - 2], points[length - 1], x, y)) this.#push(x, y);
  }

  quadraticTo(x1: number, y1: number, x: number, y: number): void {
    if (!Number.isFinite(x1 + y1 + x + y)) return;
    this.#continue(x1, y1);
    const x0 = this.points[this.length - 2];
    const y0 = this.points[this.length - 1];
    const bend = Math.sqrt((x0 - 2 * x1 + x) ** 2 + (y0 - 2 * y1 + y) ** 2) / 4;
    const parts = Math.max(1, Math.ceil(Math.sqrt(bend / flatnessPx)));
    for (let i = 1; i < parts; i++) {
      const t = i / parts;
      const s = 1 - t;
      this.lineTo(s * s * x0 + 2 * s * t * x1 + t * t * x, s * s * y0 + 2 * s * t * y1 + t * t * y);
    }
    this.lineTo(x, y);
  }

  cubicTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    if (!Number.isFinite(x1 + y1 + x2 + y2 + x + y)) return;
    this.#continue(x1, y1);
    const x0 = this.points[this.length - 2];
    const y0 = this.points[this.length - 1];
    const bendX = Math.max(Math.abs(x0 - 2 * x1 + x2), Math.abs(x1 - 2 * x2 + x));
    const bendY = Math.max(Math.abs(y0 - 2 * y1 + y2), Math.abs(y1 - 2 * y2 + y));
    const parts = Math.max(1, Math.ceil(Math.sqrt((0.75 * Math.sqrt(bendX * bendX + bendY * bendY)) / flatnessPx)));
    for (let i = 1; i < parts; i++) {
      const t = i / parts;
      const s = 1 - t;
      const a = s * s * s;
      const b = 3 * s * s * t;
      const c = 3 * s * t * t;
      const d = t * t * t;
      this.lineTo(a * x0 + b * x1 + c * x2 + d * x, a * y0 + b * y1 + c * y2 + d * y);
    }
    this.lineTo(x, y);
  }

  close(): void {
    const last = this.starts.length - 1;
    if (last < 0 || this.closed[last]) return;
    this.closed[last] = true;
  }

  /** A line along points, x and y by turns, each moved by (x, y). */
  along(points: ArrayLike<number>, x = 0, y = 0): void {
    this.moveTo(points[0] + x, points[1] + y);
    for (let i = 2; i < points.length; i += 2) this.lineTo(points[i] + x, points[i + 1] + y);
  }

  /** As `along`, and back to where it began. */
  polygon(corners: ArrayLike<number>, x = 0, y = 0): void {
    this.along(corners, x, y);
    this.close();
  }

  /** Goes on from where a closed subpath began; false where this point begins the path. */
  #continue(x: number, y: number): boolean {
    const last = this.starts.length - 1;
    if (last < 0) {
      this.moveTo(x, y);
      return false;
    }
    if (this.closed[last]) this.moveTo(this.points[this.starts[last]], this.points[this.starts[last] + 1]);
    return true;
  }

  #push(x: number, y: number): void {
    if (this.length + 2 > this.points.length) {
      const larger = new Float64Array(this.points.length * 2);
      larger.set(this.points);
      this.points = larger;
    }
    this.points[this.length++] = x;
    this.points[this.length++] = y;
  }
}

/** Closer than can be drawn: a line between such points has no direction. */
export function isSame(x0: number, y0: number, x1: number, y1: number): boolean {
  return Math.abs(x0 - x1) < 1e-4 && Math.abs(y0 - y1) < 1e-4;
}

/** Chords of a circle around (0, 0), from the right around to where they began, x and y by turns. */
export function circleOf(radiusPx: number): number[] {
  const chords = chordsOf(radiusPx, 2 * Math.PI);
  return Array.from({ length: chords + 1 }, (_, i) => (2 * Math.PI * i) / chords).flatMap((angle) => [
    radiusPx * Math.cos(angle),
    radiusPx * Math.sin(angle),
  ]);
}

/** How many chords follow an arc of that radius and angle within a twelfth of a pixel. */
export function chordsOf(radiusPx: number, radians: number): number {
  if (!(radiusPx > flatnessPx)) return 1;
  const perChord = 2 * Math.acos(1 - flatnessPx / radiusPx);
  return Math.max(1, Math.ceil(Math.abs(radians) / perChord));
}
