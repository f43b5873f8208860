import { correlogramBins, correlogramOfPair } from '../../analyzer/compute/correlograms.ts';
import { trainOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, panelAt, textAt, textWidthPx, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, type PlottedUnit, plottedUnits } from '../group.ts';
import { segments, steps } from '../lines.ts';
import { chancePairs, closePairs } from '../pair-counts.ts';
import type { AxisOption, GraphicElement, GridOption, PictureOption, SeriesOption } from '../picture-option.ts';
import { countRange, niceStep } from '../reduce.ts';
import type { PlotTheme } from '../theme.ts';
import { countText, numberText, spikesText } from '../wording.ts';

export interface CrosscorrelogramsData {
  readonly units: readonly PlottedUnit[];
  /** B + 1 edges in ms. */
  readonly edgesMs: Float64Array;
  readonly refractoryMs: number;
  /** n × n, row by row: lag of the row's unit after the column's. */
  readonly cells: readonly {
    readonly counts: Float64Array;
    /** Pairs of spikes within ± the refractory period, each once. */
    readonly closePairs: number;
    readonly chancePairs: number;
  }[];
  /** False where the analyzer has no correlograms and they were counted from the spike times. */
  readonly stored: boolean;
}

const refractoryMs = 1.5;
const ownWindowMs = 60;
const ownBinMs = 0.5;

