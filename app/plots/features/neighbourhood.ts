import { similarityForStep } from '../../analyzer/compute/similarity-of-view.ts';
import type { ReadOptions } from '../../analyzer/source.ts';
import { spikeCountAt } from '../../analyzer/spike-columns.ts';
import type { AnalyzerView } from '../../analyzer/view.ts';
import { throwIfCancelled } from '../../failure.ts';
import { definePlot } from '../feature.ts';
import { fitted, frame, isCompact, textAt } from '../frame.ts';
import { checkGroup, type PlottedUnit } from '../group.ts';
import { mixed } from '../mix.ts';
import type { GraphicElement, PictureOption } from '../picture-option.ts';
import { countText, listText, numberText, spikesText } from '../wording.ts';

export interface NeighbourhoodData {
  readonly units: readonly (PlottedUnit & {
    /** The most similar other unit: its name in this picture, or `undefined` where there is none. */
    readonly nearest: string | undefined;
    readonly nearestSimilarity: number | undefined;
  })[];
  /** Other units, the most similar to any of the group first; called n1, n2, … */
  readonly neighbours: readonly { readonly name: string; readonly spikeCount: number; readonly distanceUm: number | undefined }[];
  /** Cosine similarity of templates between all shown: (group + neighbours)², row by row. */
  readonly similarity: Float32Array;
  /** Of each ordered pair of the group: the second is the first's nth most similar of all units. */
  readonly ranks: readonly { readonly of: number; readonly other: number; readonly rank: number }[];
  readonly otherUnitCount: number;
}

const fewestShown = 8;
const fewestNeighbours = 4;

