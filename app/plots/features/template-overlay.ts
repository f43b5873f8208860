import { templateDistance } from '../../analyzer/compute/template-similarity.ts';
import { spikeCountAt } from '../../analyzer/spike-columns.ts';
import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, panelAt, textAt, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, isStored, type PlottedUnit } from '../group.ts';
import { polyline, segments } from '../lines.ts';
import type { AxisOption, GraphicElement, GridOption, PictureOption, SeriesOption } from '../picture-option.ts';
import { niceStep } from '../reduce.ts';
import { amplitudeTitle, amplitudeUnit, listText, numberText, pictureText, spikesText } from '../wording.ts';

export interface TemplateOverlayData {
  readonly units: readonly (PlottedUnit & {
    /** How much later than the reference; 0 for the reference itself. */
    readonly lagMs: number;
    /** Cosine similarity with the reference at that lag, over the channels of both; `undefined` where they share none. */
    readonly similarity: number | undefined;
    /** Largest difference from the reference on the channels shown. */
    readonly largestDifference: number | undefined;
  })[];
  /** Place in the group of the unit that others are aligned to: the one with the most spikes. */
  readonly reference: number;
  readonly returnInUv: boolean;
  readonly timesMs: Float32Array;
  readonly searchMs: number;
  readonly panels: readonly {
    readonly channel: string;
    readonly mainOf: readonly string[];
    /** Aligned means (T), NaN beyond what is stored; `undefined` where the unit is not stored. */
    readonly means: readonly (Float32Array | undefined)[];
    /** Aligned mean minus the reference's. */
    readonly differences: readonly (Float32Array | undefined)[];
  }[];
  readonly hiddenMain: number;
}

const mostPanels = 4;
const usualPanels = 3;
const maxLagMs = 0.3;

