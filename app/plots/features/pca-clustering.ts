import { type Cloud, ellipse, separation } from '../cloud.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, paintingOrder, panelAt, textAt, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, type PlottedUnit, plottedUnits } from '../group.ts';
import { cloudRange, jointComponents, onJointAxes, pick, whyNotJoint } from '../joint-components.ts';
import { pointsAt, polyline } from '../lines.ts';
import type { AxisOption, GraphicElement, GridOption, PictureOption, SeriesOption } from '../picture-option.ts';
import { niceStep, type Range } from '../reduce.ts';
import { countText, listText, numberText, spikesText } from '../wording.ts';

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
const rounds = 6;

export const pcaClustering = definePlot({
  id: 'pca_clustering',
  title: 'Principal components',
  purpose: 'Do the spikes of the units form one cloud or several?',
  needs: ['principal_components'],
  sizePx: { width: 760, height: 440 },

  whyNot: whyNotJoint,

  async load(view, group, options): Promise<PcaClusteringData> {
    checkGroup(view, group);
    const spikes = await view.spikes(options);
    const perUnit = Math.max(100, Math.floor((2 * mostSpikes) / Math.max(2, group.units.length)));
    const { mode, channels: names, componentCount, clouds } = await jointComponents(view, group, perUnit, options);
    const concatenated = mode === 'concatenated';
    const panels: PcaPanel[] = [];
    if (componentCount >= 2) {
      panels.push(
        panelOf(
          clouds.map((cloud) => pick(cloud, 0, 1)),
          concatenated
            ? { title: 'All channels together', xTitle: 'Component 1', yTitle: 'Component 2' }
            : { title: `Channel ${names[0]}`, xTitle: `Component 1, channel ${names[0]}`, yTitle: `Component 2, channel ${names[0]}` },
        ),
      );
    }
    const joint = names.length > 1 ? onJointAxes(clouds) : undefined;
    if (joint) {
      panels.push(
        panelOf(joint, { title: `Channels ${names.join(', ')} together`, xTitle: 'First joint axis', yTitle: 'Second joint axis' }),
      );
    }
    return {
      units: plottedUnits(group, spikes).map((plotted, i) => ({ ...plotted, shownCount: clouds[i].rowCount })),
      channels: names,
      panels,
    };
  },

  option(data, surroundings, sizePx): PictureOption {
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
    const grid: GridOption[] = [];
    const xAxis: AxisOption[] = [];
    const yAxis: AxisOption[] = [];
    const series: SeriesOption[] = [];
    data.panels.forEach((panel, p) => {
      const x = left + p * (panelWidth + gap);
      grid.push(panelAt({ left: x, top, width: panelWidth, bottom }));
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
        } as const;
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

function panelOf(clouds: readonly Cloud[], words: { title: string; xTitle: string; yTitle: string }): PcaPanel {
  const along = (axis: 0 | 1) =>
    clouds.map((cloud) => Float32Array.from({ length: cloud.rowCount }, (_, row) => cloud.values[row * 2 + axis]));
  const xs = along(0);
  const ys = along(1);
  const x = cloudRange(clouds, 0);
  const y = cloudRange(clouds, 1);
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

function flat(cloud: { readonly x: Float32Array; readonly y: Float32Array }): Cloud {
  const values = new Float64Array(cloud.x.length * 2);
  for (let i = 0; i < cloud.x.length; i++) {
    values[i * 2] = cloud.x[i];
    values[i * 2 + 1] = cloud.y[i];
  }
  return { values, rowCount: cloud.x.length, dimensions: 2 };
}