export const crosscorrelograms = definePlot({
  id: 'crosscorrelograms',
  title: 'Auto- and cross-correlograms',
  purpose: 'Do the units keep a common refractory period, as one cell must?',
  needs: [],
  sizePx: { width: 680, height: 600 },

  async load(view, group, options): Promise<CrosscorrelogramsData> {
    checkGroup(view, group);
    const spikes = await view.spikes(options);
    const stored = view.has('correlograms') ? await view.extension('correlograms', options) : undefined;
    const all = await unitTrains(view, options);
    const trains = group.units.map((unit) => view.segmentSampleCounts.map((_, segment) => trainOf(all, unit, segment)));
    const perMs = view.samplingFrequencyHz / 1000;
    const bins = correlogramBins(ownWindowMs, ownBinMs, view.samplingFrequencyHz);
    const reach = refractoryMs * perMs;
    const unitCount = view.unitIds.length;
    const cells: CrosscorrelogramsData['cells'][number][] = [];
    for (let row = 0; row < trains.length; row++) {
      for (let column = 0; column < trains.length; column++) {
        throwIfCancelled(options?.signal);
        const at = stored ? (group.units[row] * unitCount + group.units[column]) * stored.binCount : 0;
        cells.push({
          counts: stored
            ? stored.ccgs.slice(at, at + stored.binCount)
            : correlogramOfPair(all, group.units[row], group.units[column], bins),
          closePairs: closePairs(trains[row], trains[column], reach),
          chancePairs: chancePairs(trains[row], trains[column], view.segmentSampleCounts, reach),
        });
      }
    }
    return {
      units: plottedUnits(group, spikes),
      edgesMs: stored ? stored.edgesMs : bins.edgesMs,
      refractoryMs,
      cells,
      stored: stored !== undefined,
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? crosscorrelograms.sizePx;
    const theme = fitted(surroundings, size);
    const compact = isCompact(size);
    const n = data.units.length;
    const binMs = data.edgesMs[1] - data.edgesMs[0];
    const crowded = n > 3 || (compact && n > 2);
    const band = `±${numberText(data.refractoryMs, 1)} ms`;
    const heading = frame(theme, size, {
      title: compact ? undefined : n > 1 ? 'Autocorrelograms (diagonal) and cross-correlograms' : 'Autocorrelogram',
      notes: [
        `Bins of ${numberText(binMs, binMs < 1 ? 2 : 1)} ms. Lag: row unit after column unit. Grey band: refractory period, ${band}.`,
        crowded
          ? `Above each cell: spike pairs within ${band} / expected by chance. Each cell has its own height.`
          : `Above each cell: spike pairs within ${band}, and how many chance would give.`,
      ],
      legend: data.units.map((unit, i) => ({
        text: `${unit.label} · ${spikesText(unit.spikeCount)}`,
        colour: theme.units[i],
        mark: 'rect',
      })),
    });
    const leftPx = crowded || compact ? 64 : 84;
    const bottomPx = compact ? 38 : 52;
    const columnGap = crowded ? 12 : 44;
    const cellWidth = (size.width - leftPx - 16 - columnGap * (n - 1)) / n;
    // A caption may run into the gap beside its cell, not into the next one; all of them are worded alike.
    const roomPx = cellWidth + Math.min(12, columnGap - 6);
    const usualPx = crowded ? 10 : theme.fontSizePx - 2;
    const labelPx = crowded ? [usualPx, 8].find((px) => fits(shortestCaptions(data), roomPx, px)) : usualPx;
    const headPx = labelPx === undefined ? 4 : labelPx + 8;
    const cellTop = heading.topPx + (n > 1 ? (compact ? 8 : 18) : 0);
    const cellHeight = (size.height - cellTop - bottomPx) / n - headPx - (crowded ? 2 : 8);
    const first = data.edgesMs[0];
    const last = data.edgesMs[data.edgesMs.length - 1];
    const graphics: GraphicElement[] = [...heading.graphics];
    const grid: GridOption[] = [];
    const xAxis: AxisOption[] = [];
    const yAxis: AxisOption[] = [];
    const series: SeriesOption[] = [];
    const captions = crowded ? shortestCaptions(data) : captionsOf(data, { band, compact, roomPx, px: usualPx });
    data.cells.forEach((cell, index) => {
      const row = Math.floor(index / n);
      const column = index % n;
      const left = leftPx + column * (cellWidth + columnGap);
      const top = cellTop + row * (cellHeight + headPx + (crowded ? 2 : 8)) + headPx;
      const auto = row === column;
      const colour = auto ? theme.units[row] : theme.neutral;
      const highest = cell.counts.reduce((most, count) => Math.max(most, count), 0);
      if (row === 0 && n > 1)
        graphics.push(
          textAt(theme, { text: data.units[column].label, x: left + cellWidth / 2, y: heading.topPx, bold: true, align: 'center' }),
        );
      if (column === 0 && n > 1) {
        graphics.push(textAt(theme, { text: data.units[row].label, x: 14, y: top + cellHeight / 2, bold: true, verticalAlign: 'middle' }));
      }
      const who = auto ? data.units[row].label : `${data.units[row].label}–${data.units[column].label}`;
      // In the smallest cells no caption can be read: the shapes remain, and the numbers stand in the description.
      if (labelPx !== undefined)
        graphics.push(
          textAt(theme, { text: captions[index], x: left, y: top - 4, px: labelPx, colour: theme.mutedText, verticalAlign: 'bottom' }),
        );
      const bottom = row === n - 1;
      if (crowded) {
        graphics.push(...smallCell(data, cell.counts, { left, top, width: cellWidth, height: cellHeight, colour, highest, theme, bottom }));
        return;
      }
      const y = countRange(highest, tickCount(cellHeight, 40, 4));
      const gridIndex = grid.length;
      grid.push(panelAt({ left, top, width: cellWidth, height: cellHeight }));
      xAxis.push(
        valueAxis(theme, 'x', {
          gridIndex,
          min: first,
          max: last,
          step: niceStep(last - first, tickCount(cellWidth, 45, 5)),
          labels: bottom,
          gridLines: false,
          fontSizePx: usualPx,
        }),
      );
      yAxis.push(valueAxis(theme, 'y', { gridIndex, ...y, fontSizePx: usualPx }));
      series.push(...barsOf(data, cell.counts, { index: gridIndex, name: who, colour, top: y.max, theme }));
    });
    graphics.push(
      textAt(theme, {
        text: crowded && cellWidth < namedTicksPx ? `Lag (${numberText(first, 0)} to ${numberText(last, 0)} ms)` : 'Lag (ms)',
        x: leftPx + (size.width - leftPx - 16) / 2,
        y: size.height - 10,
        align: 'center',
        verticalAlign: 'bottom',
      }),
    );
    graphics.push(
      textAt(theme, {
        text: 'Spike pairs per bin',
        x: 34,
        y: cellTop + (size.height - cellTop - bottomPx) / 2,
        align: 'center',
        verticalAlign: 'middle',
        turned: true,
      }),
    );
    return { ...heading.base, graphic: graphics, ...(crowded ? {} : { grid, xAxis, yAxis, series }), pointed: { x: 'Lag (ms)' } };
  },

  describe(data): string {
    const n = data.units.length;
    const band = `±${numberText(data.refractoryMs, 1)} ms`;
    const binMs = data.edgesMs[1] - data.edgesMs[0];
    const sentences: string[] = [];
    for (let row = 0; row < n; row++) {
      for (let column = row; column < n; column++) {
        const cell = data.cells[row * n + column];
        const who = row === column ? data.units[row].label : `${data.units[row].label} and ${data.units[column].label}`;
        sentences.push(
          `${who}: ${countText(cell.closePairs)} spike pairs within ${band}, ${chanceText(cell.chancePairs)} expected by chance`,
        );
      }
    }
    const counts = data.units.map((unit) => `${unit.label} ${spikesText(unit.spikeCount)}`).join(', ');
    return `Auto- and cross-correlograms, ${numberText(data.edgesMs[0], 0)} to ${numberText(data.edgesMs[data.edgesMs.length - 1], 0)} ms in bins of ${numberText(binMs, 2)} ms. ${counts}. ${sentences.join('; ')}.`;
  },
});

/** For each cell how many close pairs were seen and how many chance would give, in as many words as every cell has room for. */
function captionsOf(
  { units, cells }: CrosscorrelogramsData,
  room: { readonly band: string; readonly compact: boolean; readonly roomPx: number; readonly px: number },
): string[] {
  const n = units.length;
  const worded = (say: (who: string, seen: string, chance: string) => string): string[] =>
    cells.map((cell, index) => {
      const [row, column] = [units[Math.floor(index / n)].label, units[index % n].label];
      return say(row === column ? row : `${row}–${column}`, countText(cell.closePairs), chanceText(cell.chancePairs));
    });
  const short = [
    worded((who, seen, chance) => `${who}: ${seen} / ${chance} exp.`),
    worded((_, seen, chance) => `${seen} / ${chance} exp.`),
    shortestCaptions({ cells }),
  ];
  const long = [
    worded((who, seen, chance) => `${who}: ${seen} within ${room.band}, ${chance} by chance`),
    worded((who, seen, chance) => `${who}: ${seen}, by chance ${chance}`),
  ];
  const wordings = room.compact ? short : [...long.slice(n > 2 ? 1 : 0), ...short];
  return wordings.find((texts) => fits(texts, room.roomPx, room.px)) ?? short[2];
}

function shortestCaptions({ cells }: Pick<CrosscorrelogramsData, 'cells'>): string[] {
  return cells.map((cell) => `${countText(cell.closePairs)} / ${chanceText(cell.chancePairs)}`);
}

function fits(texts: readonly string[], roomPx: number, px: number): boolean {
  return texts.every((text) => textWidthPx(text, px) <= roomPx);
}

function chanceText(expected: number): string {
  return expected < 10 ? numberText(expected, 1) : countText(expected);
}

function barsOf(
  data: CrosscorrelogramsData,
  counts: Float64Array,
  cell: { readonly index: number; readonly name: string; readonly colour: string; readonly top: number; readonly theme: PlotTheme },
): SeriesOption[] {
  const line = { type: 'line', xAxisIndex: cell.index, yAxisIndex: cell.index, showSymbol: false, silent: true } as const;
  const band = data.refractoryMs;
  return [
    {
      ...line,
      ...segments([[-band, cell.top, band, cell.top]]),
      z: 1,
      lineStyle: { width: 0 },
      areaStyle: { color: cell.theme.band, opacity: 1 },
    },
    {
      ...line,
      name: cell.name,
      ...steps(data.edgesMs, counts),
      z: 2,
      lineStyle: { color: cell.colour, width: 1 },
      areaStyle: { color: cell.colour, opacity: 0.75, origin: 'start' },
    },
    { ...line, ...segments([[0, 0, 0, cell.top]]), z: 3, lineStyle: { color: cell.theme.axis, width: 1, type: 'dotted' } },
  ];
}

/** A narrower cell has room for the number at zero only. */
const namedTicksPx = 60;

/** One of many cells, as a plain shape on whole pixels: 64 grids with axes of their own would take ten times as long to draw. */
function smallCell(
  data: CrosscorrelogramsData,
  counts: Float64Array,
  cell: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
    readonly colour: string;
    readonly highest: number;
    readonly theme: PlotTheme;
    readonly bottom: boolean;
  },
): GraphicElement[] {
  const { theme, highest } = cell;
  const first = data.edgesMs[0];
  const last = data.edgesMs[data.edgesMs.length - 1];
  const xOf = (ms: number) => Math.round(cell.left + ((ms - first) / (last - first)) * cell.width);
  const top = Math.round(cell.top);
  const base = Math.round(cell.top + cell.height);
  const yOf = (count: number) => Math.round(base - (count / Math.max(1, highest)) * (base - top));
  const points: [number, number][] = [[xOf(first), base]];
  counts.forEach((count, bin) => {
    points.push([xOf(data.edgesMs[bin]), yOf(count)], [xOf(data.edgesMs[bin + 1]), yOf(count)]);
  });
  points.push([xOf(last), base]);
  const from = xOf(-data.refractoryMs);
  const shape = { silent: true, z: 2 } as const;
  const elements: GraphicElement[] = [
    {
      ...shape,
      type: 'rect',
      shape: { x: from, y: top, width: xOf(data.refractoryMs) - from, height: base - top },
      style: { fill: theme.band },
    },
    { ...shape, type: 'polygon', shape: { points }, style: { fill: cell.colour } },
    { ...shape, type: 'rect', shape: { x: xOf(first), y: base, width: xOf(last) - xOf(first), height: 1 }, style: { fill: theme.axis } },
  ];
  const step = niceStep(last - first, 3);
  for (let ms = Math.ceil(first / step) * step; cell.bottom && ms <= last; ms += step) {
    elements.push({ ...shape, type: 'rect', shape: { x: xOf(ms), y: base, width: 1, height: 4 }, style: { fill: theme.axis } });
    if (ms === 0 || cell.width >= namedTicksPx)
      elements.push(textAt(theme, { text: numberText(ms, 0), x: xOf(ms), y: base + 7, px: 10, colour: theme.mutedText, align: 'center' }));
  }
  return elements;
}