export const templateOverlay = definePlot({
  id: 'template_overlay',
  title: 'Aligned templates and their difference',
  purpose: 'Shifted onto each other, do the mean waveforms still differ?',
  needs: ['templates'],
  sizePx: { width: 760, height: 500 },

  async load(view, group, options): Promise<TemplateOverlayData> {
    checkGroup(view, group);
    const templates = await view.extension('templates', options);
    const spikes = await view.spikes(options);
    const mainChannels = await view.mainChannels(options);
    throwIfCancelled(options?.signal);
    const { average, sampleCount, beforeCount } = templates;
    const channelCount = view.channelIds.length;
    const array = { average, sampleCount, channelCount, unitCount: view.unitIds.length, sparsity: view.sparsity };
    const counts = group.units.map((unit) => spikeCountAt(spikes, unit));
    const reference = group.units
      .map((_, place) => place)
      .reduce((best, place) =>
        counts[place] > counts[best] || (counts[place] === counts[best] && group.units[place] < group.units[best]) ? place : best,
      );
    const shiftCount = Math.min(Math.trunc((maxLagMs * view.samplingFrequencyHz) / 1000), Math.floor(sampleCount / 4));
    const found = group.units.map((unit) =>
      unit === group.units[reference]
        ? { distance: 0, shift: 0 }
        : templateDistance(array, group.units[reference], unit, { method: 'cosine', support: 'union', shiftCount }, 'both'),
    );
    const valueAt = (unit: number, t: number, channel: number) => average[(unit * sampleCount + t) * channelCount + channel];
    const reachOf = (unit: number, channel: number) => {
      let largest = 0;
      for (let t = 0; t < sampleCount; t++) largest = Math.max(largest, Math.abs(valueAt(unit, t, channel)));
      return largest;
    };
    const main = [...new Set(group.units.map((unit) => mainChannels[unit]))].sort((a, b) => a - b);
    const common = Array.from({ length: channelCount }, (_, channel) => channel)
      .filter((channel) => !main.includes(channel) && group.units.every((unit) => isStored(view, unit, channel)))
      .map((channel) => ({ channel, reach: group.units.reduce((sum, unit) => sum + reachOf(unit, channel), 0) }))
      .sort((a, b) => b.reach - a.reach || a.channel - b.channel);
    const shown = [...main.slice(0, mostPanels), ...common.map(({ channel }) => channel)]
      .slice(0, Math.max(usualPanels, Math.min(mostPanels, main.length)))
      .sort((a, b) => a - b);
    const panels = shown.map((channel) => {
      const means = group.units.map((unit, place) =>
        isStored(view, unit, channel)
          ? Float32Array.from({ length: sampleCount }, (_, t) => {
              const from = t + found[place].shift;
              return from >= 0 && from < sampleCount ? valueAt(unit, from, channel) : Number.NaN;
            })
          : undefined,
      );
      const base = means[reference];
      return {
        channel: pictureText(view.channelIds[channel]),
        mainOf: group.labels.filter((_, place) => mainChannels[group.units[place]] === channel),
        means,
        differences: means.map((mean, place) =>
          mean && base && place !== reference ? mean.map((value, t) => value - base[t]) : undefined,
        ),
      };
    });
    return {
      units: group.units.map((_, place) => {
        const differences = panels.flatMap(({ differences }) => differences[place] ?? []);
        const values = differences.flatMap((row) => [...row].filter((value) => Number.isFinite(value)));
        const { distance, shift } = found[place];
        return {
          label: group.labels[place],
          spikeCount: counts[place],
          lagMs: (shift * 1000) / view.samplingFrequencyHz,
          similarity: distance < 1 ? 1 - distance : undefined,
          largestDifference:
            values.length > 0 ? values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0) : undefined,
        };
      }),
      reference,
      returnInUv: view.summary.returnInUv,
      timesMs: Float32Array.from({ length: sampleCount }, (_, t) => ((t - beforeCount) * 1000) / view.samplingFrequencyHz),
      searchMs: (shiftCount * 1000) / view.samplingFrequencyHz,
      panels,
      hiddenMain: Math.max(0, main.length - mostPanels),
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? templateOverlay.sizePx;
    const theme = fitted(surroundings, size);
    const compact = isCompact(size);
    const unit = amplitudeUnit(data.returnInUv);
    const base = data.units[data.reference].label;
    const notes: string[] = [];
    if (data.units.length > 1) {
      notes.push(
        `Each mean is shifted by up to ±${numberText(data.searchMs, 2)} ms to lie best over ${base}, the unit with the most spikes. Below: what is left, minus ${base}, on the same scale.`,
      );
      if (data.units.length <= 4) notes.push(`${comparisons(data, unit).join('; ')}.`);
    }
    if (data.hiddenMain > 0) notes.push(`${data.hiddenMain} more main channels are not shown.`);
    const heading = frame(theme, size, {
      title: compact ? undefined : data.units.length > 1 ? 'Mean waveforms at the best lag, and their difference' : 'Mean waveform',
      notes,
      legend: data.units.map((plotted, i) => ({
        text: `${plotted.label} · ${spikesText(plotted.spikeCount)}${data.units.length > 4 && i !== data.reference ? ` · ${numberText(plotted.lagMs, 2)} ms` : ''}`,
        colour: theme.units[i],
        mark: theme.dashes[i],
      })),
    });
    const left = 62;
    const gap = compact ? 8 : 14;
    const bottom = compact ? 42 : 50;
    const titlePx = compact ? 14 : 20;
    // The lowest label of one row and the highest of the next lie on these lines: they need a letter's height.
    const betweenPx = compact ? 16 : 12;
    const columns = data.panels.length;
    const width = (size.width - left - 18 - gap * (columns - 1)) / columns;
    const top = heading.topPx + titlePx;
    const compared = data.panels.some(({ differences }) => differences.some((row) => row));
    const height = size.height - top - bottom - (compared ? betweenPx : 0);
    const means = extent(data.panels.flatMap((panel) => panel.means));
    const differences = extent(data.panels.flatMap((panel) => panel.differences));
    const step = niceStep(means.max - means.min + (compared ? differences.max - differences.min : 0), tickCount(height, 32, 9));
    const upper = wholeSteps(means, step);
    const lower = wholeSteps(differences, step);
    const perUnit = height / (upper.max - upper.min + (compared ? lower.max - lower.min : 0));
    const upperPx = (upper.max - upper.min) * perUnit;
    const lowerPx = (lower.max - lower.min) * perUnit;
    const first = round(data.timesMs[0]);
    const last = round(data.timesMs[data.timesMs.length - 1]);
    const graphics: GraphicElement[] = [...heading.graphics];
    const grid: GridOption[] = [];
    const xAxis: AxisOption[] = [];
    const yAxis: AxisOption[] = [];
    const series: SeriesOption[] = [];
    data.panels.forEach((panel, p) => {
      const x = left + p * (width + gap);
      graphics.push(
        textAt(theme, {
          text: `${compact ? 'Ch' : 'Channel'} ${panel.channel}${panel.mainOf.length > 0 && columns <= (compact ? 1 : 3) ? ` (main of ${listText(panel.mainOf)})` : ''}`,
          x,
          y: top - titlePx + 2,
          bold: true,
          px: theme.fontSizePx - 1,
        }),
      );
      const absent = data.units.filter((_, i) => !panel.means[i]).map((plotted) => plotted.label);
      if (absent.length > 0)
        graphics.push(
          textAt(theme, {
            text: `${listText(absent)} not stored here`,
            x: x + width - 6,
            y: top + upperPx - 6,
            px: theme.fontSizePx - 2,
            colour: theme.mutedText,
            align: 'right',
            verticalAlign: 'bottom',
            background: theme.background,
          }),
        );
      const rows = compared ? ([0, 1] as const) : ([0] as const);
      for (const row of rows) {
        const gridIndex = grid.length;
        const lowest = row === rows.length - 1;
        const range = row === 0 ? upper : lower;
        grid.push(panelAt({ left: x, width, top: row === 0 ? top : top + upperPx + betweenPx, height: row === 0 ? upperPx : lowerPx }));
        xAxis.push(
          valueAxis(theme, 'x', {
            title: lowest ? (columns > 2 || compact ? 'Time (ms)' : 'Time from spike (ms)') : undefined,
            gridIndex,
            min: first,
            max: last,
            step: niceStep(last - first, tickCount(width, 50, 7)),
            labels: lowest,
          }),
        );
        yAxis.push(
          valueAxis(theme, 'y', {
            title: p > 0 || (row === 1 && lowerPx < 70) ? undefined : row === 0 ? amplitudeTitle(data.returnInUv) : `Rest (${unit})`,
            gridIndex,
            ...range,
            step,
            labels: p === 0,
          }),
        );
        const line = { type: 'line', xAxisIndex: gridIndex, yAxisIndex: gridIndex, showSymbol: false, silent: true } as const;
        if (row === 1) series.push({ ...line, ...segments([[first, 0, last, 0]]), z: 1, lineStyle: { color: theme.axis, width: 1 } });
        (row === 0 ? panel.means : panel.differences).forEach((values, i) => {
          if (!values) return;
          series.push({
            ...line,
            name: data.units[i].label,
            ...polyline(data.timesMs, [values]),
            z: 3,
            lineStyle: { color: theme.units[i], width: 2.2, type: theme.dashes[i] },
          });
        });
      }
    });
    return { ...heading.base, graphic: graphics, grid, xAxis, yAxis, series };
  },

  describe(data): string {
    const unit = amplitudeUnit(data.returnInUv);
    const counts = data.units.map((plotted) => `${plotted.label} ${spikesText(plotted.spikeCount)}`).join(', ');
    const channels = listText(data.panels.map(({ channel }) => channel));
    const compared = comparisons(data, unit);
    return `Mean waveforms at the best lag on channels ${channels}. ${counts}.${compared.length > 0 ? ` ${compared.join('; ')}.` : ''}`;
  },
});

