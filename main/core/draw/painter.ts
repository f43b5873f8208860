import { createHash } from 'node:crypto';
import { type Canvas, createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { type EChartsType, init, setPlatformAPI, use, version } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { Failure } from '../../../app/failure.ts';
import { chartParts } from '../../../app/plots/chart-parts.ts';
import type { SizePx } from '../../../app/plots/feature.ts';
import { featureById } from '../../../app/plots/registry.ts';
import { type SheetLayout, stripPx } from '../../../app/plots/sheet.ts';
import { modelTheme } from '../../../app/plots/theme.ts';
import type { FontFiles } from './fonts.ts';
import { encodePng } from './png.ts';
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
  for (const font of [fonts.regular, fonts.semibold]) {
    if (!GlobalFonts.register(Buffer.from(font), modelTheme.fontFamily))
      throw new Failure('bug', 'The font of the pictures could not be loaded.');
  }
  use([...chartParts, CanvasRenderer]);
  const ruler = createCanvas(1, 1).getContext('2d');
  setPlatformAPI({
    createCanvas: () => createCanvas(32, 32) as never,
    measureText: (text: string, font?: string) => {
      if (font) ruler.font = font;
      return ruler.measureText(text);
    },
  });
  const warnings = collectWarnings();

  // The canvas is wiped when its chart goes.
  const draw = <Result>({ feature: id, data }: PaperPart, size: SizePx, use: (canvas: Canvas) => Result): Result => {
    warnings.length = 0;
    const canvas: Canvas = createCanvas(size.width, size.height);
    const chart: EChartsType = init(canvas as never, null, { renderer: 'canvas', ...size, devicePixelRatio: 1 });
    try {
      chart.setOption(featureById(id).option(data, modelTheme, size));
      chart.getZr().flush();
      if (warnings.length > 0) throw new Failure('bug', `Drawing ${id} gave a warning: ${warnings.join(' ')}`, { feature: id });
      return use(canvas);
    } finally {
      chart.dispose();
    }
  };

  return (paper) => {
    if ('part' in paper) {
      const size = paper.sizePx ?? featureById(paper.part.feature).sizePx;
      return draw(paper.part, size, encoded);
    }
    const { parts, layout } = paper;
    const sheet = createCanvas(layout.width, layout.height);
    const context = sheet.getContext('2d');
    context.fillStyle = modelTheme.background;
    context.fillRect(0, 0, layout.width, layout.height);
    for (const [i, tile] of layout.tiles.entries()) {
      draw(parts[i], { width: tile.width, height: tile.height }, (canvas) => context.drawImage(canvas, tile.x, tile.y));
      context.fillStyle = modelTheme.grid;
      context.fillRect(tile.x, tile.y - stripPx, tile.width, stripPx);
      context.fillStyle = modelTheme.text;
      context.font = `600 ${modelTheme.fontSizePx}px "${modelTheme.fontFamily}"`;
      context.fillText(`${i + 1}   ${parts[i].feature}`, tile.x + 10, tile.y - 6);
    }
    return encoded(sheet);
  };
}

function encoded(canvas: Canvas): Painted {
  const { width, height } = canvas;
  return { bytes: encodePng(canvas.getContext('2d').getImageData(0, 0, width, height).data, width, height), width, height };
}

function collectWarnings(): string[] {
  const said: string[] = [];
  const collect = (...words: unknown[]) => {
    said.push(words.map(String).join(' '));
  };
  Object.assign(globalThis.console, { log: collect, warn: collect, error: collect });
  return said;
}
