import { AriaComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { chartParts } from '../../app/plots/chart-parts.ts';
import type { ChartOption, SizePx } from '../../app/plots/feature.ts';
import { followPointer, tipStyle } from './tip.ts';

use([...chartParts, AriaComponent, TooltipComponent, CanvasRenderer]);

export interface ChartProps {
  /** The option for a size, asked again when the panel changes its size. Keep it the same between renders (`useCallback`). */
  readonly option: (sizePx: SizePx) => ChartOption;
  /** CSS pixels or any CSS length; the width is the panel's. */
  readonly height: number | string;
  /** What the chart shows, with its numbers, for those who don't see it. */
  readonly ariaLabel: string;
}

/**
 * One chart on a canvas. It is drawn once per option and size, keeps nothing and frees everything when it goes. Data and theme
 * come with the option.
 */
export function Chart({ option, height, ariaLabel }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let chart: ECharts | undefined;
    let drawn: SizePx | undefined;
    let gone = false;
    let current: ChartOption = {};
    const tips = wantsTips();
    const aria = { enabled: true, label: { description: ariaLabel }, decal: { show: wantsContrast() } };
    const draw = () => {
      const sizePx = { width: Math.floor(element.clientWidth), height: Math.floor(element.clientHeight) };
      if (!(sizePx.width >= 80 && sizePx.height >= 80)) return;
      if (drawn?.width === sizePx.width && drawn.height === sizePx.height) return;
      drawn = sizePx;
      if (chart) chart.resize({ ...sizePx, silent: true });
      else {
        chart = init(element, null, { renderer: 'canvas', ...sizePx });
        if (tips) followPointer(chart, () => current);
      }
      current = option(sizePx);
      chart.setOption({ ...current, aria, ...(tips ? { tooltip: tipStyle(current) } : {}) }, { notMerge: true });
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    if (document.fonts.status !== 'loaded') {
      // Text drawn before the bundled font came is drawn again.
      void document.fonts.ready.then(() => {
        if (gone) return;
        drawn = undefined;
        draw();
      });
    }
    return () => {
      gone = true;
      observer.disconnect();
      chart?.dispose();
    };
  }, [option, ariaLabel]);

  return <div ref={place} role="img" aria-label={ariaLabel} style={{ height, width: '100%', minWidth: 0, overflow: 'hidden' }} />;
}

/** Units already differ by dash, symbol or place; patterns over their areas come where the system asks for more contrast. */
function wantsContrast(): boolean {
  return window.matchMedia('(prefers-contrast: more)').matches || window.matchMedia('(forced-colors: active)').matches;
}

/** What follows the pointer is left out where the system asks for less motion or more contrast; the numbers stand in the label. */
function wantsTips(): boolean {
  return !wantsContrast() && !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
