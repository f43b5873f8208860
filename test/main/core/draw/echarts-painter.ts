import { color, type EChartsType, init, setPlatformAPI, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { chartParts } from '../../../../app/plots/chart-parts.ts';
import type { SizePx } from '../../../../app/plots/feature.ts';
import type { PictureOption } from '../../../../app/plots/picture-option.ts';
import type { Pixels } from '../../../../main/core/draw/raster/pixels.ts';
import type { Typefaces } from '../../../../main/core/draw/typefaces.ts';
import { CanvasContext, type Colour } from './raster/canvas-context.ts';

/** Charts as ECharts draws them, on our rasteriser. */
export function createEchartsPainter(typefaces: Typefaces): (option: PictureOption, size: SizePx) => Pixels {
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
  return (option, size) => {
    const paper = paperOf(size, typefaces);
    const chart: EChartsType = init(paper as never, null, { renderer: 'canvas', ...size, devicePixelRatio: 1 });
    chart.setOption(option);
    chart.getZr().flush();
    const { pixels } = paper.context;
    // Disposing wipes the paper.
    const kept = Object.assign(Object.create(pixels), { bytes: pixels.bytes.slice() }) as Pixels;
    chart.dispose();
    return kept;
  };
}

/** What ECharts takes for a canvas. */
interface Paper2d {
  width: number;
  height: number;
  readonly context: CanvasContext;
  getContext(kind: '2d'): CanvasContext;
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
  const context = new CanvasContext(typefaces, colourOf, paper);
  paper.resize(size);
  return Object.assign(paper, { context });
}

const colours = new Map<string, Colour>();

/** Red, green, blue (0 to 255) and opacity (0 to 1) of a CSS colour. */
function colourOf(text: string): Colour {
  const known = colours.get(text);
  if (known) return known;
  const parsed = color.parse(text);
  if (!parsed) throw new Error(`No colour: ${text}`);
  const [red, green, blue, alpha] = parsed;
  const colour = [red, green, blue, alpha] as const;
  if (colours.size > 1000) colours.clear();
  colours.set(text, colour);
  return colour;
}
