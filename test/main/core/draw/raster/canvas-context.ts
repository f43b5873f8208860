import { inkOf } from '../../../../../main/core/draw/raster/ink.ts';
import { chordsOf, Path } from '../../../../../main/core/draw/raster/path.ts';
import type { Pixels } from '../../../../../main/core/draw/raster/pixels.ts';
import type { Pen } from '../../../../../main/core/draw/raster/stroke.ts';
import { Surface } from '../../../../../main/core/draw/raster/surface.ts';
import type { Typeface } from '../../../../../main/core/draw/raster/type.ts';

interface Typefaces {
  readonly regular: Typeface;
  readonly semibold: Typeface;
}

type Matrix = readonly [number, number, number, number, number, number];
export type Colour = readonly [number, number, number, number];

interface State {
  matrix: Matrix;
  clip: Surface['clip'];
  fillStyle: string;
  strokeStyle: string;
  globalAlpha: number;
  lineWidth: number;
  lineCap: Pen['cap'];
  lineJoin: Pen['join'];
  miterLimit: number;
  lineDash: readonly number[];
  font: string;
  textAlign: string;
  textBaseline: 'alphabetic' | 'middle';
}

const initial = (width: number, height: number): State => ({
  matrix: [1, 0, 0, 1, 0, 0],
  clip: { left: 0, top: 0, right: width, bottom: height },
  fillStyle: '#000',
  strokeStyle: '#000',
  globalAlpha: 1,
  lineWidth: 1,
  lineCap: 'butt',
  lineJoin: 'miter',
  miterLimit: 10,
  lineDash: [],
  font: '12px sans-serif',
  textAlign: 'start',
  textBaseline: 'alphabetic',
});

/** The part of a canvas' 2D context that ECharts and Skia have in common for our charts, painted by our rasteriser. */
export class CanvasContext {
  readonly #surface = new Surface();
  /** Read by ECharts: what draws here belongs to it. */
  readonly canvas: unknown;
  readonly #corners = new Path();
  readonly #typefaces: Typefaces;
  readonly #colourOf: (text: string) => Colour;
  readonly #path = new Path();
  #state: State = initial(0, 0);
  readonly #saved: State[] = [];

  constructor(typefaces: Typefaces, colourOf: (text: string) => Colour, canvas: unknown) {
    this.canvas = canvas;
    this.#typefaces = typefaces;
    this.#colourOf = colourOf;
  }

  /** White paper of that size, and the state of a new context. */
  reset(width: number, height: number): void {
    this.#surface.reset(width, height);
    this.#saved.length = 0;
    this.#state = initial(width, height);
    this.#path.clear();
  }

  get pixels(): Pixels {
    return this.#surface.pixels;
  }

  get fillStyle(): string {
    return this.#state.fillStyle;
  }
  set fillStyle(style: string) {
    this.#state.fillStyle = plain(style);
  }
  get strokeStyle(): string {
    return this.#state.strokeStyle;
  }
  set strokeStyle(style: string) {
    this.#state.strokeStyle = plain(style);
  }
  get globalAlpha(): number {
    return this.#state.globalAlpha;
  }
  set globalAlpha(alpha: number) {
    if (alpha >= 0 && alpha <= 1) this.#state.globalAlpha = alpha;
  }
  get lineWidth(): number {
    return this.#state.lineWidth;
  }
  set lineWidth(width: number) {
    if (width > 0 && width < Number.POSITIVE_INFINITY) this.#state.lineWidth = width;
  }
  get lineCap(): Pen['cap'] {
    return this.#state.lineCap;
  }
  set lineCap(cap: Pen['cap']) {
    if (cap !== 'butt' && cap !== 'round') throw unknown(`the cap ${cap}`);
    this.#state.lineCap = cap;
  }
  get lineJoin(): Pen['join'] {
    return this.#state.lineJoin;
  }
  set lineJoin(join: Pen['join']) {
    if (join !== 'miter' && join !== 'bevel') throw unknown(`the join ${join}`);
    this.#state.lineJoin = join;
  }
  get miterLimit(): number {
    return this.#state.miterLimit;
  }
  set miterLimit(limit: number) {
    if (limit > 0) this.#state.miterLimit = limit;
  }
  get lineDashOffset(): number {
    return 0;
  }
  set lineDashOffset(offset: number) {
    if (offset !== 0) throw unknown('dashes that begin elsewhere');
  }
  get font(): string {
    return this.#state.font;
  }
  set font(font: string) {
    this.#state.font = font;
  }
  get textAlign(): string {
    return this.#state.textAlign;
  }
  set textAlign(align: string) {
    this.#state.textAlign = align;
  }
  get textBaseline(): State['textBaseline'] {
    return this.#state.textBaseline;
  }
  set textBaseline(baseline: State['textBaseline']) {
    if (baseline !== 'alphabetic' && baseline !== 'middle') throw unknown(`the baseline ${baseline}`);
    this.#state.textBaseline = baseline;
  }
  get globalCompositeOperation(): string {
    return 'source-over';
  }
  set globalCompositeOperation(operation: string) {
    if (operation !== 'source-over') throw unknown(`the blending ${operation}`);
  }
  set shadowBlur(blur: number) {
    if (blur > 0) throw unknown('shadows');
  }

