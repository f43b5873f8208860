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
 * Paints a square over each point into RGBA pixels (not premultiplied, as ImageData has them). A canvas takes a tenth of a second
 * to fill a hundred thousand rectangles; this takes a few milliseconds. Points outside the picture are cut at its edges.
 */
export function paintSquares(pixels: Uint8ClampedArray, width: number, squares: Squares): void {
  const { xs, ys, reach, opacity, has } = squares;
  const [red, green, blue] = squares.colour;
  const height = width > 0 ? pixels.length / 4 / width : 0;
  for (let at = 0; at < xs.length; at += 1) {
    if (!has(at)) continue;
    const x = Math.round(xs[at] as number);
    const y = Math.round(ys[at] as number);
    const right = Math.min(width - 1, x + reach);
    const bottom = Math.min(height - 1, y + reach);
    for (let row = Math.max(0, y - reach); row <= bottom; row += 1) {
      for (let column = Math.max(0, x - reach); column <= right; column += 1) {
        const to = (row * width + column) * 4;
        const below = ((pixels[to + 3] as number) / 255) * (1 - opacity);
        const together = opacity + below;
        const share = opacity / together;
        pixels[to] = (pixels[to] as number) * (1 - share) + red * share;
        pixels[to + 1] = (pixels[to + 1] as number) * (1 - share) + green * share;
        pixels[to + 2] = (pixels[to + 2] as number) * (1 - share) + blue * share;
        pixels[to + 3] = together * 255;
      }
    }
  }
}
