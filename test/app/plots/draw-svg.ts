import { createHash } from 'node:crypto';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { chartParts } from '../../../app/plots/chart-parts.ts';
import type { PlotFeature } from '../../../app/plots/feature.ts';
import { modelTheme } from '../../../app/plots/theme.ts';

use([...chartParts, SVGRenderer]);

/** The picture as SVG text that is alike on every run: ids renumbered, numbers rounded, long outlines as length and hash. */
export function drawSvg(feature: PlotFeature, data: unknown): string {
  const { width, height } = feature.sizePx;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(feature.option(data, modelTheme));
    return steady(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

function steady(svg: string): string {
  const ids = new Map<string, string>();
  return svg
    .replace(/zr\d+-[a-z]+-?\d+/g, (id) => {
      if (!ids.has(id)) ids.set(id, `id-${ids.size}`);
      return ids.get(id) as string;
    })
    .replace(/-?\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(1)) + 0))
    .replace(/ d="([^"]{300,})"/g, (_, outline: string) => {
      const hash = createHash('sha256').update(outline).digest('hex').slice(0, 12);
      return ` d="${outline.slice(0, 40)}… ${outline.length} letters, ${hash}"`;
    })
    .replace(/></g, '>\n<');
}
