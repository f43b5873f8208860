import { AriaComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { chartParts } from '../../app/plots/chart-parts.ts';
import type { PlotFeature, SizePx } from '../../app/plots/feature.ts';
import type { PlotTheme } from '../../app/plots/theme.ts';

use([...chartParts, AriaComponent, CanvasRenderer]);

export interface ChartProps {
  readonly feature: PlotFeature;
  /** What `plot.load` gave for this feature. */
  readonly data: unknown;
  /** The text alternative with the numbers. */
  readonly description: string;
  readonly theme: PlotTheme;
  /** CSS pixels or any CSS length; all of the panel unless given. */
  readonly height?: number | string;
}

/**
 * One picture on a canvas, from the same option as the model's, at the size of its panel. It is drawn once per data, theme and
 * size, keeps nothing and frees everything when it goes.
 */
export function Chart({ feature, data, description, theme, height = '100%' }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let chart: ECharts | undefined;
    let drawn: SizePx | undefined;
    const aria = { enabled: true, label: { description }, decal: { show: wantsContrast() } };
    const draw = () => {
      const sizePx = { width: Math.floor(element.clientWidth), height: Math.floor(element.clientHeight) };
      if (!(sizePx.width >= 80 && sizePx.height >= 80)) return;
      if (drawn?.width === sizePx.width && drawn.height === sizePx.height) return;
      drawn = sizePx;
      if (chart) chart.resize({ ...sizePx, silent: true });
      else chart = init(element, null, { renderer: 'canvas', ...sizePx });
      chart.setOption({ ...feature.option(data, theme, sizePx), aria }, { notMerge: true });
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    // Text measured before the bundled font has come is laid out again.
    let gone = false;
    void document.fonts.ready.then(() => {
      if (gone) return;
      drawn = undefined;
      draw();
    });
    return () => {
      gone = true;
      observer.disconnect();
      chart?.dispose();
    };
  }, [feature, data, description, theme]);

  return <div ref={place} role="img" aria-label={description} style={{ height, width: '100%', minWidth: 0, overflow: 'hidden' }} />;
}

/** Units already differ by dash, symbol or place; patterns over their areas come where the system asks for more contrast. */
function wantsContrast(): boolean {
  return window.matchMedia('(prefers-contrast: more)').matches || window.matchMedia('(forced-colors: active)').matches;
}