  getLineDash(): readonly number[] {
    return this.#state.lineDash;
  }

  setLineDash(lengths: readonly number[]): void {
    if (lengths.every((length) => length >= 0 && Number.isFinite(length))) this.#state.lineDash = [...lengths];
  }

  save(): void {
    this.#saved.push({ ...this.#state });
  }

  restore(): void {
    this.#state = this.#saved.pop() ?? this.#state;
  }

  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.#state.matrix = [a, b, c, d, e, f];
  }

  scale(x: number, y: number): void {
    const [a, b, c, d, e, f] = this.#state.matrix;
    this.#state.matrix = [a * x, b * x, c * y, d * y, e, f];
  }

  beginPath(): void {
    this.#path.clear();
  }

  moveTo(x: number, y: number): void {
    const [a, b, c, d, e, f] = this.#state.matrix;
    this.#path.moveTo(a * x + c * y + e, b * x + d * y + f);
  }

  lineTo(x: number, y: number): void {
    const [a, b, c, d, e, f] = this.#state.matrix;
    this.#path.lineTo(a * x + c * y + e, b * x + d * y + f);
  }

  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void {
    const [a, b, c, d, e, f] = this.#state.matrix;
    this.#path.quadraticTo(a * x1 + c * y1 + e, b * x1 + d * y1 + f, a * x + c * y + e, b * x + d * y + f);
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    const [a, b, c, d, e, f] = this.#state.matrix;
    this.#path.cubicTo(
      a * x1 + c * y1 + e,
      b * x1 + d * y1 + f,
      a * x2 + c * y2 + e,
      b * x2 + d * y2 + f,
      a * x + c * y + e,
      b * x + d * y + f,
    );
  }

  arc(x: number, y: number, radius: number, from: number, to: number, backwards = false): void {
    const turn = 2 * Math.PI;
    let radians = backwards ? from - to : to - from;
    if (radians >= turn) radians = turn;
    else radians = ((radians % turn) + turn) % turn;
    const sign = backwards ? -1 : 1;
    const chords = chordsOf(radius * this.#scale(), radians);
    for (let i = 0; i <= chords; i++) {
      const angle = from + (sign * radians * i) / chords;
      this.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.#path.close();
  }

  closePath(): void {
    this.#path.close();
  }

  fill(): void {
    this.#surface.clip = this.#state.clip;
    this.#surface.fill(this.#path, this.#ink(this.#state.fillStyle));
  }

  stroke(): void {
    const { lineWidth, lineCap, lineJoin, miterLimit, lineDash, clip, strokeStyle } = this.#state;
    const scale = this.#scale();
    this.#surface.clip = clip;
    const pen: Pen = {
      widthPx: lineWidth * scale,
      cap: lineCap,
      join: lineJoin,
      miterLimit,
      dashesPx: lineDash.map((length) => length * scale),
    };
    this.#surface.stroke(this.#path, pen, this.#ink(strokeStyle));
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const path = this.#corners;
    path.clear();
    const [a, b, c, d, e, f] = this.#state.matrix;
    for (const [px, py] of [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ])
      path.lineTo(a * px + c * py + e, b * px + d * py + f);
    this.#surface.clip = this.#state.clip;
    this.#surface.fill(path, this.#ink(this.#state.fillStyle));
  }

  clearRect(x: number, y: number, width: number, height: number): void {
    const before = this.#state;
    this.#state = { ...before, fillStyle: '#fff', globalAlpha: 1 };
    this.fillRect(x, y, width, height);
    this.#state = before;
  }

  /** The path must be one upright rectangle; its edges are moved to whole pixels. */
  clip(): void {
    const { points, starts, length } = this.#path;
    const corners = Array.from({ length: length / 2 }, (_, i) => [points[2 * i], points[2 * i + 1]] as const);
    const xs = corners.map(([x]) => x);
    const ys = corners.map(([, y]) => y);
    const isUpright = corners.every(([x, y], i) => {
      const [nextX, nextY] = corners[(i + 1) % corners.length];
      return x === nextX || y === nextY;
    });
    if (starts.length !== 1 || corners.length !== 4 || !isUpright) throw unknown('clips of this shape');
    const { left, top, right, bottom } = this.#state.clip;
    const box = {
      left: Math.max(left, Math.round(Math.min(...xs))),
      top: Math.max(top, Math.round(Math.min(...ys))),
      right: Math.min(right, Math.round(Math.max(...xs))),
      bottom: Math.min(bottom, Math.round(Math.max(...ys))),
    };
    this.#state.clip = { ...box, right: Math.max(box.left, box.right), bottom: Math.max(box.top, box.bottom) };
  }

  measureText(text: string): { readonly width: number } {
    const { typeface, sizePx } = this.#type();
    return { width: typeface.glyphsOf(text).width * sizePx };
  }

  /** Text runs to the right or straight up; it stands on whole pixels across its direction and on quarters along it. */
  fillText(text: string, x: number, y: number): void {
    const { matrix, clip, fillStyle, textAlign, textBaseline } = this.#state;
    const { typeface, sizePx } = this.#type();
    const [a, b, c, d, e, f] = matrix;
    const isAcross = Math.abs(b) < 1e-9 && Math.abs(c) < 1e-9 && a > 0 && d > 0;
    const isUpwards = Math.abs(a) < 1e-9 && Math.abs(d) < 1e-9 && b < 0 && c > 0;
    if (!isAcross && !isUpwards) throw unknown('text in this direction');
    const align = textAlign === 'center' ? 'center' : textAlign === 'right' || textAlign === 'end' ? 'right' : 'left';
    const style = { typeface, sizePx: sizePx * (isAcross ? a : -b), align, baseline: textBaseline, upwards: isUpwards } as const;
    this.#surface.clip = clip;
    this.#surface.text(text, a * x + c * y + e, b * x + d * y + f, style, this.#ink(fillStyle));
  }

  strokeText(): void {
    throw unknown('outlined text');
  }

  createLinearGradient(): never {
    throw unknown('gradients');
  }

  createRadialGradient(): never {
    throw unknown('gradients');
  }

  createPattern(): never {
    throw unknown('patterns');
  }

  drawImage(): never {
    throw unknown('images');
  }

  #scale(): number {
    const [a, b, c, d] = this.#state.matrix;
    return Math.sqrt(Math.abs(a * d - b * c));
  }

  #ink(style: string) {
    const [red, green, blue, alpha] = this.#colourOf(style);
    return inkOf(red, green, blue, alpha * this.#state.globalAlpha);
  }

  #type(): { typeface: Typeface; sizePx: number } {
    const { font } = this.#state;
    const sizePx = Number(/(\d+(?:\.\d+)?)px/.exec(font)?.[1]);
    if (!(sizePx > 0)) throw unknown(`the font ${font}`);
    const weight = /\bbold\b/.test(font) ? 700 : Number(/(?:^|\s)([1-9]00)\s/.exec(font)?.[1] ?? 400);
    return { typeface: weight >= 600 ? this.#typefaces.semibold : this.#typefaces.regular, sizePx };
  }
}

function plain(style: unknown): string {
  if (typeof style !== 'string') throw unknown('gradients and patterns');
  return style;
}

function unknown(what: string): Error {
  return new Error(`Our charts are not drawn with ${what}.`);
}
