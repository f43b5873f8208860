import { Failure } from '../../../../app/failure.ts';
import type { SizePx } from '../../../../app/plots/feature.ts';
import type { AxisOption, GridOption, OneOrMany, PictureOption } from '../../../../app/plots/picture-option.ts';

/** A grid with its two axes, and where data lie in it. */
export interface Panel {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: AxisOption;
  readonly y: AxisOption;
  /** Pixels per step of data, and where its zero would lie. */
  readonly scaleX: number;
  readonly scaleY: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/** A panel for each grid; throws `bug` where the axes of one position are not of one grid. */
export function panelsOf({ grid, xAxis, yAxis }: PictureOption, size: SizePx): Panel[] {
  const grids = listOf(grid);
  const across = listOf(xAxis);
  const up = listOf(yAxis);
  return grids.map((place, index): Panel => {
    const x = across[index];
    const y = up[index];
    if (x?.gridIndex !== index || y?.gridIndex !== index) throw new Failure('bug', `The panel ${index} of a picture lacks its axes.`);
    const wide = extentOf(place, size.width - place.left, place.width, place.right);
    const high = extentOf(place, size.height - place.top, place.height, place.bottom);
    // Where there is no room a panel turns over.
    const [left, top] = [place.left + Math.min(0, wide), place.top + Math.min(0, high)];
    const [width, height] = [Math.abs(wide), Math.abs(high)];
    // In the very steps of ECharts, so that not even the last bit differs.
    const lowerX = left;
    const lowerY = height + top;
    const scaleX = (width + left - lowerX) / (x.max - x.min);
    const scaleY = (top - lowerY) / (y.max - y.min);
    return { left, top, width, height, x, y, scaleX, scaleY, shiftX: lowerX - x.min * scaleX, shiftY: lowerY - y.min * scaleY };
  });
}

/** Where a value lies along its axis, in pixels from the left or from below. */
export function alongAxis({ min, max }: AxisOption, lengthPx: number, value: number): number {
  const share = (value - min) / (max - min);
  return share === 0 ? 0 : share === 1 ? lengthPx : share * lengthPx;
}

/** Points in pixels: single floats, as ECharts keeps them. */
export function inPixels({ scaleX, scaleY, shiftX, shiftY }: Panel, data: Float32Array): Float32Array {
  const points = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 2) {
    points[i] = scaleX * data[i] + shiftX;
    points[i + 1] = scaleY * data[i + 1] + shiftY;
  }
  return points;
}

function extentOf(place: GridOption, roomPx: number, given: number | undefined, after: number | undefined): number {
  if (given !== undefined) return given;
  if (after === undefined) throw new Failure('bug', `The panel at ${place.left}, ${place.top} of a picture has no end.`);
  return roomPx - after;
}

function listOf<Item>(given: OneOrMany<Item> | undefined): readonly Item[] {
  return given === undefined ? [] : Array.isArray(given) ? given : [given as Item];
}
