import type { Answer } from '../../../app/contract/calls.ts';
import type { ChartOption, SizePx } from '../../../app/plots/feature.ts';
import type { PlotTheme } from '../../../app/plots/theme.ts';

export type IfMerged = Answer<'group.ifMerged'>;

const gapMs = 0.4;
const headPx = 20;
const lagTicksMs = [-20, -10, 0, 10, 20];
const fewLagTicksMs = [-20, 0, 20];

function head(theme: PlotTheme, text: string) {
  return { type: 'text', left: 8, top: 4, silent: true, style: { text, font: `600 12px "${theme.fontFamily}"`, fill: theme.text } };
}

function axis(theme: PlotTheme, name: string, more: Readonly<Record<string, unknown>>) {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameTextStyle: { color: theme.text, fontSize: 11, fontFamily: theme.fontFamily },
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.axis } },
    axisTick: { show: true, length: 3, lineStyle: { color: theme.axis } },
    axisLabel: { color: theme.mutedText, fontSize: 11, fontFamily: theme.fontFamily, hideOverlap: true },
    splitLine: { show: false },
    silent: true,
    ...more,
  };
}

function base(theme: PlotTheme, title: string) {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: theme.fontFamily, fontSize: 11, color: theme.text },
    graphic: [head(theme, title)],
  };
}

function amplitudeTitle({ inMicrovolts }: IfMerged): string {
  return inMicrovolts ? 'Amplitude (µV)' : 'Stored units';
}

/** One millisecond along channels that lie side by side. */
function scaleBar(theme: PlotTheme, at: { readonly rightPx: number; readonly bottomPx: number; readonly widthPx: number }) {
  return [
    {
      type: 'rect',
      silent: true,
      right: at.rightPx,
      bottom: at.bottomPx,
      shape: { width: at.widthPx, height: 1.5 },
      style: { fill: theme.text },
    },
    {
      type: 'text',
      silent: true,
      right: at.rightPx,
      bottom: 3,
      style: { text: '1 ms', font: `400 11px "${theme.fontFamily}"`, fill: theme.text },
    },
  ];
}

/** A line with its own data; nothing reacts to the pointer. */
function line(data: readonly (readonly [number, number | null])[], style: Readonly<Record<string, unknown>>, more: object = {}) {
  return { type: 'line', data, symbol: 'none', silent: true, connectNulls: false, lineStyle: style, ...more };
}

/** The units' templates and their weighted mean on the strongest common channels, side by side. */
export function templateOption(data: IfMerged, theme: PlotTheme, size: SizePx): ChartOption {
  const { template } = data;
  const unit = amplitudeTitle(data);
  if (!template) return base(theme, 'Merged template');
  const { sampleMs, channels } = template;
  const widthMs = (sampleMs.at(-1) ?? 0) - (sampleMs[0] ?? 0) + gapMs;
  const shown = Math.max(1, Math.min(channels.length, Math.floor(size.width / 52)));
  const rowOf = (rows: readonly Float32Array[]) =>
    rows.slice(0, shown).flatMap((row, place) => {
      const points = Array.from(row, (value, at): [number, number | null] => [
        place * widthMs + (sampleMs[at] ?? 0) - (sampleMs[0] ?? 0),
        value,
      ]);
      return [...points, [(place + 1) * widthMs - gapMs / 2, null] as [number, null]];
    });
  const left = 58;
  const width = size.width - left - 8;
  return {
    ...base(theme, 'Merged template'),
    grid: { left, right: 8, top: headPx + 18, bottom: 22 },
    graphic: [
      head(theme, 'Merged template'),
      ...scaleBar(theme, { rightPx: 8, bottomPx: 18, widthPx: width / (shown * widthMs) }),
      ...channels.slice(0, shown).map((channel, place) => ({
        type: 'text',
        silent: true,
        left: left + (place * width) / shown + 2,
        top: headPx + 2,
        style: { text: `ch ${String(channel)}`, font: `400 11px "${theme.fontFamily}"`, fill: theme.mutedText },
      })),
    ],
    xAxis: axis(theme, '', { min: 0, max: shown * widthMs, show: false }),
    yAxis: axis(theme, unit, { scale: true, splitNumber: 3, nameGap: 38 }),
    series: [
      ...template.units.map((rows, index) =>
        line(rowOf(rows), { color: theme.units[index % theme.units.length], width: 1.25, type: theme.dashes[index % theme.dashes.length] }),
      ),
      line(rowOf(template.merged), { color: theme.text, width: 2, opacity: 0.85 }, { z: 3 }),
    ],
  };
}

/** The merged unit's autocorrelogram as an area, the units' own as lines. */
export function autocorrelogramOption(data: IfMerged, theme: PlotTheme, size: SizePx): ChartOption {
  const { edgesMs, units, merged } = data.autocorrelogram;
  const ticksMs = size.width < 220 ? fewLagTicksMs : lagTicksMs;
  const steps = (counts: Float64Array): [number, number][] =>
    Array.from(counts).flatMap((count, bin): [number, number][] => [
      [edgesMs[bin] ?? 0, count],
      [edgesMs[bin + 1] ?? 0, count],
    ]);
  return {
    ...base(theme, 'Merged ACG'),
    grid: { left: 50, right: 10, top: headPx + 6, bottom: 34 },
    xAxis: {
      ...axis(theme, 'Lag (ms)', { min: edgesMs[0], max: edgesMs.at(-1), nameGap: 20 }),
      axisTick: { show: true, length: 3, lineStyle: { color: theme.axis }, customValues: ticksMs },
      axisLabel: { color: theme.mutedText, fontSize: 11, fontFamily: theme.fontFamily, customValues: ticksMs },
    },
    yAxis: axis(theme, 'Spike pairs', { min: 0, splitNumber: 3, minInterval: 1, nameGap: 34 }),
    series: [
      line(steps(merged), { color: theme.neutral, width: 1 }, { areaStyle: { color: theme.neutral, opacity: 0.35 } }),
      ...units.map((counts, index) => line(steps(counts), { color: theme.units[index % theme.units.length], width: 1 })),
    ],
  };
}

/** Amplitudes of the units along the recording, as the merged unit would have them. */
export function amplitudesOption(data: IfMerged, theme: PlotTheme): ChartOption {
  return {
    ...base(theme, ''),
    graphic: [head(theme, 'Merged amplitudes')],
    grid: { left: 58, right: 12, top: headPx + 6, bottom: 34 },
    xAxis: axis(theme, 'Time (s)', { min: 0, max: data.durationS, nameGap: 20, splitNumber: 4 }),
    yAxis: axis(theme, amplitudeTitle(data), { scale: true, splitNumber: 3, nameGap: 38 }),
    series: (data.amplitudes ?? []).map(({ timeS, amplitude }, index) => ({
      type: 'scatter',
      silent: true,
      symbolSize: 2.5,
      itemStyle: { color: theme.units[index % theme.units.length], opacity: 0.6 },
      data: Array.from(timeS, (time, at) => [time, amplitude[at]]),
    })),
  };
}
