import { correlogramBins, correlogramOfPair } from '../../analyzer/compute/correlograms.ts';
import { mergedRefractoriness, mergedTrain, type UnitRefractoriness, unitRefractoriness } from '../../analyzer/compute/refractory.ts';
import { trainOf, type UnitTrains, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, panelAt, textAt, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, type PlottedUnit } from '../group.ts';
import { segments, steps } from '../lines.ts';
import type { AxisOption, GraphicElement, GridOption, PictureOption, SeriesOption } from '../picture-option.ts';
import { histogram, niceRange, niceStep } from '../reduce.ts';
import type { PlotTheme } from '../theme.ts';
import { countText, listText, numberText, spikesText } from '../wording.ts';

interface Train {
  /** Intervals per bin, in percent of all intervals of the train. */
  readonly isiPercent: Float32Array;
  /** Spikes per second at each lag from a spike. */
  readonly acgHz: Float32Array;
  readonly violations: number;
  /** 0 to 1; `undefined` below two spikes. */
  readonly contamination: number | undefined;
}

export interface IsiMergedData {
  readonly units: readonly (PlottedUnit & Train)[];
  readonly merged: Train & { readonly spikeCount: number };
  /** What the joined autocorrelogram would be without duplicates, did the units fire without regard for each other. */
  readonly independentHz: Float32Array;
  /** Violations that joining would add by chance, did the units fire without regard for each other. */
  readonly addedByChance: number;
  /** Spikes left out of the joined train since they lie within the duplicate window of another unit's. */
  readonly duplicates: number;
  readonly duplicatesByChance: number;
  readonly isiEdgesMs: Float64Array;
  readonly acgEdgesMs: Float64Array;
  readonly refractoryMs: number;
  readonly duplicateMs: number;
}

/** SpikeInterface's own for `rp_contamination`, so that these numbers are those of the evidence. */
const params = { refractoryPeriodMs: 1, censoredPeriodMs: 0.3 };
const reachMs = 30;
/** Rates drift: chance is counted within stretches of this length. */
const stretchS = 5;

