import { concatenatedTrain, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, panelAt, textAt, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, type PlottedUnit } from '../group.ts';
import { polyline, segments, steps } from '../lines.ts';
import type { GraphicElement, PictureOption } from '../picture-option.ts';
import { niceRange, niceStep, percentile } from '../reduce.ts';
import { listText, numberText, spikesText } from '../wording.ts';

export interface PresenceData {
  readonly units: readonly (PlottedUnit & {
    /** Spikes per second in each stretch. */
    readonly ratesHz: Float32Array;
    /** Percent of the unit's spikes before each edge (stretches + 1). */
    readonly soFarPercent: Float32Array;
    /** Between these lies the middle 90 % of the unit's spikes. */
    readonly earlyS: number | undefined;
    readonly lateS: number | undefined;
  })[];
  /** Edges of the stretches, segments end to end. */
  readonly edgesS: Float32Array;
  readonly durationS: number;
  readonly bordersS: readonly number[];
  /** Common area of the two distributions over time (0 to 1), `undefined` below 20 spikes of either. */
  readonly overlaps: readonly { readonly first: number; readonly second: number; readonly value: number | undefined }[];
}

const fewestStretches = 12;
const mostStretches = 60;
const spikesPerStretch = 6;

export const presence = definePlot({
  id: 'presence',
  title: 'Firing rate over time',
  purpose: 'Are both units active throughout, or does one take over from the other?',
  needs: [],
  sizePx: { width: 720, height: 480 },

  async load(view, group, options): Promise<PresenceData> {
    checkGroup(view, group);
    const all = await unitTrains(view, options);
    throwIfCancelled(options?.signal);
    const trains = group.units.map((unit) => concatenatedTrain(all, unit));
    const smallest = Math.min(...trains.map((train) => train.length));
    const stretches = Math.min(mostStretches, Math.max(fewestStretches, Math.floor(smallest / spikesPerStretch)));
    const durationS = all.totalSamples / view.samplingFrequencyHz;
    const stretchS = durationS / stretches;
    const bordersS: number[] = [];
    let endS = 0;
    for (const count of view.segmentSampleCounts) {
      endS += count / view.samplingFrequencyHz;
      bordersS.push(endS);
    }
    const overlaps: { first: number; second: number; value: number | undefined }[] = [];
    for (let first = 0; first < trains.length; first++) {
      for (let second = first + 1; second < trains.length; second++) {
        overlaps.push({ first, second, value: overlapOf(trains[first], trains[second], all.totalSamples) });
      }
    }
    return {
      units: trains.map((train, i) => {
        const counts = countsOf(train, stretches, all.totalSamples);
        let sum = 0;
        const soFar = new Float32Array(stretches + 1);
        counts.forEach((count, at) => {
          sum += count;
          soFar[at + 1] = (100 * sum) / Math.max(1, train.length);
        });
        const momentS = (share: number) => {
          const sample = percentile(train, share);
          return sample === undefined ? undefined : sample / view.samplingFrequencyHz;
        };
        return {
          label: group.labels[i],
          spikeCount: train.length,
          ratesHz: Float32Array.from(counts, (count) => (stretchS > 0 ? count / stretchS : 0)),
          soFarPercent: soFar,
          earlyS: momentS(0.05),
          lateS: momentS(0.95),
        };
      }),
      edgesS: Float32Array.from({ length: stretches + 1 }, (_, i) => i * stretchS),
      durationS,
      bordersS: bordersS.slice(0, -1),
      overlaps,
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? presence.sizePx;
    const theme = fitted(surroundings, size);
    const compact = isCompact(size);
    const n = data.units.length;
    const stretchS = data.edgesS[1] - data.edgesS[0];
    const notes = [
      `Above: spikes per second in stretches of ${numberText(stretchS, stretchS < 10 ? 1 : 0)} s. Below: how far through its own spikes each unit is; curves side by side mean the units fire at the same times, one after the other means a hand-over.`,
    ];
    if (n <= 4) notes.push(`Middle 90 % of the spikes: ${listText(data.units.map(middleText))}.`);
    if (n > 1 && n <= 3)
      notes.push(
        `Overlap of their times of firing (1: the same times, 0: never together): ${listText(data.overlaps.map((one) => overlapText(data, one)))}.`,
      );
    if (data.bordersS.length > 0) notes.push(`${data.bordersS.length + 1} segments put end to end; dashed lines are their borders.`);
    const together = n > 1;
    const heading = frame(theme, size, {
      title: compact ? undefined : 'Firing rate over time',
      notes,
      legend: [
        ...data.units.map((unit, i) => ({
          text: `${unit.label} · ${spikesText(unit.spikeCount)}`,
          colour: theme.units[i],
          mark: theme.dashes[i],
        })),
        ...(together ? [{ text: 'all together', colour: theme.neutral, mark: 'solid' as const }] : []),
      ],
    });
    const left = 64;
    const right = 18;
    const bottom = compact ? 42 : 50;
    const gap = 16;
    const width = size.width - left - right;
    const height = size.height - heading.topPx - bottom - gap;
    const ratesHeight = height * 0.56;
    const soFarHeight = height - ratesHeight;
    const sums = data.units.reduce((sum, unit) => sum.map((rate, at) => rate + unit.ratesHz[at]), new Float32Array(data.edgesS.length - 1));
    const highest = sums.reduce((most, rate) => Math.max(most, rate), 0);
    const rates = niceRange({ min: 0, max: highest > 0 ? highest : 1 }, tickCount(ratesHeight, 36, 5));
    const time = { min: 0, max: data.durationS, step: niceStep(data.durationS, tickCount(width, 65, 9)) };
    const line = { type: 'line', showSymbol: false, silent: true } as const;
    const graphics: GraphicElement[] = [...heading.graphics];
    const empty = data.units.filter((unit) => unit.spikeCount === 0).map((unit) => unit.label);
    if (empty.length > 0)
      graphics.push(
        textAt(theme, {
          text: `${listText(empty)} without spikes`,
          x: left + 8,
          y: heading.topPx + 8,
          colour: theme.mutedText,
          background: theme.background,
        }),
      );
    return {
      ...heading.base,
      graphic: graphics,
      grid: [
        panelAt({ left, top: heading.topPx, width, height: ratesHeight }),
        panelAt({ left, top: heading.topPx + ratesHeight + gap, width, height: soFarHeight }),
      ],
      xAxis: [
        valueAxis(theme, 'x', { gridIndex: 0, ...time, labels: false, gridLines: false }),
        valueAxis(theme, 'x', { title: 'Time (s)', gridIndex: 1, ...time, gridLines: false }),
      ],
      yAxis: [
        valueAxis(theme, 'y', { title: compact ? 'Rate (Hz)' : 'Firing rate (Hz)', gridIndex: 0, ...rates }),
        valueAxis(theme, 'y', {
          title: compact ? 'So far (%)' : 'Spikes so far (%)',
          gridIndex: 1,
          min: 0,
          max: 100,
          step: soFarHeight < 90 ? 50 : 25,
        }),
      ],
      series: [
        ...(together
          ? [
              {
                ...line,
                ...steps(data.edgesS, sums),
                z: 2,
                lineStyle: { color: theme.neutral, width: 1 },
                areaStyle: { color: theme.band, opacity: 0.5 },
              },
            ]
          : []),
        ...data.units.map((unit, i) => ({
          ...line,
          name: unit.label,
          ...steps(data.edgesS, unit.ratesHz),
          z: 3,
          lineStyle: { color: theme.units[i], width: 2, type: theme.dashes[i] },
        })),
        ...data.units.map((unit, i) => ({
          ...line,
          name: unit.label,
          ...polyline(data.edgesS, [unit.soFarPercent]),
          xAxisIndex: 1,
          yAxisIndex: 1,
          z: 3,
          lineStyle: { color: theme.units[i], width: 2.2, type: theme.dashes[i] },
        })),
        ...(data.bordersS.length > 0
          ? [
              [rates.max, 0],
              [100, 1],
            ].map(([top, index]) => ({
              ...line,
              ...segments(data.bordersS.map((at) => [at, 0, at, top])),
              xAxisIndex: index,
              yAxisIndex: index,
              z: 1,
              lineStyle: { color: theme.axis, width: 1, type: 'dashed' as const },
            }))
          : []),
      ],
    };
  },

  describe(data): string {
    const units = data.units.map((unit) =>
      unit.spikeCount === 0
        ? `${unit.label}: no spikes`
        : `${unit.label}: ${spikesText(unit.spikeCount)}, ${numberText(data.durationS > 0 ? unit.spikeCount / data.durationS : undefined, 2)} Hz on average, the middle 90 % between ${numberText(unit.earlyS, 1)} and ${numberText(unit.lateS, 1)} s`,
    );
    const overlaps = data.overlaps.slice(0, 10).map((one) => overlapText(data, one));
    return `Firing rate over ${numberText(data.durationS, 1)} s. ${units.join('; ')}.${overlaps.length > 0 ? ` Overlap of their times of firing: ${overlaps.join(', ')}.` : ''}`;
  },
});

function middleText(unit: PresenceData['units'][number]): string {
  return `${unit.label} ${numberText(unit.earlyS, 0)}–${numberText(unit.lateS, 0)} s`;
}

function overlapText(data: PresenceData, { first, second, value }: PresenceData['overlaps'][number]): string {
  return `${data.units[first].label}–${data.units[second].label} ${numberText(value, 2)}`;
}

function countsOf(train: Float64Array, stretches: number, totalSamples: number): Float64Array {
  const counts = new Float64Array(stretches);
  for (const sample of train) counts[Math.min(stretches - 1, Math.floor((sample / totalSamples) * stretches))] += 1;
  return counts;
}

/** As the evidence number `presence_overlap`: 4 to 40 stretches, about ten spikes of the smaller unit in each. */
function overlapOf(first: Float64Array, second: Float64Array, totalSamples: number): number | undefined {
  const smaller = Math.min(first.length, second.length);
  if (smaller < 20) return undefined;
  const stretches = Math.min(40, Math.max(4, Math.floor(smaller / 10)));
  const a = countsOf(first, stretches, totalSamples);
  const b = countsOf(second, stretches, totalSamples);
  return a.reduce((overlap, count, at) => overlap + Math.min(count / first.length, b[at] / second.length), 0);
}
