import type { ExtensionData } from '../../analyzer/extensions/data.ts';
import type { ReadOptions } from '../../analyzer/source.ts';
import type { AnalyzerView } from '../../analyzer/view.ts';
import { Failure, throwIfCancelled } from '../../failure.ts';
import { type Cloud, ellipse, principalAxes, robustSpread, separation } from '../cloud.ts';
import { type ChartOption, definePlot, type PlotGroup } from '../feature.ts';
import { fitted, frame, type GraphicElement, isCompact, paintingOrder, textAt, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, type PlottedUnit } from '../group.ts';
import { pointsAt, polyline } from '../lines.ts';
import { niceRange, niceStep, percentile, type Range, sortedFinite } from '../reduce.ts';
import { countText, listText, numberText, pictureText, spikesText } from '../wording.ts';

export interface PcaPanel {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly x: Range;
  readonly y: Range;
  /** Per unit, in the order of the group. */
  readonly clouds: readonly { readonly x: Float32Array; readonly y: Float32Array; readonly outsideCount: number }[];
  readonly separations: readonly { readonly first: number; readonly second: number; readonly value: number | undefined }[];
}

export interface PcaClusteringData {
  readonly units: readonly (PlottedUnit & { readonly shownCount: number })[];
  readonly channels: readonly string[];
  readonly panels: readonly PcaPanel[];
}

const mostSpikes = 600;
const mostChannels = 4;
const rounds = 6;

export const pcaClustering = definePlot({
  id: 'pca_clustering',
  title: 'Principal components',
  purpose: 'Do the spikes of the units form one cloud or several?',
  needs: ['principal_components'],
  sizePx: { width: 760, height: 440 },

  async load(view, group, options): Promise<PcaClusteringData> {
    checkGroup(view, group);
    const components = await view.extension('principal_components', options);
    const spikes = await view.spikes(options);
    const concatenated = components.mode === 'concatenated';
    const channels = concatenated ? [-1] : await commonChannels(view, group, components, options);
    const perUnit = Math.max(100, Math.floor((2 * mostSpikes) / Math.max(2, group.units.length)));
    const clouds: Cloud[] = [];
    for (const unit of group.units) {
      throwIfCancelled(options?.signal);
      clouds.push(await projections(components, unit, channels, { ...options, limit: perUnit }));
    }
    const dimensions = clouds[0].dimensions;
    if (dimensions < 2) {
      throw new Failure(
        'input.invalid',
        'The principal components hold one number per spike for the channels these units share; a picture needs two. Compute them again with n_components of 2 or more.',
        { extension: 'principal_components' },
      );
    }
    const names = channels.map((channel) => (concatenated ? 'all channels' : pictureText(view.channelIds[channel])));
    const panels: PcaPanel[] = [];
    if (components.componentCount >= 2) {
      panels.push(
        panelOf(
          clouds.map((cloud) => pick(cloud, 0, 1)),
          concatenated
            ? { title: 'All channels together', xTitle: 'Component 1', yTitle: 'Component 2' }
            : { title: `Channel ${names[0]}`, xTitle: `Component 1, channel ${names[0]}`, yTitle: `Component 2, channel ${names[0]}` },
        ),
      );
    }
    const axes = channels.length > 1 ? principalAxes(clouds) : undefined;
    if (axes) {
      panels.push(
        panelOf(
          clouds.map((cloud) => project(cloud, axes)),
          { title: `Channels ${names.join(', ')} together`, xTitle: 'First joint axis', yTitle: 'Second joint axis' },
        ),
      );
    }
    return {
      units: group.units.map((unit, i) => ({
        label: group.labels[i],
        spikeCount: spikes.offsets[unit + 1] - spikes.offsets[unit],
        shownCount: clouds[i].rowCount,
      })),
      channels: names,
      panels,
    };
  },

  option(data, surroundings, sizePx): ChartOption {
    const size = sizePx ?? pcaClustering.sizePx;
    const theme = fitted(surroundings, size);
    const bottom = isCompact(size) ? 42 : 52;
    const pair = data.units.length === 2;
    const notes = ['Spikes with stored projections, on channels where all units are stored. Outlines: 2 SD (robust).'];
    const outside = data.panels.map((panel) =>
      data.units.length > 3
        ? countText(panel.clouds.reduce((sum, cloud) => sum + cloud.outsideCount, 0))
        : listText(
            data.units.flatMap((unit, i) =>
              panel.clouds[i].outsideCount > 0 ? [`${countText(panel.clouds[i].outsideCount)} of ${unit.label}`] : [],
            ),
          ) || '0',
    );
    if (outside.some((said) => said !== '0'))
      notes.push(`Spikes beyond the axes: ${outside.length > 1 ? `left ${outside[0]}; right ${outside[1]}` : outside[0]}.`);
    const heading = frame(theme, size, {
      title: isCompact(size) ? undefined : 'Principal components of single spikes',
      notes,
      legend: data.units.map((unit, i) => ({
        text: `${unit.label} · ${countText(unit.shownCount)} of ${spikesText(unit.spikeCount)}`,
        colour: theme.units[i],
        mark: theme.symbols[i] as 'circle',
      })),
    });
    const left = 62;
    const gap = 66;
    const right = 20;
    const panelWidth = (size.width - left - right - gap * (data.panels.length - 1)) / data.panels.length;
    const top = heading.topPx + (isCompact(size) ? 16 : 22);
    const panelHeight = size.height - top - bottom;
    const graphics: GraphicElement[] = [...heading.graphics];
    const grid: unknown[] = [];
    const xAxis: unknown[] = [];
    const yAxis: unknown[] = [];
    const series: unknown[] = [];
    data.panels.forEach((panel, p) => {
      const x = left + p * (panelWidth + gap);
      grid.push({ left: x, top, width: panelWidth, bottom });
      const separated = pair ? panel.separations[0]?.value : undefined;
      graphics.push(
        textAt(theme, {
          text: panelTitle(panel.title, separated, isCompact(size)),
          x,
          y: top - theme.fontSizePx - 6,
          bold: true,
          px: theme.fontSizePx - 1,
        }),
      );
      xAxis.push(
        valueAxis(theme, 'x', {
          title: panel.xTitle,
          gridIndex: p,
          ...panel.x,
          step: niceStep(panel.x.max - panel.x.min, tickCount(panelWidth, 45, 6)),
        }),
      );
      yAxis.push(
        valueAxis(theme, 'y', {
          title: panel.yTitle,
          gridIndex: p,
          ...panel.y,
          step: niceStep(panel.y.max - panel.y.min, tickCount(panelHeight, 36, 6)),
          titleGapPx: 38,
        }),
      );
      for (const { unit, round } of paintingOrder(panel.clouds.length, rounds)) {
        const cloud = panel.clouds[unit];
        const chosen: number[] = [];
        for (let i = round; i < cloud.x.length; i += rounds) chosen.push(i);
        if (chosen.length === 0) continue;
        series.push({
          type: 'scatter',
          xAxisIndex: p,
          yAxisIndex: p,
          ...pointsAt(cloud.x, cloud.y, chosen),
          large: true,
          largeThreshold: 0,
          progressive: 0,
          symbol: theme.symbols[unit],
          symbolSize: panel.clouds.length * cloud.x.length > 600 ? 4.5 : 6,
          silent: true,
          z: 2,
          itemStyle: { color: theme.units[unit], opacity: 0.6 },
        });
      }
      panel.clouds.forEach((cloud, unit) => {
        const outline = ellipse(flat(cloud), 2);
        if (!outline) return;
        const line = {
          type: 'line',
          xAxisIndex: p,
          yAxisIndex: p,
          showSymbol: false,
          silent: true,
          ...polyline(outline.x, [outline.y]),
        };
        series.push({ ...line, z: 3, lineStyle: { color: theme.background, width: 4, opacity: 0.7 } });
        series.push({ ...line, z: 4, lineStyle: { color: theme.units[unit], width: 2, type: theme.dashes[unit] } });
      });
    });
    return { ...heading.base, graphic: graphics, grid, xAxis, yAxis, series };
  },

  describe(data): string {
    const counts = data.units.map((unit) => `${unit.label} ${countText(unit.shownCount)} of ${spikesText(unit.spikeCount)}`).join(', ');
    const panels = data.panels.map((panel) => {
      const pairs = panel.separations.map(
        ({ first, second, value }) => `d′ of ${data.units[first].label} and ${data.units[second].label} ${numberText(value, 2)}`,
      );
      return `${panel.title}: ${pairs.length > 0 ? pairs.join(', ') : 'one unit'}`;
    });
    return `Principal components of single spikes on the common channels ${listText(data.channels)}. ${counts}. ${panels.join('. ')}.`;
  },
});

