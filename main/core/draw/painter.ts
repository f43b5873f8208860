import { createHash } from 'node:crypto';
import { color, type EChartsType, init, setPlatformAPI, use, version } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { Failure } from '../../../app/failure.ts';
import { chartParts } from '../../../app/plots/chart-parts.ts';
import type { SizePx } from '../../../app/plots/feature.ts';
import { featureById } from '../../../app/plots/registry.ts';
import { type SheetLayout, stripPx } from '../../../app/plots/sheet.ts';
import { modelTheme } from '../../../app/plots/theme.ts';
import type { FontFiles } from './fonts.ts';
import { encodePng } from './png.ts';
import { PaperContext, type Typefaces } from './raster/context.ts';
import type { Pixels } from './raster/pixels.ts';
import { typefaceOf } from './raster/type.ts';
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

/**
 * Draws features for the model, one at a time: its own theme, size and font, whatever the machine has. A warning of ECharts is
 * a failure. Takes over this thread's console, so it belongs in a worker of its own.
 */
export function createPainter(fonts: FontFiles): (paper: Paper) => Painted {
  if (version !== drawnWith.echarts) throw new Failure('bug', `Pictures are made for ECharts ${drawnWith.echarts}, this is ${version}.`);
  const hash = createHash('sha256').update(fonts.regular).update(fonts.semibold).digest('hex');
  if (hash !== drawnWith.fonts)
    throw new Failure('bug', 'The font of the pictures is not the one they are made for. Install Samecell again.');
  const typefaces = { regular: typefaceOf(fonts.regular), semibold: typefaceOf(fonts.semibold) };
  use([...chartParts, CanvasRenderer]);
  const ruler = paperOf({ width: 1, height: 1 }, typefaces);
  // ECharts asks for one beside its own, and draws nothing on it for our charts.
  const spare = paperOf({ width: 1, height: 1 }, typefaces);
  setPlatformAPI({
    createCanvas: () => spare as never,
    measureText: (text: string, font?: string) => {
      if (font) ruler.context.font = font;
      return ruler.context.measureText(text);
    },
  });
  const warnings = collectWarnings();

  const paper = paperOf({ width: 1, height: 1 }, typefaces);
  const sheet = paperOf({ width: 1, height: 1 }, typefaces);

  // The paper is wiped when its chart goes.
  const draw = <Result>({ feature: id, data }: PaperPart, size: SizePx, use: (pixels: Pixels) => Result): Result => {
    warnings.length = 0;
    paper.resize(size);
    const chart: EChartsType = init(paper as never, null, { renderer: 'canvas', ...size, devicePixelRatio: 1 });
    try {
      chart.setOption(featureById(id).option(data, modelTheme, size));
      chart.getZr().flush();
      if (warnings.length > 0) throw new Failure('bug', `Drawing ${id} gave a warning: ${warnings.join(' ')}`, { feature: id });
      return use(paper.context.pixels);
    } finally {
      chart.dispose();
    }
  };

  return (wanted) => {
    if ('part' in wanted) {
      const size = wanted.sizePx ?? featureById(wanted.part.feature).sizePx;
      return draw(wanted.part, size, encoded);
    }
    const { parts, layout } = wanted;
    sheet.resize(layout);
    const { context } = sheet;
    for (const [i, tile] of layout.tiles.entries()) {
      draw(parts[i], { width: tile.width, height: tile.height }, (pixels) => context.pixels.copy(pixels, tile.x, tile.y));
      context.fillStyle = modelTheme.grid;
      context.fillRect(tile.x, tile.y - stripPx, tile.width, stripPx);
      context.fillStyle = modelTheme.text;
      context.font = `600 ${modelTheme.fontSizePx}px "${modelTheme.fontFamily}"`;
      context.fillText(`${i + 1}   ${parts[i].feature}`, tile.x + 10, tile.y - 6);
    }
    return encoded(context.pixels);
  };
}

/** What ECharts takes for a canvas. */
interface Paper2d {
  width: number;
  height: number;
  readonly context: PaperContext;
  getContext(kind: '2d'): PaperContext;
  /** White and of that size. */
  resize(size: SizePx): void;
}

function paperOf(size: SizePx, typefaces: Typefaces): Paper2d {
  const paper = {
    width: 0,
    height: 0,
    getContext: () => context,
    resize({ width, height }: SizePx) {
      Object.assign(paper, { width, height });
      context.reset(width, height);
    },
  };
  const context = new PaperContext(typefaces, colourOf, paper);
  paper.resize(size);
  return Object.assign(paper, { context });
}

const colours = new Map<string, readonly [number, number, number, number]>();

/** Red, green, blue (0 to 255) and opacity (0 to 1) of a CSS colour. */
function colourOf(text: string): readonly [number, number, number, number] {
  const known = colours.get(text);
  if (known) return known;
  const parsed = color.parse(text);
  if (!parsed) throw new Failure('bug', `Pictures can't be drawn with the colour ${text}.`);
  const [red, green, blue, alpha] = parsed;
  const colour = [red, green, blue, alpha] as const;
  if (colours.size > 1000) colours.clear();
  colours.set(text, colour);
  return colour;
}

function encoded({ words, width, height }: Pixels): Painted {
  return { bytes: encodePng(words, width, height), width, height };
}

function collectWarnings(): string[] {
  const said: string[] = [];
  const collect = (...words: unknown[]) => {
    said.push(words.map(String).join(' '));
  };
  Object.assign(globalThis.console, { log: collect, warn: collect, error: collect });
  return said;
}
