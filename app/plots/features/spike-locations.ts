import { perView } from '../../analyzer/compute/per-view.ts';
import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, paintingOrder, panelAt, textAt, tickCount, valueAxis } from '../frame.ts';
import { checkGroup, type PlottedUnit } from '../group.ts';
import { pointsAt } from '../lines.ts';
import type { GraphicElement, PictureOption } from '../picture-option.ts';
import { hashedSample, niceStep, percentile, type Range, sortedFinite } from '../reduce.ts';
import { countText, listText, numberText, pictureText, spikesText } from '../wording.ts';

export interface SpikeLocationsData {
  readonly units: readonly (PlottedUnit & {
    readonly xUm: Float32Array;
    readonly yUm: Float32Array;
    readonly outsideCount: number;
    readonly medianXUm: number | undefined;
    readonly medianYUm: number | undefined;
  })[];
  /** Square around the spikes. */
  readonly x: Range;
  readonly y: Range;
  readonly channels: readonly { readonly name: string; readonly xUm: number; readonly yUm: number }[];
  /** Medians of the units around that are not in the group: x, y, … */
  readonly others: Float32Array;
}

const mostSpikes = 1200;
const rounds = 6;

/** Where each unit lies, from at most 400 of its spikes; `undefined` without a finite one. Every picture of an analyzer asks. */
const sampledMedians = perView(async (view, options) => {
  const { xUm, yUm } = await view.extension('spike_locations', options);
  const spikes = await view.spikes(options);
  return view.unitIds.map((_, unit): { readonly xUm: number; readonly yUm: number } | undefined => {
    const rows = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
    const chosen = hashedSample(rows, 400).map((at) => rows[at]);
    const x = percentile(sortedFinite(Float32Array.from(chosen, (row) => xUm[row])), 0.5);
    const y = percentile(sortedFinite(Float32Array.from(chosen, (row) => yUm[row])), 0.5);
    return x === undefined || y === undefined ? undefined : { xUm: x, yUm: y };
  });
});

