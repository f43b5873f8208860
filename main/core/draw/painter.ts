import { createHash } from 'node:crypto';
import { Failure } from '../../../app/failure.ts';
import type { SizePx } from '../../../app/plots/feature.ts';
import { featureById } from '../../../app/plots/registry.ts';
import { type SheetLayout, stripPx } from '../../../app/plots/sheet.ts';
import { modelTheme } from '../../../app/plots/theme.ts';
import { inkFrom } from './chart/colour.ts';
import { drawChart } from './chart/draw-chart.ts';
import type { FontFiles } from './fonts.ts';
import { encodePng } from './png.ts';
import type { Pixels } from './raster/pixels.ts';
import { Surface } from './raster/surface.ts';
import { typefacesOf } from './typefaces.ts';
import { drawnWith } from './version.ts';

export interface PaperPart {
  readonly feature: string;
  /** What the feature's `load` gave. */
  readonly data: unknown;
}

/** One picture (at the feature's own size unless another is given), or several on a sheet. */
export type Paper =
  | { readonly part: PaperPart; readonly sizePx?: SizePx | undefined }
  | { readonly parts: readonly PaperPart[]; readonly layout: SheetLayout };

export interface Painted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Draws features for the model, one at a time: its own theme, size and font, whatever the machine has. */
export function createPainter(fonts: FontFiles): (paper: Paper) => Painted {
  const hash = createHash('sha256').update(fonts.regular).update(fonts.semibold).digest('hex');
  if (hash !== drawnWith.fonts)
    throw new Failure('bug', 'The font of the pictures is not the one they are made for. Install Samecell again.');
  const typefaces = typefacesOf(fonts);
  const paper = new Surface();
  const sheet = new Surface();

  const draw = ({ feature, data }: PaperPart, size: SizePx): Pixels => {
    drawChart(featureById(feature).option(data, modelTheme, size), size, typefaces, paper);
    return paper.pixels;
  };

  return (wanted) => {
    if ('part' in wanted) return encoded(draw(wanted.part, wanted.sizePx ?? featureById(wanted.part.feature).sizePx));
    const { parts, layout } = wanted;
    sheet.reset(layout.width, layout.height);
    const strip = inkFrom(modelTheme.grid);
    const words = inkFrom(modelTheme.text);
    const style = { typeface: typefaces.semibold, sizePx: modelTheme.fontSizePx, align: 'left', baseline: 'alphabetic' } as const;
    for (const [i, tile] of layout.tiles.entries()) {
      sheet.pixels.copy(draw(parts[i], { width: tile.width, height: tile.height }), tile.x, tile.y);
      sheet.rect(tile.x, tile.y - stripPx, tile.width, stripPx, strip);
      sheet.text(`${i + 1}   ${parts[i].feature}`, tile.x + 10, tile.y - 6, style, words);
    }
    return encoded(sheet.pixels);
  };
}

function encoded({ words, width, height }: Pixels): Painted {
  return { bytes: encodePng(words, width, height), width, height };
}
