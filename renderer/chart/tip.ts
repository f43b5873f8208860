import type { ECharts } from 'echarts/core';
import type { ChartOption } from '../../app/plots/feature.ts';

interface Axis {
  readonly name?: string;
  readonly min: number;
  readonly max: number;
}

interface Series {
  readonly type?: string;
  readonly name?: string;
  readonly xAxisIndex?: number;
  readonly data?: ArrayLike<number>;
}

const mostLines = 9;

/**
 * What a chart says where the pointer is: the place on the axis across, and the value there of each named line of the panel;
 * where no line is named, the place on both axes.
 */
export function tipAt(option: ChartOption, gridIndex: number, x: number, y: number): string {
  const pointed = option['pointed'] as { readonly x?: string } | undefined;
  const across = axisOf(option['xAxis'], gridIndex, pointed?.x);
  const up = axisOf(option['yAxis'], gridIndex);
  const lines = [`${across.name}: ${numberOn(across, x)}`];
  for (const series of listOf<Series>(option['series'])) {
    if (series.type !== 'line' || series.name === undefined || (series.xAxisIndex ?? 0) !== gridIndex) continue;
    const value = valueAt(series.data ?? [], x);
    if (value !== undefined && lines.length < mostLines) lines.push(`${series.name}: ${numberOn(up, value)}`);
  }
  if (lines.length === 1) lines.push(`${up.name}: ${numberOn(up, y)}`);
  return lines.join('\n');
}

/** Follows the pointer over the chart's panels until the chart goes. The chart needs the tooltip component. */
export function followPointer(chart: ECharts, option: () => ChartOption): void {
  let shown = false;
  const hide = () => {
    if (shown) chart.dispatchAction({ type: 'hideTip' });
    shown = false;
  };
  chart.getZr().on('mousemove', ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) => {
    const current = option();
    const gridIndex = listOf(current['grid']).findIndex((_, index) => chart.containPixel({ gridIndex: index }, [offsetX, offsetY]));
    if (gridIndex < 0) return hide();
    const [x, y] = chart.convertFromPixel({ gridIndex }, [offsetX, offsetY]) as number[];
    shown = true;
    chart.dispatchAction({ type: 'showTip', x: offsetX, y: offsetY, tooltip: { formatter: escaped(tipAt(current, gridIndex, x, y)) } });
  });
  chart.getZr().on('globalout', hide);
}

/** The options of the tooltip itself: rich text drawn on the canvas, never HTML. */
export function tipStyle(option: ChartOption): Readonly<Record<string, unknown>> {
  const { color, fontFamily } = (option['textStyle'] ?? {}) as { color?: string; fontFamily?: string };
  return {
    show: true,
    trigger: 'item',
    triggerOn: 'none',
    renderMode: 'richText',
    transitionDuration: 0,
    confine: true,
    // Above titles and legends, which are drawn at 100.
    z: 1000,
    backgroundColor: option['backgroundColor'],
    borderColor: color,
    borderWidth: 1,
    padding: [4, 6],
    textStyle: { color, fontFamily, fontSize: 11, lineHeight: 15 },
  };
}

function listOf<Item>(value: unknown): readonly Item[] {
  return value === undefined ? [] : ((Array.isArray(value) ? value : [value]) as Item[]);
}

/** The axis of the panel; its name may stand at another panel of the same row or column. */
function axisOf(axes: unknown, gridIndex: number, otherwise = 'Value'): Axis & { readonly name: string } {
  const all = listOf<Axis>(axes);
  const own = all[gridIndex];
  return {
    ...own,
    name: own.name ?? all.slice(gridIndex).find(({ name }) => name)?.name ?? all.findLast(({ name }) => name)?.name ?? otherwise,
  };
}

/** Digits that tell neighbouring pixels apart, no more. */
function numberOn({ min, max }: Axis, value: number): string {
  const digits = Math.max(0, Math.min(4, 3 - Math.ceil(Math.log10(Math.max(1e-9, max - min)))));
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** Of points x, y, x, y, … rising in x: y of the last one not right of `x`; `undefined` outside. */
function valueAt(points: ArrayLike<number>, x: number): number | undefined {
  if (!(points.length >= 4 && x >= points[0] && x <= points[points.length - 2])) return undefined;
  let found: number | undefined;
  for (let i = 0; i < points.length && points[i] <= x; i += 2) found = points[i + 1];
  return found !== undefined && Number.isFinite(found) ? found : undefined;
}

/** Braces would be taken for a template or a style. */
function escaped(text: string): string {
  return text.replace(/[{}]/g, '');
}