export const neighbourhood = definePlot({
  id: 'neighbourhood',
  title: 'Similarity to the neighbours',
  purpose: 'Are the units more like each other than like the units around them?',
  needs: ['templates'],
  sizePx: { width: 640, height: 600 },

  async load(view, group, options): Promise<NeighbourhoodData> {
    checkGroup(view, group);
    throwIfCancelled(options?.signal);
    // Templates that are missing are named before anything is computed.
    await view.extension('templates', options);
    const { similarity } = await similarityForStep(view, 'cosine', options);
    const spikes = await view.spikes(options);
    const positions = await positionsOf(view, options);
    const count = view.unitIds.length;
    const at = (a: number, b: number) => similarity[a * count + b];
    const ingroup = new Set(group.units);
    const closeness = (other: number) => Math.max(...group.units.map((unit) => at(unit, other)));
    const others = Array.from({ length: count }, (_, unit) => unit)
      .filter((unit) => !ingroup.has(unit))
      .map((unit) => ({ unit, closeness: closeness(unit) }))
      .sort((a, b) => b.closeness - a.closeness || a.unit - b.unit)
      .map(({ unit }) => unit);
    const neighbours = others.slice(0, Math.max(fewestNeighbours, fewestShown - group.units.length));
    const shown = [...group.units, ...neighbours];
    const nameOf = (unit: number): string => {
      const place = group.units.indexOf(unit);
      return place >= 0 ? group.labels[place] : `n${neighbours.indexOf(unit) + 1}`;
    };
    const spikeCount = (unit: number) => spikeCountAt(spikes, unit);
    return {
      units: group.units.map((unit, i) => {
        const nearest = mostSimilar(count, unit, at);
        return {
          label: group.labels[i],
          spikeCount: spikeCount(unit),
          nearest: nearest === undefined ? undefined : nameOf(nearest),
          nearestSimilarity: nearest === undefined ? undefined : at(unit, nearest),
        };
      }),
      neighbours: neighbours.map((unit) => ({
        name: nameOf(unit),
        spikeCount: spikeCount(unit),
        distanceUm: positions && Math.min(...group.units.map((own) => apart(positions, own, unit))),
      })),
      similarity: Float32Array.from({ length: shown.length ** 2 }, (_, cell) =>
        at(shown[Math.floor(cell / shown.length)], shown[cell % shown.length]),
      ),
      ranks: group.units.flatMap((unit, of) =>
        group.units.flatMap((other, place) => {
          if (place === of) return [];
          let rank = 1;
          for (let third = 0; third < count; third++) if (third !== unit && third !== other && at(unit, third) > at(unit, other)) rank++;
          return [{ of, other: place, rank }];
        }),
      ),
      otherUnitCount: count - 1,
    };
  },

  option(data, surroundings, sizePx): PictureOption {
    const size = sizePx ?? neighbourhood.sizePx;
    const theme = fitted(surroundings, size);
    const compact = isCompact(size);
    const n = data.units.length;
    const notes = [
      `Cosine similarity of mean waveforms (1: the same shape and place). n1, n2, …: the most similar other units, their spikes and distance from the nearest unit of the group.`,
    ];
    if (n === 2) notes.push(`${listText(data.ranks.map((rank) => rankText(data, rank)))}.`);
    else if (n > 1) {
      const outward = data.units.filter((unit) => unit.nearest?.startsWith('n'));
      notes.push(
        outward.length === 0
          ? 'Each unit’s most similar unit lies in the group.'
          : `More like a unit outside the group: ${listText(outward.map((unit) => `${unit.label} (${unit.nearest})`))}.`,
      );
    }
    const heading = frame(theme, size, {
      title: compact ? undefined : 'Similarity of the group and its neighbours',
      notes,
      legend: data.units.map((unit, i) => ({
        text: `${unit.label} · ${spikesText(unit.spikeCount)}`,
        colour: theme.units[i],
        mark: 'rect',
      })),
    });
    const names = [...data.units.map((unit) => unit.label), ...data.neighbours.map(({ name }) => name)];
    const count = names.length;
    const labelPx = compact ? Math.min(10, theme.fontSizePx - 1) : theme.fontSizePx - 1;
    const left = compact ? 44 : 66;
    const right = compact ? 8 : 168;
    const top = heading.topPx + labelPx + 12;
    const side = Math.max(40, Math.min(size.width - left - right, size.height - top - (compact ? 22 : 34)));
    const cell = Math.floor(side / count);
    const graphics: GraphicElement[] = [...heading.graphics];
    const shape = { silent: true, z: 2 } as const;
    const numberPx = Math.min(theme.fontSizePx - 1, cell * 0.36);
    names.forEach((name, row) => {
      const own = row < n;
      const y = top + row * cell;
      const mark = own ? theme.units[row] : theme.grid;
      graphics.push({ ...shape, type: 'rect', shape: { x: left - 7, y: y + 1, width: 5, height: cell - 2 }, style: { fill: mark } });
      graphics.push({
        ...shape,
        type: 'rect',
        shape: { x: left + row * cell + 1, y: top - 7, width: cell - 2, height: 5 },
        style: { fill: mark },
      });
      const words = { text: name, bold: own, px: labelPx, colour: own ? theme.text : theme.mutedText };
      graphics.push(textAt(theme, { ...words, x: left - 11, y: y + cell / 2, align: 'right', verticalAlign: 'middle' }));
      graphics.push(textAt(theme, { ...words, x: left + (row + 0.5) * cell, y: top - 10, align: 'center', verticalAlign: 'bottom' }));
      if (!own && !compact) {
        const { spikeCount, distanceUm } = data.neighbours[row - n];
        graphics.push(
          textAt(theme, {
            text: `${spikesText(spikeCount)}${distanceUm === undefined ? '' : ` · ${numberText(distanceUm, 0)} µm`}`,
            x: left + count * cell + 10,
            y: y + cell / 2,
            px: labelPx,
            colour: theme.mutedText,
            verticalAlign: 'middle',
          }),
        );
      }
      for (let column = 0; column < count; column++) {
        if (column === row) continue;
        const value = data.similarity[row * count + column];
        const shade = shadeOf(value);
        graphics.push({
          ...shape,
          type: 'rect',
          shape: { x: left + column * cell, y, width: cell - 1, height: cell - 1 },
          style: { fill: mixed(theme.background, theme.name === 'dark' ? '#b7c0ca' : '#3d4752', shade) },
        });
        if (numberPx >= 7)
          graphics.push(
            textAt(theme, {
              text: numberText(value, 2),
              x: left + (column + 0.5) * cell,
              y: y + cell / 2,
              px: numberPx,
              bold: row < n && column < n,
              colour: shade > 0.5 ? theme.background : theme.text,
              align: 'center',
              verticalAlign: 'middle',
            }),
          );
      }
    });
    graphics.push({
      ...shape,
      z: 3,
      type: 'rect',
      shape: { x: left - 1, y: top - 1, width: n * cell + 1, height: n * cell + 1 },
      style: { fill: 'none', stroke: theme.text, lineWidth: 2 },
    });
    const title = { text: 'Unit', px: labelPx, colour: theme.text };
    graphics.push(textAt(theme, { ...title, x: left + (count * cell) / 2, y: top + count * cell + 6, align: 'center' }));
    graphics.push(
      textAt(theme, { ...title, x: compact ? 8 : 16, y: top + (count * cell) / 2, align: 'center', verticalAlign: 'middle', turned: true }),
    );
    return { ...heading.base, graphic: graphics };
  },

  describe(data): string {
    const count = data.units.length + data.neighbours.length;
    const units = data.units.map(
      (unit) =>
        `${unit.label} (${spikesText(unit.spikeCount)}): most similar ${unit.nearest ?? 'none'}, ${numberText(unit.nearestSimilarity, 3)}`,
    );
    const pairs = data.ranks
      .filter(({ of, other }) => of < other)
      .slice(0, 12)
      .map(({ of, other }) => `${data.units[of].label}–${data.units[other].label} ${numberText(data.similarity[of * count + other], 3)}`);
    const ranks = data.units.length === 2 ? ` ${listText(data.ranks.map((rank) => rankText(data, rank)))}.` : '';
    const neighbours = data.neighbours.map(
      ({ name, spikeCount, distanceUm }) =>
        `${name} ${spikesText(spikeCount)}${distanceUm === undefined ? '' : ` ${numberText(distanceUm, 0)} µm away`}`,
    );
    return `Cosine similarity of mean waveforms in the group and with its nearest neighbours. ${units.join('; ')}.${pairs.length > 0 ? ` Within the group: ${pairs.join(', ')}.` : ''}${ranks} Neighbours: ${neighbours.length > 0 ? neighbours.join(', ') : 'none'}.`;
  },
});

