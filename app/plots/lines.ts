/** Typed points of one series: x, y, x, y, … */
export interface SeriesPoints {
  readonly data: Float32Array;
  readonly dimensions: readonly ['x', 'y'];
}

/** Rows over the same x, one after another as one line that is broken between them: one series is drawn much faster than many. */
export function polyline(x: ArrayLike<number>, rows: readonly ArrayLike<number>[]): SeriesPoints {
  const perRow = x.length + 1;
  const data = new Float32Array(Math.max(0, rows.length * perRow - 1) * 2).fill(Number.NaN);
  rows.forEach((row, index) => {
    for (let i = 0; i < x.length; i++) {
      data[(index * perRow + i) * 2] = x[i];
      data[(index * perRow + i) * 2 + 1] = row[i];
    }
  });
  return { data, dimensions: ['x', 'y'] };
}

/** Outline of bars over bin edges (B + 1) of the given heights (B), standing on zero. */
export function steps(edges: ArrayLike<number>, heights: ArrayLike<number>, along: 'x' | 'y' = 'x'): SeriesPoints {
  const data = new Float32Array(heights.length * 4);
  const edgeAt = along === 'x' ? 0 : 1;
  for (let i = 0; i < heights.length; i++) {
    data[i * 4 + edgeAt] = edges[i];
    data[i * 4 + 1 - edgeAt] = heights[i];
    data[i * 4 + 2 + edgeAt] = edges[i + 1];
    data[i * 4 + 3 - edgeAt] = heights[i];
  }
  return { data, dimensions: ['x', 'y'] };
}

/** The chosen points as one series. */
export function pointsAt(x: ArrayLike<number>, y: ArrayLike<number>, positions: ArrayLike<number>): SeriesPoints {
  const data = new Float32Array(positions.length * 2);
  for (let i = 0; i < positions.length; i++) {
    data[i * 2] = x[positions[i]];
    data[i * 2 + 1] = y[positions[i]];
  }
  return { data, dimensions: ['x', 'y'] };
}

/** A straight line, or several broken by a gap: [x1, y1, x2, y2] each. */
export function segments(lines: readonly (readonly [number, number, number, number])[]): SeriesPoints {
  const data = new Float32Array(Math.max(0, lines.length * 3 - 1) * 2).fill(Number.NaN);
  lines.forEach((line, index) => {
    data.set(line, index * 6);
  });
  return { data, dimensions: ['x', 'y'] };
}
