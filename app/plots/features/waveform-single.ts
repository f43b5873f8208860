import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, paintingOrder, panelAt, textAt, tickCount, valueAxis, wordingThatFits } from '../frame.ts';
import { checkGroup, isStored, type PlottedUnit, plottedUnits } from '../group.ts';
import { polyline } from '../lines.ts';
import type { AxisOption, GraphicElement, GridOption, PictureOption, SeriesOption } from '../picture-option.ts';
import { niceRange, niceStep, percentile, sortedFinite } from '../reduce.ts';
import type { PlotTheme } from '../theme.ts';
import { amplitudeTitle, amplitudeUnit, countText, listText, numberText, pictureText, spikesText } from '../wording.ts';

interface Trace {
  /** T values, or `undefined` where the unit is not stored on this channel. */
  readonly mean: Float32Array | undefined;
  readonly std: Float32Array | undefined;
  /** Single spikes, (rows, T). */
  readonly spikes: Float32Array;
  readonly spikeCount: number;
  /** The largest deflection of the mean. */
  readonly deflection: number | undefined;
  readonly deflectionMs: number | undefined;
}

export interface WaveformSingleData {
  readonly units: readonly PlottedUnit[];
  readonly timesMs: Float32Array;
  readonly returnInUv: boolean;
  readonly panels: readonly { readonly channel: string; readonly mainOf: readonly string[]; readonly traces: readonly Trace[] }[];
  /** Main channels that had no room. */
  readonly hiddenPanels: number;
}

const mostPanels = 4;
const rounds = 5;
const gapPx = 22;

