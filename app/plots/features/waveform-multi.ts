import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, panelAt, textAt, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, isStored, type PlottedUnit, plottedUnits } from '../group.ts';
import { polyline, type SeriesPoints, segments } from '../lines.ts';
import type { GraphicElement, PictureOption, SeriesOption } from '../picture-option.ts';
import { niceStep } from '../reduce.ts';
import { amplitudeUnit, countText, listText, numberText, pictureText, spikesText } from '../wording.ts';

export interface WaveformMultiData {
  readonly units: readonly (PlottedUnit & { readonly mainChannel: string })[];
  readonly returnInUv: boolean;
  readonly durationMs: number;
  readonly sampleCount: number;
  /** False where the analyzer has no probe: channels then stand in a column, in their stored order. */
  readonly hasPositions: boolean;
  readonly channels: readonly {
    readonly name: string;
    readonly xUm: number;
    readonly yUm: number;
    /** Mean per unit (T), `undefined` where the unit is not stored on this channel. */
    readonly means: readonly (Float32Array | undefined)[];
  }[];
  readonly hiddenChannels: number;
}

const mostChannels = 12;

export const waveformMulti = definePlot({
  id: 'waveform_multi',
  title: 'Waveforms on the probe',
  purpose: 'Do the units have the same footprint over neighbouring channels?',
  needs: ['templates'],
  sizePx: { width: 640, height: 640 },

  async load(view, group, options): Promise<WaveformMultiData> {
    checkGroup(view, group);
    const templates = await view.extension('templates', options);
    const spikes = await view.spikes(options);
    const mainChannels = await view.mainChannels(options);
    const { sampleCount, average } = templates;
    const channelCount = view.channelIds.length;
    throwIfCancelled(options?.signal);

    const reach = new Float64Array(channelCount);
    for (const unit of group.units) {
      for (let channel = 0; channel < channelCount; channel++) {
        if (!isStored(view, unit, channel)) continue;
        let min = Number.POSITIVE_INFINITY;
        let max = Number.NEGATIVE_INFINITY;
        for (let t = 0; t < sampleCount; t++) {
          const value = average[(unit * sampleCount + t) * channelCount + channel];
          if (value < min) min = value;
          if (value > max) max = value;
        }
        if (max - min > reach[channel]) reach[channel] = max - min;
      }
    }
    const main = new Set(group.units.map((unit) => mainChannels[unit]));
    const stored = Array.from({ length: channelCount }, (_, channel) => channel).filter((channel) =>
      group.units.some((unit) => isStored(view, unit, channel)),
    );
    const chosen = stored
      .slice()
      .sort((a, b) => Number(main.has(b)) - Number(main.has(a)) || reach[b] - reach[a] || a - b)
      .slice(0, mostChannels)
      .sort((a, b) => a - b);
    const positions = view.channelPositionsUm;
    const hasPositions = positions.length === channelCount * 2;
    return {
      units: plottedUnits(group, spikes).map((plotted, i) => ({
        ...plotted,
        mainChannel: pictureText(view.channelIds[mainChannels[group.units[i]]]),
      })),
      returnInUv: view.summary.returnInUv,
      durationMs: (sampleCount * 1000) / view.samplingFrequencyHz,
      sampleCount,
      hasPositions,
      channels: chosen.map((channel, place) => ({
        name: pictureText(view.channelIds[channel]),
        xUm: hasPositions ? positions[channel * 2] : 0,
        yUm: hasPositions ? positions[channel * 2 + 1] : place,
        means: group.units.map((unit) =>
          isStored(view, unit, channel)
            ? Float32Array.from({ length: sampleCount }, (_, t) => average[(unit * sampleCount + t) * channelCount + channel])
            : undefined,
        ),
      })),
      hiddenChannels: stored.length - chosen.length,
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? waveformMulti.sizePx;
    const theme = fitted(surroundings, size);
    const compact = isCompact(size);
    const unit = amplitudeUnit(data.returnInUv);
    const layout = layoutOf(data);
    const notes = [
      `Mean waveform of each unit, drawn at its channel with one scale for all: bars ${numberText(layout.barMs, layout.barMs < 1 ? 1 : 0)} ms and ${countText(layout.barAmplitude)} ${unit}. Grey numbers are channel names.`,
    ];
    const partly = data.channels.some((channel) => channel.means.some((mean) => !mean));
    const shown = `${data.channels.length} ${data.channels.length === 1 ? 'channel' : 'channels'}`;
    if (data.hiddenChannels > 0) notes.push(`The ${shown} with the largest means are shown, ${data.hiddenChannels} smaller are not.`);
    if (partly) notes.push('A unit without a line at a channel is not stored there.');
    const heading = frame(theme, size, {
      title: compact ? undefined : 'Mean waveforms on the probe',
      notes,
      legend: data.units.map((plotted, i) => ({
        text: `${plotted.label} · ${spikesText(plotted.spikeCount)}${compact ? '' : ` · main channel ${plotted.mainChannel}`}`,
        colour: theme.units[i],
        mark: theme.dashes[i],
      })),
    });
    const place = { left: 66, right: 20, top: heading.topPx, bottom: compact ? 42 : 52 };
    const widthPx = size.width - place.left - place.right;
    const heightPx = size.height - place.top - place.bottom;
    const { minX, maxX, minY, maxY } = layout;
    const graphics: GraphicElement[] = [...heading.graphics];
    for (const channel of data.channels) {
      graphics.push(
        textAt(theme, {
          text: channel.name,
          x: place.left + ((channel.xUm - layout.traceUm / 2 - minX) / (maxX - minX)) * widthPx,
          y: place.top + ((maxY - channel.yUm) / (maxY - minY)) * heightPx - 3,
          px: theme.fontSizePx - 2,
          colour: theme.mutedText,
          verticalAlign: 'bottom',
        }),
      );
    }
    const barX = maxX - layout.traceUm * 0.12;
    const barY = minY + ((theme.fontSizePx + 8) / heightPx) * (maxY - minY);
    const barWidth = (layout.barMs / data.durationMs) * layout.traceUm;
    const barHeight = layout.barAmplitude * layout.umPerUnit;
    const toPx = (x: number, y: number) => ({
      x: place.left + ((x - minX) / (maxX - minX)) * widthPx,
      y: place.top + ((maxY - y) / (maxY - minY)) * heightPx,
    });
    const middle = toPx(barX - barWidth / 2, barY);
    graphics.push(
      textAt(theme, {
        text: `${numberText(layout.barMs, layout.barMs < 1 ? 1 : 0)} ms`,
        x: middle.x,
        y: middle.y + 4,
        px: theme.fontSizePx - 2,
        align: 'center',
      }),
    );
    const side = toPx(barX, barY + barHeight / 2);
    graphics.push(
      textAt(theme, {
        text: `${countText(layout.barAmplitude)} ${unit}`,
        x: side.x - barWidth * (widthPx / (maxX - minX)) - 6,
        y: side.y,
        px: theme.fontSizePx - 2,
        align: 'right',
        verticalAlign: 'middle',
        background: theme.background,
      }),
    );
    const line = { type: 'line', showSymbol: false, silent: true, clip: false } as const;
    const series: SeriesOption[] = [
      {
        ...line,
        ...segments(data.channels.map(({ xUm, yUm }) => [xUm - layout.traceUm / 2, yUm, xUm + layout.traceUm / 2, yUm])),
        z: 1,
        lineStyle: { color: theme.grid, width: 1 },
      },
      ...data.units.map((_, i) => ({
        ...line,
        ...tracesOf(data, i, layout),
        z: 3,
        lineStyle: { color: theme.units[i], width: 1.8, type: theme.dashes[i], opacity: 0.95 },
      })),
      {
        ...line,
        ...polyline([barX - barWidth, barX - barWidth, barX], [[barY + barHeight, barY, barY]]),
        z: 4,
        lineStyle: { color: theme.text, width: 1.5 },
      },
    ];
    const axis = { gridIndex: 0, gridLines: false };
    return {
      ...heading.base,
      graphic: graphics,
      grid: panelAt(place),
      xAxis: valueAxis(theme, 'x', {
        ...axis,
        title: data.hasPositions
          ? compact
            ? 'Across probe (µm)'
            : 'Position across the probe (µm)'
          : 'The analyzer has no probe: channels in stored order',
        min: minX,
        max: maxX,
        step: niceStep(maxX - minX, tickCount(widthPx, 60, 6)),
        labels: data.hasPositions,
      }),
      yAxis: valueAxis(theme, 'y', {
        ...axis,
        title: data.hasPositions ? (compact ? 'Along probe (µm)' : 'Position along the probe (µm)') : 'Channel',
        min: minY,
        max: maxY,
        step: niceStep(maxY - minY, tickCount(heightPx, 40, 6)),
        labels: data.hasPositions,
        ...(data.hasPositions ? {} : { titleGapPx: 14 }),
      }),
      series,
    };
  },

  describe(data): string {
    const unit = amplitudeUnit(data.returnInUv);
    const units = data.units.map((plotted, i) => {
      const heights = data.channels
        .flatMap((channel) => {
          const mean = channel.means[i];
          return mean ? [{ name: channel.name, height: peakToPeak(mean) }] : [];
        })
        .sort((a, b) => b.height - a.height)
        .slice(0, 4)
        .map(({ name, height }) => `${numberText(height, 0)} ${unit} on ${name}`);
      return `${plotted.label} (${spikesText(plotted.spikeCount)}, main channel ${plotted.mainChannel}): ${heights.length > 0 ? listText(heights) : 'not stored on any of them'}${notStored(data, i) > 0 ? ` (not stored on ${notStored(data, i)} of them)` : ''}`;
    });
    return `Mean waveforms on ${data.channels.length} channels of the probe, largest peak-to-peak amplitudes. ${units.join('; ')}.`;
  },
});

function notStored(data: WaveformMultiData, unit: number): number {
  return data.channels.filter((channel) => !channel.means[unit]).length;
}

function peakToPeak(mean: Float32Array): number {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of mean) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return max - min;
}