export const isiMerged = definePlot({
  id: 'isi_merged',
  title: 'Intervals before and after merging',
  purpose: 'Would the joined unit still keep a refractory period?',
  needs: [],
  sizePx: { width: 760, height: 580 },

  async load(view, group, options): Promise<IsiMergedData> {
    checkGroup(view, group);
    const all = await unitTrains(view, options);
    const fs = view.samplingFrequencyHz;
    const bins = correlogramBins(2 * reachMs, group.units.length > 4 ? 1 : 0.5, fs);
    const binS = bins.binSamples / fs;
    const isiBinCount = bins.binCount / 2;
    const isiReach = bins.windowSamples;
    const trainFrom = (trains: UnitTrains, unit: number, facts: UnitRefractoriness): Train => {
      const counts = new Float32Array(isiBinCount);
      let intervals = 0;
      for (let segment = 0; segment < trains.segmentCount; segment++) {
        const own = trainOf(trains, unit, segment);
        const gaps = new Float64Array(Math.max(0, own.length - 1));
        for (let i = 1; i < own.length; i++) gaps[i - 1] = own[i] - own[i - 1];
        intervals += gaps.length;
        histogram(gaps, { min: 0, max: isiReach }, isiBinCount).forEach((count, bin) => {
          counts[bin] += count;
        });
      }
      return {
        isiPercent: counts.map((count) => (100 * count) / Math.max(1, intervals)),
        acgHz: Float32Array.from(correlogramOfPair(trains, unit, unit, bins), (count) => count / (Math.max(1, facts.spikeCount) * binS)),
        violations: facts.violations,
        contamination: Number.isNaN(facts.contamination) ? undefined : facts.contamination,
      };
    };
    const units: (PlottedUnit & Train)[] = [];
    for (const [i, unit] of group.units.entries()) {
      throwIfCancelled(options?.signal);
      const facts = unitRefractoriness(all, unit, params, fs);
      units.push({ label: group.labels[i], spikeCount: facts.spikeCount, ...trainFrom(all, unit, facts) });
    }
    // Ties between trains are kept in their order, which must not be the group's.
    const ordered = [...group.units].sort((a, b) => a - b);
    const duplicateSamples = Math.trunc((params.censoredPeriodMs / 1000) * fs);
    const joined = joinedTrains(all, ordered, duplicateSamples);
    const facts = mergedRefractoriness(all, ordered, params, fs);
    throwIfCancelled(options?.signal);
    const perSample = coactivity(all, ordered, stretchS * fs);
    const reach = Math.round(params.refractoryPeriodMs * fs * 1e-3);
    const total = units.reduce((sum, unit) => sum + unit.spikeCount, 0);
    // Either order of two units adds its chance level to each lag but those of duplicates; the joined rate is per joined spike.
    const chanceHz = Float64Array.from({ length: bins.binCount }, (_, bin) => {
      let lags = 0;
      for (let lag = bin * bins.binSamples - bins.windowSamples, k = 0; k < bins.binSamples; k++)
        if (Math.abs(lag + k) > duplicateSamples) lags++;
      return (2 * perSample * lags) / (Math.max(1, total) * binS);
    });
    return {
      units,
      merged: { spikeCount: facts.spikeCount, ...trainFrom(joined, 0, facts) },
      independentHz: Float32Array.from({ length: bins.binCount }, (_, bin) =>
        units.reduce((sum, unit) => sum + (unit.acgHz[bin] * unit.spikeCount) / Math.max(1, total), chanceHz[bin]),
      ),
      addedByChance: perSample * 2 * (reach - duplicateSamples),
      duplicatesByChance: perSample * (2 * duplicateSamples + 1),
      duplicates: total - facts.spikeCount,
      isiEdgesMs: bins.edgesMs.slice(isiBinCount),
      acgEdgesMs: bins.edgesMs,
      refractoryMs: params.refractoryPeriodMs,
      duplicateMs: params.censoredPeriodMs,
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? isiMerged.sizePx;
    const theme = fitted(surroundings, size);
    const compact = isCompact(size);
    const alone = data.units.length === 1;
    const band = `${numberText(data.refractoryMs, 1)} ms`;
    const trains = [...data.units.map((unit) => ({ name: unit.label, ...unit })), ...(alone ? [] : [{ name: 'joined', ...data.merged }])];
    const named = data.units.length > 4 ? trains.slice(-1) : trains;
    const notes = [
      `Spike pairs within ${band} (grey band): ${listText(named.map((train) => `${train.name} ${countText(train.violations)}`))}. Estimated contamination: ${listText(named.map((train) => `${train.name} ${contaminationText(train.contamination)}`))}.`,
    ];
    if (!alone) {
      notes.push(
        `Joining adds ${countText(addedBy(data))} such pairs; two cells firing without regard for each other would add ${chanceText(data.addedByChance)}. ${countText(data.duplicates)} duplicates within ${numberText(data.duplicateMs, 1)} ms (by chance ${chanceText(data.duplicatesByChance)}) are left out.`,
      );
    }
    const heading = frame(theme, size, {
      title: compact ? undefined : alone ? 'Intervals and autocorrelogram' : 'Intervals and autocorrelograms before and after merging',
      notes,
      legend: [
        ...data.units.map((unit, i) => ({
          text: `${unit.label} · ${spikesText(unit.spikeCount)}`,
          colour: theme.units[i],
          mark: theme.dashes[i],
        })),
        ...(alone
          ? []
          : [
              { text: `joined · ${spikesText(data.merged.spikeCount)}`, colour: theme.text, mark: 'solid' as const },
              { text: compact ? 'two cells' : 'joined, were they independent cells', colour: theme.neutral, mark: 'dashed' as const },
            ]),
      ],
    });
    const left = 62;
    const gap = 62;
    const bottom = compact ? 42 : 50;
    const rowCount = alone ? 1 : 2;
    const titlePx = compact ? 16 : 22;
    const width = (size.width - left - gap - 18) / 2;
    const height = (size.height - heading.topPx - bottom) / rowCount - titlePx;
    const isiTop = highest([...data.units.map((unit) => unit.isiPercent), data.merged.isiPercent]);
    const acgTop = highest([...data.units.map((unit) => unit.acgHz), data.merged.acgHz, data.independentHz]);
    const ticks = tickCount(height, 36, 5);
    const isi = niceRange({ min: 0, max: isiTop > 0 ? isiTop : 1 }, ticks);
    const acg = niceRange({ min: 0, max: acgTop > 0 ? acgTop : 1 }, ticks);
    const graphics: GraphicElement[] = [...heading.graphics];
    const grid: GridOption[] = [];
    const xAxis: AxisOption[] = [];
    const yAxis: AxisOption[] = [];
    const series: SeriesOption[] = [];
    for (let row = 0; row < rowCount; row++) {
      const top = heading.topPx + row * (height + titlePx) + titlePx;
      const lowest = row === rowCount - 1;
      if (!compact && !alone) {
        const text = row === 0 ? 'Before: each unit alone' : 'After: joined into one';
        graphics.push(textAt(theme, { text, x: left, y: top - 18, bold: true, px: theme.fontSizePx - 1 }));
      }
      for (const column of [0, 1]) {
        const gridIndex = row * 2 + column;
        const edges = column === 0 ? data.isiEdgesMs : data.acgEdgesMs;
        const y = column === 0 ? isi : acg;
        const first = edges[0];
        const last = edges[edges.length - 1];
        grid.push(panelAt({ left: left + column * (width + gap), top, width, height }));
        xAxis.push(
          valueAxis(theme, 'x', {
            title: lowest ? (column === 0 ? (compact ? 'Interval (ms)' : 'Interval to the next spike (ms)') : 'Lag (ms)') : undefined,
            gridIndex,
            min: first,
            max: last,
            step: niceStep(last - first, tickCount(width, 45, 6)),
            labels: lowest,
            gridLines: false,
          }),
        );
        yAxis.push(
          valueAxis(theme, 'y', {
            title: column === 0 ? (compact ? 'Share (%)' : 'Share of intervals (%)') : compact ? 'Rate (Hz)' : 'Rate around a spike (Hz)',
            gridIndex,
            ...y,
            titleGapPx: 42,
          }),
        );
        series.push(bandOf(theme, gridIndex, Math.max(first, -data.refractoryMs), data.refractoryMs, y.max));
        const line = { type: 'line', xAxisIndex: gridIndex, yAxisIndex: gridIndex, showSymbol: false, silent: true } as const;
        if (row === 0) {
          data.units.forEach((unit, i) => {
            const values = column === 0 ? unit.isiPercent : unit.acgHz;
            series.push({
              ...line,
              name: unit.label,
              ...steps(edges, values),
              z: 3,
              lineStyle: { color: theme.units[i], width: 1.7, type: theme.dashes[i] },
            });
          });
          continue;
        }
        series.push({
          ...line,
          name: 'joined',
          ...steps(edges, column === 0 ? data.merged.isiPercent : data.merged.acgHz),
          z: 3,
          lineStyle: { color: theme.text, width: 1.3 },
          areaStyle: { color: theme.neutral, opacity: 0.35, origin: 'start' },
        });
        if (column === 1) {
          series.push({
            ...line,
            name: 'two cells',
            ...steps(edges, data.independentHz),
            z: 4,
            lineStyle: { color: theme.neutral, width: 1.5, type: 'dashed' },
          });
        }
      }
    }
    return { ...heading.base, graphic: graphics, grid, xAxis, yAxis, series };
  },

  describe(data): string {
    const band = `${numberText(data.refractoryMs, 1)} ms`;
    const units = data.units.map(
      (unit) =>
        `${unit.label}: ${spikesText(unit.spikeCount)}, ${countText(unit.violations)} pairs within ${band}, contamination ${contaminationText(unit.contamination)}`,
    );
    if (data.units.length === 1) return `Intervals between spikes and autocorrelogram. ${units.join('; ')}.`;
    const { merged } = data;
    return `Intervals between spikes and autocorrelograms, before and after merging. ${units.join('; ')}. Joined: ${spikesText(merged.spikeCount)}, ${countText(merged.violations)} pairs within ${band}, contamination ${contaminationText(merged.contamination)}; ${countText(addedBy(data))} pairs are added by joining, ${chanceText(data.addedByChance)} expected of independent cells. ${countText(data.duplicates)} duplicates within ${numberText(data.duplicateMs, 1)} ms left out, ${chanceText(data.duplicatesByChance)} expected of independent cells.`;
  },
});

function contaminationText(share: number | undefined): string {
  return share === undefined ? 'not said' : `${numberText(100 * share, 1)} %`;
}

function chanceText(expected: number): string {
  return expected < 10 ? numberText(expected, 1) : countText(expected);
}

/** Never below none: duplicates that are left out may take a unit's own violations with them. */
function addedBy(data: IsiMergedData): number {
  return Math.max(0, data.merged.violations - data.units.reduce((sum, unit) => sum + unit.violations, 0));
}

function highest(rows: readonly Float32Array[]): number {
  return rows.reduce((most, row) => row.reduce((own, value) => Math.max(own, value), most), 0);
}

function bandOf(theme: PlotTheme, gridIndex: number, fromMs: number, toMs: number, top: number): SeriesOption {
  return {
    type: 'line',
    xAxisIndex: gridIndex,
    yAxisIndex: gridIndex,
    showSymbol: false,
    silent: true,
    ...segments([[fromMs, top, toMs, top]]),
    z: 1,
    lineStyle: { width: 0, color: theme.band },
    areaStyle: { color: theme.band, opacity: 1 },
  };
}

/** The units of a merge as one train, as SpikeInterface joins them. */
function joinedTrains(all: UnitTrains, units: readonly number[], duplicateSamples: number): UnitTrains {
  const parts = all.segmentSampleCounts.map((_, segment) =>
    mergedTrain(
      units.map((unit) => trainOf(all, unit, segment)),
      duplicateSamples,
    ),
  );
  const bounds = new Int32Array(parts.length + 1);
  parts.forEach((part, segment) => {
    bounds[segment + 1] = bounds[segment] + part.length;
  });
  const samples = new Float64Array(bounds[parts.length]);
  parts.forEach((part, segment) => {
    samples.set(part, bounds[segment]);
  });
  return { ...all, unitCount: 1, samples, bounds, rows: new Int32Array(0) };
}

/** Spike pairs of different units expected per sample of lag, each couple of units once, counted within short stretches. */
function coactivity(all: UnitTrains, units: readonly number[], stretchSamples: number): number {
  let sum = 0;
  for (let segment = 0; segment < all.segmentCount; segment++) {
    const length = all.segmentSampleCounts[segment];
    if (!(length > 0)) continue;
    const stretches = Math.max(1, Math.round(length / stretchSamples));
    const size = length / stretches;
    const counts = units.map((unit) => {
      const own = new Float64Array(stretches);
      for (const sample of trainOf(all, unit, segment)) own[Math.min(stretches - 1, Math.floor(sample / size))] += 1;
      return own;
    });
    for (let first = 0; first < counts.length; first++) {
      for (let second = first + 1; second < counts.length; second++) {
        for (let stretch = 0; stretch < stretches; stretch++) sum += (counts[first][stretch] * counts[second][stretch]) / size;
      }
    }
  }
  return sum;
}