function panelTitle(title: string, separated: number | undefined, compact: boolean): string {
  const name = compact ? title.replace(/^Channels? | together$/g, '') : title;
  return separated === undefined ? name : `${name}: d′ ${numberText(separated, 2)}`;
}

/**
 * Channels on which every unit of the group is stored, best first: where the units' templates are largest together. A unit's
 * projections on other channels are padding, not zeros.
 */
async function commonChannels(
  view: AnalyzerView,
  group: PlotGroup,
  components: ExtensionData['principal_components'],
  options: ReadOptions | undefined,
): Promise<number[]> {
  const sets = group.units.map((unit) => new Set(components.channelsOf(unit)));
  const common = [...sets[0]].filter((channel) => sets.every((set) => set.has(channel)));
  if (common.length === 0) {
    throw new Failure(
      'input.invalid',
      `${listText(group.labels)} share no channel, so their principal components can't be compared. Compute the analyzer with a wider sparsity to compare them.`,
      { extension: 'principal_components', labels: [...group.labels] },
    );
  }
  const mainChannels = await view.mainChannels(options);
  const reach = new Map<number, number>(common.map((channel) => [channel, 0]));
  if (view.has('templates')) {
    const { average, sampleCount } = await view.extension('templates', options);
    const channelCount = view.channelIds.length;
    for (const channel of common) {
      for (const unit of group.units) {
        let min = 0;
        let max = 0;
        for (let t = 0; t < sampleCount; t++) {
          const value = average[(unit * sampleCount + t) * channelCount + channel];
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
        reach.set(channel, (reach.get(channel) as number) + (max - min));
      }
    }
  } else {
    for (const unit of group.units)
      if (reach.has(mainChannels[unit])) reach.set(mainChannels[unit], (reach.get(mainChannels[unit]) as number) + 1);
  }
  const size = (channel: number) => reach.get(channel) as number;
  const ordered = common.sort((a, b) => size(b) - size(a) || a - b);
  return ordered.filter((channel) => size(channel) >= 0.3 * size(ordered[0])).slice(0, mostChannels);
}

/** Components of the given channels side by side: (rows, channels × components), channel by channel. */
async function projections(
  components: ExtensionData['principal_components'],
  unit: number,
  channels: readonly number[],
  options: ReadOptions & { limit: number },
): Promise<Cloud> {
  const { values, rowCount } = await components.ofUnit(unit, options);
  const { componentCount } = components;
  const own = components.mode === 'concatenated' ? [-1] : [...components.channelsOf(unit)];
  const dimensions = channels.length * componentCount;
  const out = new Float64Array(rowCount * dimensions);
  const places = channels.map((channel) => own.indexOf(channel));
  for (let row = 0; row < rowCount; row++) {
    for (let c = 0; c < places.length; c++) {
      for (let k = 0; k < componentCount; k++) {
        out[row * dimensions + c * componentCount + k] = values[(row * componentCount + k) * own.length + places[c]];
      }
    }
  }
  return { values: out, rowCount, dimensions };
}

function pick(cloud: Cloud, first: number, second: number): Cloud {
  const values = new Float64Array(cloud.rowCount * 2);
  for (let row = 0; row < cloud.rowCount; row++) {
    values[row * 2] = cloud.values[row * cloud.dimensions + first];
    values[row * 2 + 1] = cloud.values[row * cloud.dimensions + second];
  }
  return { values, rowCount: cloud.rowCount, dimensions: 2 };
}

function project(cloud: Cloud, { axes, mean }: { axes: Float64Array; mean: Float64Array }): Cloud {
  const values = new Float64Array(cloud.rowCount * 2);
  for (let row = 0; row < cloud.rowCount; row++) {
    for (let d = 0; d < cloud.dimensions; d++) {
      const centred = cloud.values[row * cloud.dimensions + d] - mean[d];
      values[row * 2] += centred * axes[d];
      values[row * 2 + 1] += centred * axes[cloud.dimensions + d];
    }
  }
  return { values, rowCount: cloud.rowCount, dimensions: 2 };
}

function panelOf(clouds: readonly Cloud[], words: { title: string; xTitle: string; yTitle: string }): PcaPanel {
  const along = (axis: 0 | 1) =>
    clouds.map((cloud) => Float32Array.from({ length: cloud.rowCount }, (_, row) => cloud.values[row * 2 + axis]));
  const xs = along(0);
  const ys = along(1);
  const x = rangeOf(clouds, 0);
  const y = rangeOf(clouds, 1);
  const separations: { first: number; second: number; value: number | undefined }[] = [];
  for (let first = 0; first < clouds.length; first++) {
    for (let second = first + 1; second < clouds.length; second++) {
      separations.push({ first, second, value: separation(clouds[first], clouds[second]) });
    }
  }
  return {
    ...words,
    x,
    y,
    clouds: xs.map((own, i) => {
      let outsideCount = 0;
      for (let row = 0; row < own.length; row++) {
        if (!(own[row] >= x.min && own[row] <= x.max && ys[i][row] >= y.min && ys[i][row] <= y.max)) outsideCount++;
      }
      return { x: own, y: ys[i], outsideCount };
    }),
    separations,
  };
}

/** Room for 3.5 robust standard deviations of every unit, but not beyond the points themselves. */
function rangeOf(clouds: readonly Cloud[], axis: 0 | 1): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const cloud of clouds) {
    const sorted = sortedFinite(Float64Array.from({ length: cloud.rowCount }, (_, row) => cloud.values[row * 2 + axis]));
    const spread = robustSpread(cloud);
    const middle = spread?.mean[axis] ?? percentile(sorted, 0.5) ?? 0;
    const reach = spread ? 3.5 * Math.sqrt(spread.covariance[axis * 3]) : Number.POSITIVE_INFINITY;
    min = Math.min(min, Math.max(middle - reach, percentile(sorted, 0) ?? min));
    max = Math.max(max, Math.min(middle + reach, percentile(sorted, 1) ?? max));
  }
  if (!(max >= min)) return niceRange({ min: -1, max: 1 }, 6);
  const room = max > min ? (max - min) * 0.06 : 1;
  return niceRange({ min: min - room, max: max + room }, 6);
}

function flat(cloud: { readonly x: Float32Array; readonly y: Float32Array }): Cloud {
  const values = new Float64Array(cloud.x.length * 2);
  for (let i = 0; i < cloud.x.length; i++) {
    values[i * 2] = cloud.x[i];
    values[i * 2 + 1] = cloud.y[i];
  }
  return { values, rowCount: cloud.x.length, dimensions: 2 };
}