function rankText(data: NeighbourhoodData, { of, other, rank }: NeighbourhoodData['ranks'][number]): string {
  return `${data.units[other].label} is the ${rank === 1 ? 'most' : `${ordinal(rank)} most`} similar to ${data.units[of].label} of ${countText(data.otherUnitCount)} units`;
}

function ordinal(rank: number): string {
  const teen = rank % 100 >= 11 && rank % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th');
  return `${rank}${ending}`;
}

/** Nothing below 0.5, where neurons side by side usually are; full at 1. */
function shadeOf(similarity: number): number {
  return similarity > 0.5 ? Math.min(1, (similarity - 0.5) * 2) ** 1.5 : 0;
}

function mostSimilar(count: number, unit: number, at: (a: number, b: number) => number): number | undefined {
  let best: number | undefined;
  for (let other = 0; other < count; other++) {
    if (other !== unit && (best === undefined || at(unit, other) > at(unit, best))) best = other;
  }
  return best;
}

interface Positions {
  readonly values: ArrayLike<number>;
  readonly stride: number;
}

/** Estimated locations where they are stored, else the main channels; `undefined` without a probe. */
async function positionsOf(view: AnalyzerView, options: ReadOptions | undefined): Promise<Positions | undefined> {
  if (view.has('unit_locations')) {
    const { locationsUm, dimensionCount } = await view.extension('unit_locations', options);
    return { values: locationsUm, stride: dimensionCount };
  }
  if (view.channelPositionsUm.length === 0) return undefined;
  const main = await view.mainChannels(options);
  return {
    values: Float64Array.from({ length: main.length * 2 }, (_, i) => view.channelPositionsUm[main[i >> 1] * 2 + (i % 2)]),
    stride: 2,
  };
}

function apart({ values, stride }: Positions, a: number, b: number): number {
  return Math.hypot(values[a * stride] - values[b * stride], values[a * stride + 1] - values[b * stride + 1]);
}
