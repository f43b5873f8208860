import { afterAll, describe, expect, test } from 'vitest';
import type { AnalyzerView } from '../../../../app/analyzer/view.ts';
import { plotFeatures } from '../../../../app/plots/registry.ts';
import { modelTheme } from '../../../../app/plots/theme.ts';
import { drawChart } from '../../../../main/core/draw/chart/draw-chart.ts';
import { readFonts } from '../../../../main/core/draw/fonts.ts';
import { Surface } from '../../../../main/core/draw/raster/surface.ts';
import { typefacesOf } from '../../../../main/core/draw/typefaces.ts';
import { drawnGroups, groupOf } from '../../../app/plots/fixture-groups.ts';
import { openReference } from '../../../app/support/reference.ts';
import { createEchartsPainter } from './echarts-painter.ts';

const typefaces = typefacesOf(readFonts());
const surface = new Surface();
const paintWithEcharts = createEchartsPainter(typefaces);
const views = new Map<string, Promise<AnalyzerView>>();

afterAll(async () => {
  for (const view of views.values()) await (await view).close();
});

/** The smallest of a single picture, a tile of a sheet, one on odd pixels. */
const otherSizes = [
  { width: 430, height: 340 },
  { width: 300, height: 260 },
  { width: 801, height: 603 },
];

// ECharts draws the window's charts; what a model sees is the same to the last pixel.
describe.each(plotFeatures)('$id', (feature) => {
  test.each(drawnGroups)('of $ids of $analyzer is what ECharts makes of it', async ({ analyzer, ids }) => {
    const opened = views.get(analyzer) ?? openReference(analyzer);
    views.set(analyzer, opened);
    const view = await opened;
    const data = await feature.load(view, groupOf(view, ids));
    for (const size of [feature.sizePx, ...otherSizes]) {
      const option = feature.option(data, modelTheme, size);
      drawChart(option, size, typefaces, surface);
      const other = paintWithEcharts(option, size);
      expect(Buffer.compare(surface.pixels.bytes, other.bytes), `${size.width} × ${size.height}`).toBe(0);
    }
  });
});
