import { type Cloud, ellipse, robustSpread, separation } from '../cloud.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, panelAt, textAt, tickCount, valueAxis, wordingThatFits } from '../frame.ts';
import { checkGroup, type PlottedUnit, plottedUnits } from '../group.ts';
import { cloudRange, jointComponents, onJointAxes, whyNotJoint } from '../joint-components.ts';
import { type SeriesPoints, segments } from '../lines.ts';
import { mixed } from '../mix.ts';
import type { AxisOption, GraphicElement, GridOption, PictureOption, SeriesOption } from '../picture-option.ts';
import { niceStep, type Range } from '../reduce.ts';
import { countText, listText, numberText, spikesText } from '../wording.ts';

export interface DensityPcaData {
  readonly units: readonly (PlottedUnit & {
    readonly shownCount: number;
    readonly outsideCount: number;
    /** Level of each cell, row by row from below: 0 outside, 1 (95 % of the spikes) to 4 (the densest 25 %). */
    readonly levels: Uint8Array;
    /** x, y of the ellipse two robust standard deviations around the centre, closed; empty below five spikes. */
    readonly outline: Float32Array;
  })[];
  readonly channels: readonly string[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly x: Range;
  readonly y: Range;
  readonly pairs: readonly {
    readonly first: number;
    readonly second: number;
    /** Common volume of the two densities, 0 to 1. */
    readonly overlap: number;
    readonly dPrime: number | undefined;
  }[];
}

const cells = 36;
const mostSpikes = 6000;
/** Share of the spikes inside each level, widest first. */
const levelShares = [0.95, 0.75, 0.5, 0.25] as const;
const shades = [0.16, 0.38, 0.65, 0.95] as const;

export const densityPca = definePlot({
  id: 'density_pca',
  title: 'Density of principal components',
  purpose: 'Are the spikes densest in the same place?',
  needs: ['principal_components'],
  sizePx: { width: 760, height: 440 },

  whyNot: whyNotJoint,

  async load(view, group, options): Promise<DensityPcaData> {
    checkGroup(view, group);
    const spikes = await view.spikes(options);
    const { mode, channels, clouds } = await jointComponents(view, group, Math.floor(mostSpikes / group.units.length), options);
    const flat = onJointAxes(clouds) ?? clouds.map((cloud) => ({ ...cloud, values: new Float64Array(0), rowCount: 0, dimensions: 2 }));
    const x = cloudRange(flat, 0);
    const y = cloudRange(flat, 1);
    const width = bandwidth(flat, x, y);
    const densities = flat.map((cloud) => densityOf(cloud, x, y, width));
    const where = mode === 'concatenated' || channels.length === 1 ? `, ${mode === 'concatenated' ? '' : 'channel '}${channels[0]}` : '';
    return {
      units: plottedUnits(group, spikes).map((plotted, i) => ({
        ...plotted,
        shownCount: flat[i].rowCount,
        outsideCount: outsideOf(flat[i], x, y),
        levels: levelsOf(densities[i]),
        outline: outlineOf(flat[i]),
      })),
      channels,
      xTitle: `First joint axis${where}`,
      yTitle: `Second joint axis${where}`,
      x,
      y,
      pairs: flat.flatMap((first, a) =>
        flat.slice(a + 1).map((second, k) => ({
          first: a,
          second: a + 1 + k,
          overlap: densities[a].reduce((sum, value, cell) => sum + Math.min(value, densities[a + 1 + k][cell]), 0),
          dPrime: separation(first, second),
        })),
      ),
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? densityPca.sizePx;
    const theme = fitted(surroundings, size);
    const compact = isCompact(size);
    const n = data.units.length;
    const notes = [
      `One panel a unit, all with the same axes (channels ${listText(data.channels)} together). Shades hold the densest 25, 50, 75 and 95 % of its spikes; lines: 2 SD of ${n > 3 ? 'the unit (thick) and of the others (thin)' : 'every unit'}.`,
    ];
    if (n > 1 && n <= 3) {
      notes.push(
        `Overlap of the densities (1: the same cloud, 0: apart) and distance of the centres: ${listText(data.pairs.map((pair) => pairText(data, pair)))}.`,
      );
    }
    const outside = data.units.filter((unit) => unit.outsideCount > 0);
    if (outside.length > 0)
      notes.push(`Beyond the axes: ${listText(outside.map((unit) => `${countText(unit.outsideCount)} of ${unit.label}`))}.`);
    const heading = frame(theme, size, {
      title: compact ? undefined : 'Density of the principal components of single spikes',
      notes,
      legend: data.units.map((unit, i) => ({
        text: `${unit.label} · ${countText(unit.shownCount)} of ${spikesText(unit.spikeCount)}`,
        colour: theme.units[i],
        mark: 'rect',
      })),
    });
    const columns = n <= 3 ? n : Math.ceil(n / 2);
    const rowCount = Math.ceil(n / columns);
    const left = 62;
    const gap = 14;
    const titlePx = 18;
    const bottom = compact ? 42 : 52;
    const width = (size.width - left - 18 - gap * (columns - 1)) / columns;
    const height = (size.height - heading.topPx - bottom) / rowCount - titlePx - (rowCount > 1 ? 4 : 0);
    const graphics: GraphicElement[] = [...heading.graphics];
    const grid: GridOption[] = [];
    const xAxis: AxisOption[] = [];
    const yAxis: AxisOption[] = [];
    const series: SeriesOption[] = [];
    const xStep = niceStep(data.x.max - data.x.min, Math.max(3, tickCount(width, 50, 6)));
    const yStep = niceStep(data.y.max - data.y.min, Math.max(3, tickCount(height, 36, 6)));
    const xTitle = compact
      ? wordingThatFits(['First joint axis', 'Axis 1'], width, theme.fontSizePx)
      : columns > 2
        ? 'First joint axis'
        : data.xTitle;
    const yTitle = compact
      ? wordingThatFits(['Second joint axis', 'Axis 2'], height, theme.fontSizePx)
      : rowCount > 1
        ? 'Second joint axis'
        : data.yTitle;
    data.units.forEach((unit, p) => {
      const column = p % columns;
      const row = Math.floor(p / columns);
      const at = { left: left + column * (width + gap), top: heading.topPx + row * (height + titlePx + 4) + titlePx };
      const lowest = p + columns >= n;
      grid.push(panelAt({ ...at, width, height }));
      graphics.push(textAt(theme, { text: unit.label, x: at.left, y: at.top - titlePx + 2, bold: true, px: theme.fontSizePx - 1 }));
      if (unit.shownCount === 0)
        graphics.push(
          textAt(theme, { text: 'no spikes', x: at.left + 8, y: at.top + 8, colour: theme.mutedText, px: theme.fontSizePx - 1 }),
        );
      xAxis.push(
        valueAxis(theme, 'x', {
          title: lowest ? xTitle : undefined,
          gridIndex: p,
          ...data.x,
          step: xStep,
          labels: lowest,
        }),
      );
      yAxis.push(
        valueAxis(theme, 'y', {
          title: column === 0 ? yTitle : undefined,
          gridIndex: p,
          ...data.y,
          step: yStep,
          labels: column === 0,
          titleGapPx: 40,
        }),
      );
      // Cells overlap by a pixel so that no seam shows; denser ones are painted later.
      const cellPx = [Math.ceil(width / cells) + 1, Math.ceil(height / cells) + 1] as const;
      shades.forEach((shade, level) => {
        const points = cellsAt(data, unit.levels, level + 1);
        if (points.data.length === 0) return;
        series.push({
          type: 'scatter',
          xAxisIndex: p,
          yAxisIndex: p,
          ...points,
          large: true,
          largeThreshold: 0,
          progressive: 0,
          symbol: 'rect',
          symbolSize: cellPx,
          silent: true,
          z: 2,
          itemStyle: { color: mixed(theme.background, theme.units[p], shade) },
        });
      });
      const line = { type: 'line', xAxisIndex: p, yAxisIndex: p, showSymbol: false, silent: true } as const;
      data.units.forEach((other, i) => {
        if (i === p || other.outline.length === 0) return;
        const colour = n > 3 ? theme.neutral : theme.units[i];
        series.push({
          ...line,
          data: other.outline,
          dimensions: ['x', 'y'],
          z: 3,
          lineStyle: { color: colour, width: n > 3 ? 0.8 : 2, type: n > 3 ? 'solid' : theme.dashes[i] },
        });
      });
      if (unit.outline.length > 0)
        series.push({
          ...line,
          data: unit.outline,
          dimensions: ['x', 'y'],
          z: 4,
          lineStyle: { color: theme.text, width: 1.6, type: theme.dashes[p] },
        });
      if (data.x.min < 0 && data.x.max > 0)
        series.push({ ...line, ...segments([[0, data.y.min, 0, data.y.max]]), z: 1, lineStyle: { color: theme.grid, width: 1 } });
    });
    return { ...heading.base, graphic: graphics, grid, xAxis, yAxis, series };
  },

  describe(data): string {
    const counts = data.units.map((unit) => `${unit.label} ${countText(unit.shownCount)} of ${spikesText(unit.spikeCount)}`).join(', ');
    const pairs = data.pairs.slice(0, 12).map((pair) => pairText(data, pair));
    return `Density of the principal components of single spikes on channels ${listText(data.channels)} together. ${counts}.${pairs.length > 0 ? ` Overlap of the densities: ${pairs.join('; ')}.` : ''}`;
  },
});

function pairText(data: DensityPcaData, { first, second, overlap, dPrime }: DensityPcaData['pairs'][number]): string {
  return `${data.units[first].label}–${data.units[second].label} ${numberText(overlap, 2)}, d′ ${numberText(dPrime, 2)}`;
}

/** Standard deviation of the smoothing in cells, one for all units so that a rare unit is not drawn wider. */
function bandwidth(clouds: readonly Cloud[], x: Range, y: Range): readonly [number, number] {
  const usable = clouds.flatMap((cloud) => {
    const spread = robustSpread(cloud);
    return spread ? [{ spread, factor: cloud.rowCount ** (-1 / 6) }] : [];
  });
  const along = (axis: 0 | 1, range: Range): number => {
    if (usable.length === 0) return 1;
    const sum = usable.reduce((total, { spread, factor }) => total + Math.sqrt(spread.covariance[axis * 3]) * factor, 0);
    return Math.min(4, Math.max(0.7, (sum / usable.length / (range.max - range.min)) * cells));
  };
  return [along(0, x), along(1, y)];
}

/** Smoothed share of the spikes per cell, row by row from below; sums to 1 where there are any inside. */
function densityOf(cloud: Cloud, x: Range, y: Range, [alongX, alongY]: readonly [number, number]): Float64Array {
  let density = new Float64Array(cells * cells);
  for (let row = 0; row < cloud.rowCount; row++) {
    const column = Math.floor(((cloud.values[row * 2] - x.min) / (x.max - x.min)) * cells);
    const line = Math.floor(((cloud.values[row * 2 + 1] - y.min) / (y.max - y.min)) * cells);
    if (column >= 0 && column < cells && line >= 0 && line < cells) density[line * cells + column] += 1;
  }
  density = smoothed(density, 1, alongX);
  density = smoothed(density, cells, alongY);
  const sum = density.reduce((total, value) => total + value, 0);
  return sum > 0 ? density.map((value) => value / sum) : density;
}

function smoothed(density: Float64Array, stride: number, deviation: number): Float64Array<ArrayBuffer> {
  const reach = Math.ceil(3 * deviation);
  const weights = Float64Array.from({ length: reach + 1 }, (_, k) => Math.exp((-k * k) / (2 * deviation * deviation)));
  const out = new Float64Array(density.length);
  for (let cell = 0; cell < density.length; cell++) {
    const place = Math.floor(cell / stride) % cells;
    for (let k = -reach; k <= reach; k++) {
      if (place + k >= 0 && place + k < cells) out[cell] += density[cell + k * stride] * weights[Math.abs(k)];
    }
  }
  return out;
}

function levelsOf(density: Float64Array): Uint8Array {
  const levels = new Uint8Array(density.length);
  const order = Array.from(density.keys()).sort((a, b) => density[b] - density[a] || a - b);
  let before = 0;
  for (const cell of order) {
    if (!(density[cell] > 0)) break;
    levels[cell] = levelShares.filter((share) => before < share).length;
    before += density[cell];
  }
  return levels;
}

function cellsAt(data: DensityPcaData, levels: Uint8Array, level: number): SeriesPoints {
  const points: number[] = [];
  for (let cell = 0; cell < levels.length; cell++) {
    if (levels[cell] !== level) continue;
    points.push(
      data.x.min + (((cell % cells) + 0.5) / cells) * (data.x.max - data.x.min),
      data.y.min + ((Math.floor(cell / cells) + 0.5) / cells) * (data.y.max - data.y.min),
    );
  }
  return { data: Float32Array.from(points), dimensions: ['x', 'y'] };
}

function outsideOf(cloud: Cloud, x: Range, y: Range): number {
  let count = 0;
  for (let row = 0; row < cloud.rowCount; row++) {
    const [left, up] = [cloud.values[row * 2], cloud.values[row * 2 + 1]];
    if (!(left >= x.min && left <= x.max && up >= y.min && up <= y.max)) count++;
  }
  return count;
}

function outlineOf(cloud: Cloud): Float32Array {
  const outline = ellipse(cloud, 2);
  return outline
    ? Float32Array.from({ length: outline.x.length * 2 }, (_, i) => outline[i % 2 === 0 ? 'x' : 'y'][i >> 1])
    : new Float32Array(0);
}