export const waveformSingle = definePlot({
  id: 'waveform_single',
  title: 'Waveform on the main channel',
  purpose: 'Do the units have the same shape and the same timing where they are largest?',
  needs: ['templates'],
  sizePx: { width: 640, height: 480 },

  async load(view, group, options): Promise<WaveformSingleData> {
    checkGroup(view, group);
    const templates = await view.extension('templates', options);
    const spikes = await view.spikes(options);
    const mainChannels = await view.mainChannels(options);
    const waveforms = view.has('waveforms') ? await view.extension('waveforms', options) : undefined;
    const { sampleCount, beforeCount } = templates;
    const channelCount = view.channelIds.length;
    const distinct = [...new Set(group.units.map((unit) => mainChannels[unit]))].sort((a, b) => a - b);
    const shown = distinct.slice(0, mostPanels);
    const perUnit = Math.max(10, Math.floor(80 / group.units.length));
    const msPerSample = 1000 / view.samplingFrequencyHz;

    const perUnitWaveforms: { channels: Int32Array; values: Float32Array; rowCount: number }[] = [];
    for (const unit of group.units) {
      throwIfCancelled(options?.signal);
      const usable = waveforms && waveforms.sampleCount === sampleCount && waveforms.beforeCount === beforeCount ? waveforms : undefined;
      const packed = await usable?.ofUnit(unit, { ...options, limit: perUnit });
      perUnitWaveforms.push({
        channels: usable ? usable.channelsOf(unit) : new Int32Array(0),
        values: packed?.values ?? new Float32Array(0),
        rowCount: packed?.rowCount ?? 0,
      });
    }

    const traceOf = (place: number, channel: number): Trace => {
      const unit = group.units[place];
      if (!isStored(view, unit, channel)) {
        return {
          mean: undefined,
          std: undefined,
          spikes: new Float32Array(0),
          spikeCount: 0,
          deflection: undefined,
          deflectionMs: undefined,
        };
      }
      const column = (from: ArrayLike<number>) =>
        Float32Array.from({ length: sampleCount }, (_, t) => from[(unit * sampleCount + t) * channelCount + channel]);
      const mean = column(templates.average);
      const { channels, values, rowCount } = perUnitWaveforms[place];
      const at = channels.indexOf(channel);
      const single = new Float32Array(at < 0 ? 0 : rowCount * sampleCount);
      for (let i = 0; i < single.length; i++) single[i] = values[i * channels.length + at];
      let largest = 0;
      for (let t = 1; t < sampleCount; t++) if (Math.abs(mean[t]) > Math.abs(mean[largest])) largest = t;
      return {
        mean,
        std: single.length === 0 && templates.std ? column(templates.std) : undefined,
        spikes: single,
        spikeCount: at < 0 ? 0 : rowCount,
        deflection: mean[largest],
        deflectionMs: (largest - beforeCount) * msPerSample,
      };
    };

    return {
      units: plottedUnits(group, spikes),
      timesMs: Float32Array.from({ length: sampleCount }, (_, t) => (t - beforeCount) * msPerSample),
      returnInUv: view.summary.returnInUv,
      panels: shown.map((channel) => ({
        channel: pictureText(view.channelIds[channel]),
        mainOf: group.labels.filter((_, i) => mainChannels[group.units[i]] === channel),
        traces: group.units.map((_, place) => traceOf(place, channel)),
      })),
      hiddenPanels: distinct.length - shown.length,
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? waveformSingle.sizePx;
    const theme = fitted(surroundings, size);
    const single = data.panels.length === 1;
    const thin = data.panels.some((panel) => panel.traces.some((trace) => trace.spikeCount > 0));
    const banded = data.panels.some((panel) => panel.traces.some((trace) => trace.std));
    const notes = [
      thin
        ? 'Thick: mean of each unit. Thin: single spikes.'
        : banded
          ? 'Thick: mean of each unit. Thin: mean ± 1 SD.'
          : 'Mean of each unit.',
    ];
    if (single) notes.push(...deflectionNote(data, 0));
    if (data.hiddenPanels > 0) notes.push(`${data.hiddenPanels} more main channels are not shown.`);
    const heading = frame(theme, size, {
      title: single
        ? `${isCompact(size) ? 'Channel' : 'Waveforms on channel'} ${data.panels[0].channel}, the main channel of ${listText(data.panels[0].mainOf)}`
        : isCompact(size)
          ? undefined
          : 'Waveforms on the main channel of each unit',
      notes,
      legend: data.units.map((unit, i) => ({
        text: `${unit.label} · ${spikesText(unit.spikeCount)}`,
        colour: theme.units[i],
        mark: theme.dashes[i],
      })),
    });

    const columns = Math.min(2, data.panels.length);
    const rowCount = Math.ceil(data.panels.length / columns);
    const leftPx = 64;
    const bottomPx = isCompact(size) ? 42 : 50;
    const titlePx = single ? 0 : 20;
    const panelWidth = (size.width - leftPx - 20 - gapPx * (columns - 1)) / columns;
    const panelHeight = (size.height - heading.topPx - bottomPx) / rowCount - titlePx - (rowCount > 1 ? 8 : 0);
    const range = rangeOf(data);
    const y = niceRange(range, tickCount(panelHeight, 36, 6));
    const yTitle = isCompact(size)
      ? wordingThatFits([amplitudeTitle(data.returnInUv), amplitudeUnit(data.returnInUv)], panelHeight, theme.fontSizePx)
      : amplitudeTitle(data.returnInUv);
    const first = data.timesMs[0];
    const last = data.timesMs[data.timesMs.length - 1];
    const graphics: GraphicElement[] = [...heading.graphics];
    const grid: GridOption[] = [];
    const xAxis: AxisOption[] = [];
    const yAxis: AxisOption[] = [];
    const series: SeriesOption[] = [];
    data.panels.forEach((panel, p) => {
      const column = p % columns;
      const row = Math.floor(p / columns);
      const left = leftPx + column * (panelWidth + gapPx);
      const top = heading.topPx + row * (panelHeight + titlePx + 8) + titlePx;
      const lowest = p + columns >= data.panels.length;
      grid.push(panelAt({ left, top, width: panelWidth, height: panelHeight }));
      xAxis.push(
        valueAxis(theme, 'x', {
          title: lowest ? 'Time from spike (ms)' : undefined,
          gridIndex: p,
          min: round(first),
          max: round(last),
          step: niceStep(last - first, tickCount(panelWidth, 55, 7)),
          labels: lowest,
        }),
      );
      yAxis.push(
        valueAxis(theme, 'y', {
          title: column === 0 ? yTitle : undefined,
          gridIndex: p,
          min: y.min,
          max: y.max,
          step: y.step,
          labels: column === 0,
        }),
      );
      if (!single) {
        graphics.push(
          textAt(theme, {
            text: panelTitle(panel, panelWidth, theme.fontSizePx - 1),
            x: left,
            y: top - 18,
            bold: true,
            px: theme.fontSizePx - 1,
          }),
        );
      }
      const absent = data.units.filter((_, i) => !panel.traces[i].mean).map((unit) => unit.label);
      if (absent.length > 0) {
        graphics.push(
          textAt(theme, {
            text: `${listText(absent)} not stored on this channel`,
            x: left + panelWidth - 6,
            y: top + panelHeight - 6,
            px: theme.fontSizePx - 1,
            colour: theme.mutedText,
            align: 'right',
            verticalAlign: 'bottom',
            background: theme.background,
          }),
        );
      }
      series.push(...tracesOf(data, panel.traces, theme, p));
    });
    return { ...heading.base, graphic: graphics, grid, xAxis, yAxis, series };
  },

  describe(data): string {
    const unit = amplitudeUnit(data.returnInUv);
    const panels = data.panels.map((panel, p) => {
      const traces = data.units.map((plotted, i) => {
        const trace = panel.traces[i];
        if (trace.deflection === undefined || trace.deflectionMs === undefined) return `${plotted.label} is not stored on it`;
        return `${plotted.label}: ${numberText(trace.deflection, 1)} ${unit} at ${numberText(trace.deflectionMs, 2)} ms (${countText(trace.spikeCount)} single spikes shown)`;
      });
      const cosine = cosineNote(data, p);
      return `Channel ${panel.channel}, main channel of ${listText(panel.mainOf)}. Largest deflection of the mean: ${traces.join('; ')}.${cosine}`;
    });
    const counts = data.units.map((plotted) => `${plotted.label} ${spikesText(plotted.spikeCount)}`);
    return `Waveforms on the main channel. ${counts.join(', ')}. ${panels.join(' ')}`;
  },
});

/** In as many words as the panel has room for. */
function panelTitle({ channel, mainOf }: WaveformSingleData['panels'][number], roomPx: number, px: number): string {
  return wordingThatFits(
    [`Channel ${channel} (main of ${listText(mainOf)})`, `Ch ${channel} (${mainOf.join(', ')})`, `Ch ${channel}`],
    roomPx,
    px,
  );
}

function deflectionNote(data: WaveformSingleData, panel: number): string[] {
  const unit = amplitudeUnit(data.returnInUv);
  if (data.units.length > 4) return [];
  const parts = data.units.flatMap((plotted, i) => {
    const { deflection, deflectionMs } = data.panels[panel].traces[i];
    return deflection === undefined ? [] : [`${plotted.label} ${numberText(deflection, 0)} ${unit} at ${numberText(deflectionMs, 2)} ms`];
  });
  return [`Largest deflection of the mean: ${parts.join(', ')}.`];
}

function cosineNote(data: WaveformSingleData, panel: number): string {
  const means = data.panels[panel].traces.map((trace) => trace.mean);
  if (data.units.length !== 2 || !means[0] || !means[1]) return '';
  let product = 0;
  let first = 0;
  let second = 0;
  for (let t = 0; t < means[0].length; t++) {
    product += means[0][t] * means[1][t];
    first += means[0][t] ** 2;
    second += means[1][t] ** 2;
  }
  return ` Cosine similarity of the means on this channel, without lag: ${numberText(product / Math.sqrt(first * second), 3)}.`;
}

/** One scale for all panels: every mean, and all but the most extreme of the single spikes. */
function rangeOf(data: WaveformSingleData): { min: number; max: number } {
  let min = 0;
  let max = 0;
  for (const { mean, std, spikes } of data.panels.flatMap((panel) => panel.traces)) {
    for (let t = 0; mean && t < mean.length; t++) {
      min = Math.min(min, mean[t] - (std?.[t] ?? 0));
      max = Math.max(max, mean[t] + (std?.[t] ?? 0));
    }
    const sorted = sortedFinite(spikes);
    min = Math.min(min, percentile(sorted, 0.002) ?? min);
    max = Math.max(max, percentile(sorted, 0.998) ?? max);
  }
  return max > min ? { min, max } : { min: -1, max: 1 };
}

function tracesOf(data: WaveformSingleData, traces: readonly Trace[], theme: PlotTheme, panel: number): SeriesOption[] {
  const { timesMs } = data;
  const labels = data.units.map(({ label }) => label);
  const line = {
    type: 'line',
    xAxisIndex: panel,
    yAxisIndex: panel,
    showSymbol: false,
    silent: true,
    clip: true,
    animation: false,
  } as const;
  const series: SeriesOption[] = [];
  for (const { unit, round: part } of paintingOrder(traces.length, rounds)) {
    const trace = traces[unit];
    const rows: Float32Array[] = [];
    for (let row = part; row < trace.spikeCount; row += rounds) {
      rows.push(trace.spikes.subarray(row * timesMs.length, (row + 1) * timesMs.length));
    }
    if (rows.length === 0) continue;
    series.push({
      ...line,
      ...polyline(timesMs, rows),
      z: 2,
      lineStyle: { color: theme.units[unit], width: 0.8, opacity: theme.name === 'dark' ? 0.45 : 0.35 },
    });
  }
  traces.forEach((trace, unit) => {
    if (!trace.mean || !trace.std) return;
    const { mean, std } = trace;
    series.push({
      ...line,
      ...polyline(timesMs, [mean.map((value, t) => value - std[t]), mean.map((value, t) => value + std[t])]),
      z: 2,
      lineStyle: { color: theme.units[unit], width: 1, opacity: 0.6, type: theme.dashes[unit] },
    });
  });
  for (const trace of traces) {
    if (!trace.mean) continue;
    series.push({ ...line, ...polyline(timesMs, [trace.mean]), z: 3, lineStyle: { color: theme.background, width: 5, opacity: 0.75 } });
  }
  traces.forEach((trace, unit) => {
    if (!trace.mean) return;
    series.push({
      ...line,
      name: labels[unit],
      ...polyline(timesMs, [trace.mean]),
      z: 4,
      lineStyle: { color: theme.units[unit], width: 2.6, type: theme.dashes[unit] },
    });
  });
  return series;
}

function round(ms: number): number {
  return Number(ms.toFixed(4));
}
