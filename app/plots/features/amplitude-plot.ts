import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, paintingOrder, panelAt, textAt, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, type PlottedUnit } from '../group.ts';
import { pointsAt, segments, steps } from '../lines.ts';
import type { GraphicElement, PictureOption, SeriesOption } from '../picture-option.ts';
import { histogram, niceRange, niceStep, onePerCell, percentile, type Range, sortedFinite } from '../reduce.ts';
import { amplitudeTitle, amplitudeUnit, countText, listText, numberText, spikesText } from '../wording.ts';

export interface AmplitudePlotData {
  readonly units: readonly (PlottedUnit & {
    /** Spikes kept for drawing: one per pixel. */
    readonly timesS: Float32Array;
    readonly amplitudes: Float32Array;
    /** Share of the unit's spikes per bin, in percent. */
    readonly sharesPercent: Float32Array;
    readonly outsideCount: number;
    readonly median: number | undefined;
    readonly low: number | undefined;
    readonly high: number | undefined;
    readonly firstS: number | undefined;
    readonly lastS: number | undefined;
  })[];
  readonly returnInUv: boolean;
  readonly durationS: number;
  /** Where one segment ends and the next begins, when they are put end to end. */
  readonly bordersS: readonly number[];
  readonly range: Range;
  readonly binEdges: Float32Array;
}

const binCount = 60;
const rounds = 6;
const columns = 460;
const rows = 260;