function comparisons(data: TemplateOverlayData, unit: string): string[] {
  const base = data.units[data.reference].label;
  return data.units.flatMap((plotted, i) => {
    if (i === data.reference) return [];
    if (plotted.similarity === undefined) return [`${plotted.label} and ${base} share no channel`];
    const lag =
      plotted.lagMs === 0
        ? `${plotted.label} has no lag to ${base}`
        : `${plotted.label} lags ${numberText(Math.abs(plotted.lagMs), 2)} ms ${plotted.lagMs > 0 ? 'behind' : 'ahead of'} ${base}`;
    const largest =
      plotted.largestDifference === undefined ? '' : `, largest difference ${numberText(plotted.largestDifference, 1)} ${unit}`;
    return [`${lag}, cosine similarity ${numberText(plotted.similarity, 3)}${largest}`];
  });
}

function extent(rows: readonly (Float32Array | undefined)[]): { min: number; max: number } {
  let min = 0;
  let max = 0;
  for (const row of rows) {
    for (const value of row ?? []) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { min, max };
}

/** Whole steps around the range, and one at least on either side of zero. */
function wholeSteps({ min, max }: { min: number; max: number }, step: number): { min: number; max: number } {
  return {
    min: Number((Math.min(-1, Math.floor(min / step)) * step).toPrecision(12)),
    max: Number((Math.max(1, Math.ceil(max / step)) * step).toPrecision(12)),
  };
}

function round(ms: number): number {
  return Number(ms.toFixed(4));
}