interface Layout {
  /** Width of one trace and height of one unit of amplitude, in µm of the probe. */
  readonly traceUm: number;
  readonly umPerUnit: number;
  readonly barMs: number;
  readonly barAmplitude: number;
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

function layoutOf(data: WaveformMultiData): Layout {
  const { channels } = data;
  const xs = channels.map((channel) => channel.xUm);
  const ys = channels.map((channel) => channel.yUm);
  const columnUm = smallestGap(xs) ?? (data.hasPositions ? 40 : 1);
  const traceUm = columnUm * 0.88;
  const rowUm =
    smallestGap(ys.filter((_, i) => xs.some((x, j) => j !== i && Math.abs(x - xs[i]) < traceUm))) ?? (data.hasPositions ? 40 : 1);
  let tallest = 0;
  for (const { means } of channels) for (const mean of means) if (mean) tallest = Math.max(tallest, peakToPeak(mean));
  const umPerUnit = (rowUm * 2) / (tallest > 0 ? tallest : 1);
  let minY = Math.min(...ys) - rowUm * 0.6;
  let maxY = Math.max(...ys) + rowUm * 0.6;
  for (const { means, yUm } of channels) {
    for (const mean of means) {
      if (!mean) continue;
      for (const value of mean) {
        minY = Math.min(minY, yUm + value * umPerUnit);
        maxY = Math.max(maxY, yUm + value * umPerUnit);
      }
    }
  }
  return {
    traceUm,
    umPerUnit,
    barMs: niceStep(data.durationMs, 4),
    barAmplitude: niceStep(tallest > 0 ? tallest : 1, 3),
    minX: Math.min(...xs) - columnUm * 0.6,
    maxX: Math.max(...xs) + columnUm * 0.6,
    minY: minY - rowUm * 0.7,
    maxY: maxY + rowUm * 0.15,
  };
}

/** Smallest distance over 1 µm (1 channel where there is no probe) between two of the values. */
function smallestGap(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  let smallest: number | undefined;
  for (let i = 1; i < sorted.length; i++) {
    const gap = sorted[i] - sorted[i - 1];
    if (gap >= 1 && !(gap >= (smallest ?? Number.POSITIVE_INFINITY))) smallest = gap;
  }
  return smallest;
}

function tracesOf(data: WaveformMultiData, unit: number, layout: Layout): SeriesPoints {
  const lines = data.channels.flatMap(({ xUm, yUm, means }) => {
    const mean = means[unit];
    return mean ? [{ xUm, yUm, mean }] : [];
  });
  const perRow = data.sampleCount + 1;
  const points = new Float32Array(Math.max(0, lines.length * perRow - 1) * 2).fill(Number.NaN);
  const stepUm = layout.traceUm / Math.max(1, data.sampleCount - 1);
  lines.forEach(({ xUm, yUm, mean }, index) => {
    for (let t = 0; t < mean.length; t++) {
      points[(index * perRow + t) * 2] = xUm - layout.traceUm / 2 + t * stepUm;
      points[(index * perRow + t) * 2 + 1] = yUm + mean[t] * layout.umPerUnit;
    }
  });
  return { data: points, dimensions: ['x', 'y'] };
}
