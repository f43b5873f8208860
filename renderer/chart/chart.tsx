import { AriaComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { chartParts } from '../../app/plots/chart-parts.ts';
import type { ChartOption, SizePx } from '../../app/plots/feature.ts';
import { inTurn } from '../state/turns.ts';
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
 * One chart on a canvas. It is drawn once per option and size, in its turn among the other charts, keeps nothing and frees
 * everything when it goes. Data and theme come with the option.
 */
export function Chart({ option, height, ariaLabel }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let chart: ECharts | undefined;
    let current: ChartOption = {};
    let room: SizePx = { width: 0, height: 0 };
    /** Set while it waits for its turn. */
    let leaveLine: (() => void) | undefined;
    // Drawn before it is put on the page: text on a canvas of the page has the styles of the whole page worked out first.
    const sheet = document.createElement('div');
    const tips = wantsTips();
    const aria = { enabled: true, label: { description: ariaLabel }, decal: { show: wantsContrast() } };
    const draw = () => {
      leaveLine = undefined;
      if (chart) chart.resize({ ...room, silent: true });
      else {
        chart = init(sheet, null, { renderer: 'canvas', ...room });
        if (tips) followPointer(chart, () => current);
      }
      current = option(room);
      chart.setOption({ ...current, aria, ...(tips ? { tooltip: tipStyle(current) } : {}) }, { notMerge: true });
      if (!sheet.isConnected) element.append(sheet);
    };
    const drawInTurn = () => {
      if (leaveLine || !(room.width >= 80 && room.height >= 80)) return;
      leaveLine = inTurn(draw);
    };
    // The browser says how large the panel is once it has laid it out; asking for it would lay out the page within this task.
    const observer = new ResizeObserver(([{ contentRect }]) => {
      const sizePx = { width: Math.floor(contentRect.width), height: Math.floor(contentRect.height) };
      if (sizePx.width === room.width && sizePx.height === room.height) return;
      room = sizePx;
      drawInTurn();
    });
    observer.observe(element);
    let gone = false;
    if (document.fonts.status !== 'loaded') {
      // Text drawn before the bundled font came is drawn again.
      void document.fonts.ready.then(() => {
        if (!gone) drawInTurn();
      });
    }
    return () => {
      gone = true;
      leaveLine?.();
      observer.disconnect();
      sheet.remove();
      // What a canvas holds is freed with its size; else it waits for the collector, and brings it about sooner.
      for (const canvas of sheet.querySelectorAll('canvas')) canvas.width = 0;
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