export const spikeLocations = definePlot({
  id: 'spike_locations',
  title: 'Spike locations',
  purpose: 'Do the spikes of the units come from the same place on the probe?',
  needs: ['spike_locations'],
  sizePx: { width: 560, height: 600 },

  async load(view, group, options): Promise<SpikeLocationsData> {
    checkGroup(view, group);
    const { xUm, yUm } = await view.extension('spike_locations', options);
    const spikes = await view.spikes(options);
    throwIfCancelled(options?.signal);
    const rowsOf = (unit: number) => spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
    const column = (from: ArrayLike<number>, rows: Int32Array) => Float32Array.from(rows, (row) => from[row]);
    const perUnit = Math.max(150, Math.floor((2 * mostSpikes) / Math.max(2, group.units.length)));
    const loaded = group.units.map((unit) => {
      const rows = rowsOf(unit);
      const x = column(xUm, rows);
      const y = column(yUm, rows);
      return { rows, x, y, medianXUm: percentile(sortedFinite(x), 0.5), medianYUm: percentile(sortedFinite(y), 0.5) };
    });
    const { x, y } = squareAround(loaded);
    const members = new Set(group.units);
    const others: number[] = [];
    (await sampledMedians(view, options)).forEach((median, unit) => {
      if (median && !members.has(unit) && inside(x, median.xUm) && inside(y, median.yUm)) others.push(median.xUm, median.yUm);
    });
    const positions = view.channelPositionsUm;
    return {
      units: loaded.map((own, i) => {
        const kept: number[] = [];
        for (let at = 0; at < own.rows.length; at++) if (inside(x, own.x[at]) && inside(y, own.y[at])) kept.push(at);
        const chosen = hashedSample(
          kept.map((at) => own.rows[at]),
          perUnit,
        );
        return {
          label: group.labels[i],
          spikeCount: own.rows.length,
          xUm: Float32Array.from(chosen, (at) => own.x[kept[at]]),
          yUm: Float32Array.from(chosen, (at) => own.y[kept[at]]),
          outsideCount: own.rows.length - kept.length,
          medianXUm: own.medianXUm,
          medianYUm: own.medianYUm,
        };
      }),
      x,
      y,
      channels: view.channelIds.flatMap((id, channel) => {
        const at = { name: pictureText(id), xUm: positions[channel * 2], yUm: positions[channel * 2 + 1] };
        return inside(x, at.xUm, 2) && inside(y, at.yUm, 2) ? [at] : [];
      }),
      others: Float32Array.from(others),
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? spikeLocations.sizePx;
    const theme = fitted(surroundings, size);
    const notes = ['Grey squares: contacts and channel names. Outlined symbols: median of each unit.'];
    const apart = distances(data);
    if (apart.length > 0 && data.units.length <= 3) {
      notes.push(
        `Medians apart: ${apart.map(({ pair, um }) => `${data.units.length > 2 ? `${pair} ` : ''}${numberText(um, 1)} µm`).join(', ')}.`,
      );
    }
    const outside = data.units.filter((unit) => unit.outsideCount > 0);
    if (outside.length > 0)
      notes.push(`Beyond the axes: ${listText(outside.map((unit) => `${countText(unit.outsideCount)} of ${unit.label}`))}.`);
    const heading = frame(theme, size, {
      title: isCompact(size) ? undefined : 'Estimated spike locations',
      notes,
      legend: [
        ...data.units.map((unit, i) => {
          const inView = unit.spikeCount - unit.outsideCount;
          return {
            text: `${unit.label} · ${unit.xUm.length < inView ? `${countText(unit.xUm.length)} of ` : ''}${spikesText(unit.spikeCount)}`,
            colour: theme.units[i],
            mark: theme.symbols[i] as 'circle',
          };
        }),
        ...(data.others.length > 0 ? [{ text: 'medians of other units', colour: theme.neutral, mark: 'cross' as const }] : []),
      ],
    });
    const left = 66;
    const right = 20;
    const bottom = isCompact(size) ? 42 : 52;
    const side = Math.max(60, Math.min(size.width - left - right, size.height - heading.topPx - bottom));
    const extra = size.width - left - right - side;
    const grid = panelAt({ left: left + extra / 2, top: heading.topPx, width: side, height: side });
    const perUm = side / (data.x.max - data.x.min);
    const graphics: GraphicElement[] = [...heading.graphics];
    // More names than these would lie over one another.
    for (const channel of data.channels.length <= 24 ? data.channels : []) {
      graphics.push(
        textAt(theme, {
          text: channel.name,
          x: grid.left + (channel.xUm - data.x.min) * perUm + 8,
          y: grid.top + (data.y.max - channel.yUm) * perUm,
          px: theme.fontSizePx - 2,
          colour: theme.mutedText,
          verticalAlign: 'middle',
        }),
      );
    }
    const single = { type: 'scatter', silent: true, dimensions: ['x', 'y'] } as const;
    const scatter = { ...single, large: true, largeThreshold: 0, progressive: 0 } as const;
    const step = niceStep(data.x.max - data.x.min, tickCount(side, 45, 6));
    return {
      ...heading.base,
      graphic: graphics,
      grid,
      xAxis: valueAxis(theme, 'x', {
        title: isCompact(size) ? 'Across probe (µm)' : 'Position across the probe (µm)',
        gridIndex: 0,
        min: data.x.min,
        max: data.x.max,
        step,
      }),
      yAxis: valueAxis(theme, 'y', {
        title: isCompact(size) ? 'Along probe (µm)' : 'Position along the probe (µm)',
        gridIndex: 0,
        min: data.y.min,
        max: data.y.max,
        step,
      }),
      series: [
        {
          ...scatter,
          data: Float32Array.from(data.channels.flatMap(({ xUm, yUm }) => [xUm, yUm])),
          symbol: 'rect',
          symbolSize: 9,
          z: 1,
          itemStyle: { color: theme.axis, opacity: 0.55 },
        },
        ...paintingOrder(data.units.length, rounds).flatMap(({ unit, round }) => {
          const { xUm, yUm } = data.units[unit];
          const chosen: number[] = [];
          for (let i = round; i < xUm.length; i += rounds) chosen.push(i);
          return chosen.length === 0
            ? []
            : [
                {
                  ...scatter,
                  ...pointsAt(xUm, yUm, chosen),
                  symbol: theme.symbols[unit],
                  symbolSize: xUm.length > 500 ? 4 : 5,
                  z: 2,
                  itemStyle: { color: theme.units[unit], opacity: 0.5 },
                },
              ];
        }),
        ...(data.others.length > 0
          ? [
              {
                ...single,
                data: data.others,
                symbol: 'path://M-1,-10L1,-10L1,-1L10,-1L10,1L1,1L1,10L-1,10L-1,1L-10,1L-10,-1L-1,-1Z',
                symbolSize: 11,
                z: 3,
                itemStyle: { color: theme.neutral, opacity: 1 },
              },
            ]
          : []),
        ...data.units.flatMap((unit, i) =>
          unit.medianXUm === undefined || unit.medianYUm === undefined
            ? []
            : [
                {
                  ...single,
                  data: Float32Array.of(unit.medianXUm, unit.medianYUm),
                  symbol: theme.symbols[i],
                  symbolSize: 11,
                  z: 4,
                  itemStyle: { color: theme.units[i], opacity: 1, borderColor: theme.text, borderWidth: 1.5 },
                },
              ],
        ),
      ],
    };
  },

  describe(data): string {
    const units = data.units.map((unit) =>
      unit.medianXUm === undefined
        ? `${unit.label}: no spikes`
        : `${unit.label}: ${spikesText(unit.spikeCount)}, median at ${numberText(unit.medianXUm, 1)}, ${numberText(unit.medianYUm, 1)} µm, ${countText(unit.outsideCount)} beyond the axes`,
    );
    const apart = distances(data).map(({ pair, um }) => `${pair} ${numberText(um, 1)} µm`);
    return `Estimated spike locations on the probe (across, along). ${units.join('; ')}.${apart.length > 0 ? ` Distance of the medians: ${apart.join(', ')}.` : ''}`;
  },
});

function inside(range: Range, value: number, marginUm = 0): boolean {
  return value >= range.min + marginUm && value <= range.max - marginUm;
}

function distances(data: SpikeLocationsData): { pair: string; um: number }[] {
  const found: { pair: string; um: number }[] = [];
  data.units.forEach((a, i) => {
    for (const b of data.units.slice(i + 1)) {
      if (a.medianXUm === undefined || a.medianYUm === undefined || b.medianXUm === undefined || b.medianYUm === undefined) continue;
      found.push({ pair: `${a.label}–${b.label}`, um: Math.hypot(a.medianXUm - b.medianXUm, a.medianYUm - b.medianYUm) });
    }
  });
  return found;
}

/** A square that holds the middle 98 % of every unit, at least 50 µm wide, on whole 5 µm. */
function squareAround(units: readonly { readonly x: Float32Array; readonly y: Float32Array }[]): { x: Range; y: Range } {
  const bounds = (values: readonly Float32Array[]) => {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const own of values) {
      const sorted = sortedFinite(own);
      min = Math.min(min, percentile(sorted, 0.01) ?? min);
      max = Math.max(max, percentile(sorted, 0.99) ?? max);
    }
    return max >= min ? { middle: (min + max) / 2, extent: max - min } : { middle: 0, extent: 0 };
  };
  const x = bounds(units.map((unit) => unit.x));
  const y = bounds(units.map((unit) => unit.y));
  const half = Math.ceil(Math.max(50, 1.3 * Math.max(x.extent, y.extent)) / 10) * 5;
  const around = (middle: number) => ({ min: Math.round(middle / 5) * 5 - half, max: Math.round(middle / 5) * 5 + half });
  return { x: around(x.middle), y: around(y.middle) };
}
