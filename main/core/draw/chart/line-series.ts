import type { LineOption } from '../../../../app/plots/picture-option.ts';
import type { Path } from '../raster/path.ts';
import { type Pen, plainPen } from '../raster/stroke.ts';
import type { Tools } from './axes.ts';
import { inkFrom } from './colour.ts';
import { inPixels, type Panel } from './panel.ts';

/** Points nearer than this to the last one are passed over, as ECharts does. */
const nearSquared = 0.5;
/** So is what goes less than this far along both axes, except for the furthest of it at the end of a line. */
const stepPx = 2;

/** A line over the panel, broken where a point is NaN, with the area below it where it has one. */
export function layLine(series: LineOption, panel: Panel, { surface, path, layers }: Tools): void {
  const { lineStyle, areaStyle, clip, z } = series;
  const points = inPixels(panel, series.data);
  const within = (paint: () => void) => () => {
    const before = surface.clip;
    surface.clip = clipOf(panel, lineStyle.width, clip !== false);
    paint();
    surface.clip = before;
  };
  if (areaStyle) {
    const base = Math.fround(panel.scaleY * panel.y.min + panel.shiftY);
    const ink = inkFrom(areaStyle.color, areaStyle.opacity);
    layers.add(
      z,
      0,
      within(() => {
        path.clear();
        followArea(points, base, path);
        surface.fill(path, ink);
      }),
    );
  }
  if (lineStyle.width > 0 && lineStyle.color !== undefined) {
    const ink = inkFrom(lineStyle.color, lineStyle.opacity);
    const pen = penOf(lineStyle.width, lineStyle.type ?? 'solid');
    layers.add(
      z,
      10,
      within(() => {
        path.clear();
        followLine(points, path);
        surface.stroke(path, pen, ink);
      }),
    );
  }
}

function followLine(points: Float32Array, path: Path): void {
  const pen = new Thinned(path);
  let isBegun = false;
  let lastX = 0;
  let lastY = 0;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i];
    const y = points[i + 1];
    if (!(Number.isFinite(x) && Number.isFinite(y))) {
      isBegun = false;
      continue;
    }
    if (!isBegun) {
      pen.moveTo(x, y);
      isBegun = true;
    } else {
      if ((x - lastX) * (x - lastX) + (y - lastY) * (y - lastY) < nearSquared) continue;
      pen.lineTo(x, y);
    }
    lastX = x;
    lastY = y;
  }
  pen.end();
}

/** Along the points and back along the base, for each unbroken part. */
function followArea(points: Float32Array, base: number, path: Path): void {
  const pen = new Thinned(path);
  let first = 0;
  while (first < points.length) {
    let end = first;
    while (end < points.length && Number.isFinite(points[end]) && Number.isFinite(points[end + 1])) end += 2;
    if (end > first) {
      let lastX = points[first];
      let lastY = points[first + 1];
      pen.moveTo(lastX, lastY);
      for (let i = first + 2; i < end; i += 2) {
        const x = points[i];
        const y = points[i + 1];
        if ((x - lastX) * (x - lastX) + (y - lastY) * (y - lastY) < nearSquared) continue;
        pen.lineTo(x, y);
        lastX = x;
        lastY = y;
      }
      lastX = points[end - 2];
      pen.lineTo(lastX, base);
      for (let i = end - 4; i >= first; i -= 2) {
        const x = points[i];
        if ((x - lastX) * (x - lastX) < nearSquared) continue;
        pen.lineTo(x, base);
        lastX = x;
      }
      pen.close();
    }
    first = end + 2;
  }
}

/** Leaves out steps too small to see. */
class Thinned {
  readonly #path: Path;
  #x = 0;
  #y = 0;
  #waitingX = 0;
  #waitingY = 0;
  #waitingSquared = 0;

  constructor(path: Path) {
    this.#path = path;
  }

  moveTo(x: number, y: number): void {
    this.end();
    this.#path.moveTo(x, y);
    this.#x = x;
    this.#y = y;
  }

  lineTo(x: number, y: number): void {
    const dx = Math.abs(x - this.#x);
    const dy = Math.abs(y - this.#y);
    if (dx > stepPx || dy > stepPx) {
      this.#path.lineTo(x, y);
      this.#x = x;
      this.#y = y;
      this.#waitingSquared = 0;
      return;
    }
    const squared = dx * dx + dy * dy;
    if (squared <= this.#waitingSquared) return;
    this.#waitingX = x;
    this.#waitingY = y;
    this.#waitingSquared = squared;
  }

  end(): void {
    if (this.#waitingSquared > 0) this.#path.lineTo(this.#waitingX, this.#waitingY);
    this.#waitingSquared = 0;
  }

  close(): void {
    this.end();
    this.#path.close();
  }
}

/** The panel and half the line's width around it, on whole pixels. */
function clipOf({ left, top, width, height }: Panel, linePx: number, isClipped: boolean) {
  const x = left - linePx / 2;
  let y = top - linePx / 2;
  let wide = Math.ceil(width + linePx);
  let high = height + linePx;
  const from = Math.floor(x);
  if (from !== x) wide += 1;
  if (!isClipped) {
    const more = Math.max(wide, high);
    y -= more;
    high += more * 2;
  }
  return { left: from, top: Math.round(y), right: from + wide, bottom: Math.round(y + high) };
}

function penOf(widthPx: number, type: 'solid' | 'dashed' | 'dotted'): Pen {
  const dashesPx = type === 'solid' ? [] : type === 'dashed' ? [4 * widthPx, 2 * widthPx] : [widthPx];
  return { ...plainPen(widthPx), join: 'bevel', dashesPx };
}
