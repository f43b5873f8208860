import { Failure } from '../../../../app/failure.ts';
import type { SizePx } from '../../../../app/plots/feature.ts';
import type { PictureOption } from '../../../../app/plots/picture-option.ts';
import { Path } from '../raster/path.ts';
import type { Surface } from '../raster/surface.ts';
import type { Typefaces } from '../typefaces.ts';
import { layAxis } from './axes.ts';
import { inkFrom } from './colour.ts';
import { layGraphic } from './graphics.ts';
import { Layers } from './layers.ts';
import { layLine } from './line-series.ts';
import { panelsOf } from './panel.ts';
import { layScatter } from './scatter-series.ts';

const path = new Path();

/**
 * Paints a picture's option as ECharts would, to the last pixel, without ECharts: its models, states and events take more time
 * than the painting. Throws `bug` for what it can't paint.
 */
export function drawChart(option: PictureOption, size: SizePx, typefaces: Typefaces, surface: Surface): void {
  surface.reset(size.width, size.height);
  surface.rect(0, 0, size.width, size.height, inkFrom(option.backgroundColor));
  const layers = new Layers();
  const tools = { surface, path, layers };
  const panels = panelsOf(option, size);
  for (const panel of panels) layAxis(panel, 'y', typefaces.regular, tools);
  for (const panel of panels) layAxis(panel, 'x', typefaces.regular, tools);
  for (const series of option.series ?? []) {
    const index = series.xAxisIndex ?? 0;
    const panel = panels[index];
    if (!panel || (series.yAxisIndex ?? 0) !== index)
      throw new Failure('bug', `A series of a picture names the axes of no panel (${index}).`);
    if (series.type === 'line') layLine(series, panel, tools);
    else layScatter(series, panel, tools);
  }
  for (const element of option.graphic) layGraphic(element, typefaces, tools);
  layers.paint();
}