export const amplitudePlot = definePlot({
  id: 'amplitude_plot',
  title: 'Amplitudes over time',
  purpose: 'Do amplitudes overlap, or does one unit take over where the other ends?',
  needs: ['spike_amplitudes'],
  sizePx: { width: 720, height: 420 },

  async load(view, group, options): Promise<AmplitudePlotData> {
    checkGroup(view, group);
    const { amplitudes } = await view.extension('spike_amplitudes', options);
    const spikes = await view.spikes(options);
    throwIfCancelled(options?.signal);
    const startsS: number[] = [];
    let durationS = 0;
    for (const count of view.segmentSampleCounts) {
      startsS.push(durationS);
      durationS += count / view.samplingFrequencyHz;
    }
    const loaded = group.units.map((unit) => {
      const own = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
      const timesS = new Float64Array(own.length);
      const values = new Float64Array(own.length);
      for (let i = 0; i < own.length; i++) {
        timesS[i] = startsS[spikes.segmentIndex[own[i]]] + spikes.sampleIndex[own[i]] / view.samplingFrequencyHz;
        values[i] = amplitudes[own[i]];
      }
      return { timesS, values, sorted: sortedFinite(values) };
    });
    const range = rangeOf(loaded.map(({ sorted }) => sorted));
    const binEdges = Float32Array.from({ length: binCount + 1 }, (_, i) => range.min + ((range.max - range.min) * i) / binCount);
    const box = { x: { min: 0, max: durationS }, y: range, columns, rows };
    return {
      units: loaded.map(({ timesS, values, sorted }, i) => {
        const counts = histogram(values, range, binCount);
        const inside = counts.reduce((sum, count) => sum + count, 0);
        const kept = onePerCell(timesS, values, box);
        return {
          label: group.labels[i],
          spikeCount: values.length,
          timesS: Float32Array.from(kept, (at) => timesS[at]),
          amplitudes: Float32Array.from(kept, (at) => values[at]),
          sharesPercent: Float32Array.from(counts, (count) => (values.length > 0 ? (100 * count) / values.length : 0)),
          outsideCount: values.length - inside,
          median: percentile(sorted, 0.5),
          low: percentile(sorted, 0.05),
          high: percentile(sorted, 0.95),
          firstS: timesS[0],
          lastS: timesS[timesS.length - 1],
        };
      }),
      returnInUv: view.summary.returnInUv,
      durationS,
      bordersS: startsS.slice(1),
      range,
      binEdges,
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? amplitudePlot.sizePx;
    const theme = fitted(surroundings, size);
    const bottom = isCompact(size) ? 42 : 50;
    const notes: string[] = [];
    const outside = data.units.filter((unit) => unit.outsideCount > 0);
    notes.push(
      outside.length === 0
        ? 'Every spike lies within the axis.'
        : `Beyond the axis: ${listText(outside.map((unit) => `${countText(unit.outsideCount)} of ${unit.label}`))}.`,
    );
    if (data.bordersS.length > 0) notes.push(`${data.bordersS.length + 1} segments put end to end; dashed lines are their borders.`);
    const heading = frame(theme, size, {
      title: isCompact(size) ? undefined : 'Spike amplitudes over time, and their distribution',
      notes,
      legend: data.units.map((unit, i) => ({
        text: `${unit.label} · ${spikesText(unit.spikeCount)}`,
        colour: theme.units[i],
        mark: theme.dashes[i],
      })),
    });
    const left = 64;
    const gap = 30;
    const right = 18;
    const width = size.width - left - gap - right;
    const grids = [
      panelAt({ left, top: heading.topPx, bottom, width: width * 0.74 }),
      panelAt({ left: left + width * 0.74 + gap, top: heading.topPx, bottom, width: width * 0.26 }),
    ];
    const highest = Math.max(...data.units.map((unit) => Math.max(...unit.sharesPercent)), 0);
    const share = niceRange({ min: 0, max: highest > 0 ? highest : 1 }, tickCount(width * 0.26, 45, 3));
    const { min, max } = data.range;
    const y = { min, max, step: niceStep(max - min, tickCount(size.height - heading.topPx - bottom, 36, 7)) };
    const graphics: GraphicElement[] = [...heading.graphics];
    const empty = data.units.filter((unit) => unit.spikeCount === 0).map((unit) => unit.label);
    if (empty.length > 0) {
      graphics.push(
        textAt(theme, {
          text: `${listText(empty)} without spikes`,
          x: left + 8,
          y: heading.topPx + 8,
          colour: theme.mutedText,
          background: theme.background,
        }),
      );
    }
    const dotPx = Math.max(...data.units.map((unit) => unit.timesS.length)) > 1500 ? 2.2 : 3;
    const line = { type: 'line', showSymbol: false, silent: true } as const;
    return {
      ...heading.base,
      graphic: graphics,
      grid: grids,
      xAxis: [
        valueAxis(theme, 'x', {
          title: 'Time (s)',
          gridIndex: 0,
          min: 0,
          max: data.durationS,
          step: niceStep(data.durationS, tickCount(width * 0.74, 65, 7)),
          gridLines: false,
        }),
        valueAxis(theme, 'x', { title: isCompact(size) ? 'Spikes (%)' : 'Share of spikes (%)', gridIndex: 1, ...share }),
      ],
      yAxis: [
        valueAxis(theme, 'y', { title: amplitudeTitle(data.returnInUv), gridIndex: 0, ...y }),
        valueAxis(theme, 'y', { gridIndex: 1, ...y, labels: false }),
      ],
      series: [
        ...paintingOrder(data.units.length, rounds).flatMap(({ unit, round }): SeriesOption[] => {
          const { timesS, amplitudes } = data.units[unit];
          const chosen: number[] = [];
          for (let i = round; i < timesS.length; i += rounds) chosen.push(i);
          if (chosen.length === 0) return [];
          return [
            {
              type: 'scatter',
              ...pointsAt(timesS, amplitudes, chosen),
              large: true,
              largeThreshold: 0,
              progressive: 0,
              symbol: 'rect',
              symbolSize: dotPx,
              silent: true,
              z: 2,
              itemStyle: { color: theme.units[unit], opacity: 0.6 },
            },
          ];
        }),
        ...(data.bordersS.length > 0
          ? [
              {
                ...line,
                ...segments(data.bordersS.map((at) => [at, data.range.min, at, data.range.max])),
                z: 1,
                lineStyle: { color: theme.axis, width: 1, type: 'dashed' as const },
              },
            ]
          : []),
        ...data.units.map((unit, i) => ({
          ...line,
          ...steps(data.binEdges, unit.sharesPercent, 'y'),
          xAxisIndex: 1,
          yAxisIndex: 1,
          z: 3,
          lineStyle: { color: theme.units[i], width: 1.8, type: theme.dashes[i] },
        })),
      ],
    };
  },

  describe(data): string {
    const unit = amplitudeUnit(data.returnInUv);
    const units = data.units.map((plotted) =>
      plotted.spikeCount === 0
        ? `${plotted.label}: no spikes`
        : `${plotted.label}: ${spikesText(plotted.spikeCount)} from ${numberText(plotted.firstS, 1)} to ${numberText(plotted.lastS, 1)} s, median ${numberText(plotted.median, 1)} ${unit}, 90 % between ${numberText(plotted.low, 1)} and ${numberText(plotted.high, 1)} ${unit}, ${countText(plotted.outsideCount)} beyond the axis`,
    );
    return `Spike amplitudes over ${numberText(data.durationS, 1)} s. ${units.join('; ')}.`;
  },
});

/** The middle 99 % of each unit, with room around; a few collisions don't squash the rest. */
function rangeOf(sorted: readonly Float64Array[]): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const values of sorted) {
    min = Math.min(min, percentile(values, 0.005) ?? min);
    max = Math.max(max, percentile(values, 0.995) ?? max);
  }
  if (!(max >= min)) return niceRange({ min: -1, max: 1 }, 6);
  const room = max > min ? (max - min) * 0.15 : Math.max(1, Math.abs(max) * 0.1);
  return niceRange({ min: min - room, max: max + room }, 6);
}
