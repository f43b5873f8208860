/** Red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** "#0b7570" → [11, 117, 112]; black for anything else. */
export function rgbOf(colour: string): Rgb {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  return found
    ? [Number.parseInt(found[1] ?? '0', 16), Number.parseInt(found[2] ?? '0', 16), Number.parseInt(found[3] ?? '0', 16)]
    : [0, 0, 0];
}

export interface Squares {
  /** Middles, in pixels of the picture. */
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
  /** Pixels from the middle to each side: a square is 2 · reach + 1 wide. */
  readonly reach: number;
  readonly colour: Rgb;
  /** 0 to 1. */
  readonly opacity: number;
  /** Whether the point at this place is painted. */
  readonly has: (at: number) => boolean;
}

/**
 * Paints a square over each point into RGBA pixels (not premultiplied, as ImageData has them), as a canvas would one after the
 * other. A canvas takes a tenth of a second to fill a hundred thousand rectangles; here points are counted in a grid first and each
 * pixel is painted once, which takes a few milliseconds however many there are. Squares are cut at the edges of the picture.
 */
export function paintSquares(pixels: Uint8ClampedArray, width: number, squares: Squares): void {
  const { xs, ys, reach, opacity, has } = squares;
  const height = width > 0 ? pixels.length / 4 / width : 0;
  // Middles may lie outside by the reach of a square.
  const wide = width + 2 * reach;
  const high = height + 2 * reach;
  const middles = new Uint32Array(wide * high);
  let isEmpty = true;
  for (let at = 0; at < xs.length; at += 1) {
    if (!has(at)) continue;
    const column = Math.round(xs[at] as number) + reach;
    const row = Math.round(ys[at] as number) + reach;
    if (!(column >= 0 && column < wide && row >= 0 && row < high)) continue;
    middles[row * wide + column] = (middles[row * wide + column] as number) + 1;
    isEmpty = false;
  }
  if (isEmpty) return;
  const side = 2 * reach + 1;
  const across = sums(middles, { lines: high, length: width, step: 1, line: wide, side });
  const covers = sums(across, { lines: width, length: height, step: wide, line: 1, side });
  const [red, green, blue] = squares.colour;
  // So many over each other can't be told from one that hides all.
  const opacities = Float64Array.from({ length: 64 }, (_, count) => (count === 63 ? 1 : 1 - (1 - opacity) ** count));
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const count = covers[row * wide + column] as number;
      if (count === 0) continue;
      const own = opacities[Math.min(63, count)] as number;
      const to = (row * width + column) * 4;
      const together = own + ((pixels[to + 3] as number) / 255) * (1 - own);
      const share = own / together;
      pixels[to] = (pixels[to] as number) * (1 - share) + red * share;
      pixels[to + 1] = (pixels[to + 1] as number) * (1 - share) + green * share;
      pixels[to + 2] = (pixels[to + 2] as number) * (1 - share) + blue * share;
      pixels[to + 3] = together * 255;
    }
}

/** For each place along each line the sum of `side` values from there on. */
function sums(
  from: Uint32Array,
  walk: { readonly lines: number; readonly length: number; readonly step: number; readonly line: number; readonly side: number },
): Uint32Array {
  const { lines, length, step, line, side } = walk;
  const to = new Uint32Array(from.length);
  for (let at = 0; at < lines; at += 1) {
    const start = at * line;
    let sum = 0;
    for (let place = 0; place < side - 1; place += 1) sum += from[start + place * step] as number;
    for (let place = 0; place < length; place += 1) {
      sum += from[start + (place + side - 1) * step] as number;
      to[start + place * step] = sum;
      sum -= from[start + place * step] as number;
    }
  }
  return to;
}
