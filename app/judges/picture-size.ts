import type { ImageRule as KnownRule } from '../contract/model-row.ts';
import type { SizePx } from '../plots/feature.ts';
import { sheetLayout } from '../plots/sheet.ts';
import { imageTokens } from './models.ts';

type ImageRule = KnownRule | null;

/** Below this a picture leaves out its title and notes. */
const smallest: SizePx = { width: 440, height: 346 };
const leastScale = 0.8;
const mostScale = 1.25;
/** What every provider takes without scaling it down itself. */
const usualBounds: SizePx = { width: 1560, height: 1000 };

/**
 * The size at which a picture of a feature is drawn for a model, from the model's image rule, so that no token buys empty
 * paper and no detail is scaled away by the provider:
 *
 * - `tiles`: the largest size between 0.8 and 1.25 of the feature's own that needs the fewest tiles;
 * - `patches`: whole squares, and no more of them than the model looks at;
 * - `fixed`: 1.25 of its own, since size costs nothing;
 * - not known, or no pictures at all: its own.
 */
export function pictureSize(rule: ImageRule | undefined, own: SizePx): SizePx {
  if (!rule) return own;
  switch (rule.rule) {
    case 'fixed':
      return scaled(own, mostScale);
    case 'tiles': {
      let best = own;
      let fewest = imageTokens(rule, own.width, own.height);
      for (let percent = Math.round(mostScale * 100); percent >= leastScale * 100; percent--) {
        const size = scaled(own, percent / 100);
        const shrunk = Math.min(size.width, size.height) > 768 || Math.max(size.width, size.height) > 2048;
        if (shrunk || size.width < smallest.width || size.height < smallest.height) continue;
        const tokens = imageTokens(rule, size.width, size.height);
        if (tokens < fewest || (tokens === fewest && size.width > best.width)) {
          best = size;
          fewest = tokens;
        }
      }
      return best;
    }
    case 'patches':
      return wholePatches(own, rule);
  }
}

/**
 * How large a contact sheet of so many pictures may be for a model: never so that the provider scales it down; for `tiles` the
 * fewest on which every picture can still be read.
 */
export function sheetBounds(rule: ImageRule | undefined, count: number): SizePx {
  if (!rule || rule.rule === 'fixed') return usualBounds;
  if (rule.rule === 'patches') return wholePatches(usualBounds, rule);
  const largest = { width: 2048, height: 768 };
  let best = largest;
  let fewest = Number.POSITIVE_INFINITY;
  for (const height of [512, 768]) {
    for (const width of [512, 1024, 1536, 2048]) {
      const { tiles, ...sheet } = sheetLayout(count, { width, height });
      const tokens = imageTokens(rule, sheet.width, sheet.height);
      if (tiles[0].width < smallest.width || tiles[0].height < smallest.height || tokens >= fewest) continue;
      best = { width, height };
      fewest = tokens;
    }
  }
  return best;
}

function wholePatches(
  own: SizePx,
  rule: { readonly sizePx: number; readonly maximum: number; readonly longEdgePx?: number | undefined },
): SizePx {
  const edge = rule.longEdgePx === undefined ? 1 : Math.min(1, rule.longEdgePx / Math.max(own.width, own.height));
  const room = Math.min(1, Math.sqrt((rule.maximum * rule.sizePx * rule.sizePx) / (own.width * own.height)));
  const scale = Math.min(edge, room);
  const whole = (lengthPx: number) => Math.max(1, Math.floor((lengthPx * scale) / rule.sizePx)) * rule.sizePx;
  return { width: whole(own.width), height: whole(own.height) };
}

function scaled({ width, height }: SizePx, scale: number): SizePx {
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
