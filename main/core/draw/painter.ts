import { createHash } from 'node:crypto';
import { type Canvas, createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { type EChartsType, init, setPlatformAPI, use, version } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { Failure } from '../../../app/failure.ts';
import { chartParts } from '../../../app/plots/chart-parts.ts';
import { featureById } from '../../../app/plots/registry.ts';
import { modelTheme } from '../../../app/plots/theme.ts';
import type { FontFiles } from './fonts.ts';
import { encodePng } from './png.ts';
import { drawnWith } from './version.ts';

export interface Painted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws features for the model, one at a time: its own theme, size and font, whatever the machine has. A warning of ECharts is
 * a failure. Takes over this thread's console, so it belongs in a worker of its own.
 */
export function createPainter(fonts: FontFiles): (feature: string, data: unknown) => Painted {
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

  return (id, data) => {
    const feature = featureById(id);
    const { width, height } = feature.sizePx;
    warnings.length = 0;
    const canvas: Canvas = createCanvas(width, height);
    const chart: EChartsType = init(canvas as never, null, { renderer: 'canvas', width, height, devicePixelRatio: 1 });
    try {
      chart.setOption(feature.option(data, modelTheme));
      chart.getZr().flush();
      if (warnings.length > 0) throw new Failure('bug', `Drawing ${id} gave a warning: ${warnings.join(' ')}`, { feature: id });
      return { bytes: encodePng(canvas.getContext('2d').getImageData(0, 0, width, height).data, width, height), width, height };
    } finally {
      chart.dispose();
    }
  };
}

function collectWarnings(): string[] {
  const said: string[] = [];
  const collect = (...words: unknown[]) => {
    said.push(words.map(String).join(' '));
  };
  Object.assign(globalThis.console, { log: collect, warn: collect, error: collect });
  return said;
}
