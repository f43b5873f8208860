import { Failure } from '../failure.ts';
import type { SizePx } from './feature.ts';

/** Where one picture stands on the sheet, below its strip. */
export interface SheetTile extends SizePx {
  readonly x: number;
  readonly y: number;
}

/** A contact sheet: several pictures of one group in one. */
export interface SheetLayout extends SizePx {
  readonly tiles: readonly SheetTile[];
}

/** Height of the strip above each picture, which holds its number and the feature's id. */
export const stripPx = 22;
const gapPx = 8;
/** Enough to read every title and note; more would only cost. */
const mostTile: SizePx = { width: 520, height: 400 };
const widest = 1.75;
const tallest = 1.2;

/** `count` equal pictures row by row within the bounds, as large as they fit. Throws `bug` without a picture. */
export function sheetLayout(count: number, bounds: SizePx): SheetLayout {
  if (!(count >= 1)) throw new Failure('bug', 'A contact sheet needs a picture.');
  let best: { readonly columns: number; readonly rows: number; readonly tile: SizePx } | undefined;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const tile = tileWithin({
      width: Math.floor((bounds.width - gapPx * (columns - 1)) / columns),
      height: Math.floor((bounds.height - gapPx * (rows - 1)) / rows) - stripPx,
    });
    // Pictures in their usual shape, 4 : 3, say most.
    const use = ({ width, height }: SizePx) => Math.min(width / 4, height / 3);
    if (!best || use(tile) > use(best.tile)) best = { columns, rows, tile };
  }
  const { columns, rows, tile } = best as NonNullable<typeof best>;
  return {
    width: columns * tile.width + (columns - 1) * gapPx,
    height: rows * (tile.height + stripPx) + (rows - 1) * gapPx,
    tiles: Array.from({ length: count }, (_, i) => ({
      x: (i % columns) * (tile.width + gapPx),
      y: Math.floor(i / columns) * (tile.height + stripPx + gapPx) + stripPx,
      ...tile,
    })),
  };
}

function tileWithin({ width, height }: SizePx): SizePx {
  const across = Math.min(width, mostTile.width, Math.floor(height * widest));
  return { width: across, height: Math.min(height, mostTile.height, Math.floor(across / tallest)) };
}
