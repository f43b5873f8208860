import { evenlySpread } from '../../analyzer/evenly-spread.ts';
import { perPair } from '../per-pair.ts';

const strongestChannels = 6;
const rowLimit = 250;

/** Projections of both units on the strongest channels that both have: (rows, dimensions) row-major. */
export interface CommonProjections {
  readonly dimensions: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly firstRows: number;
  readonly secondRows: number;
  /** Positions of the rows in the spike columns. */
  readonly firstSpikes: Int32Array;
  readonly secondSpikes: Int32Array;
}

/**
 * Projections on the at most six common channels where the two are strongest, at most 250 spikes each. A sparse analyzer
 * stores different channels per unit; a channel only one of them has would tell them apart by its absence, so it is left out.
 * `undefined` without a common channel.
 */
export const commonProjections = perPair(async (view, pair, options): Promise<CommonProjections | undefined> => {
  const components = await view.extension('principal_components', options);
  const concatenated = components.mode === 'concatenated';
  const firstChannels = concatenated ? Int32Array.of(0) : components.channelsOf(pair.first);
  const secondChannels = concatenated ? Int32Array.of(0) : components.channelsOf(pair.second);
  const places: { first: number; second: number }[] = [];
  for (const [place, channel] of firstChannels.entries()) {
    const other = secondChannels.indexOf(channel);
    if (other >= 0) places.push({ first: place, second: other });
  }
  if (places.length === 0) return undefined;
  const limit = { ...options, limit: rowLimit };
  const a = await components.ofUnit(pair.first, limit);
  const b = await components.ofUnit(pair.second, limit);
  const count = components.componentCount;
  const strength = (values: Float32Array, rows: number, channels: number, place: number): number => {
    let sum = 0;
    for (let row = 0; row < rows; row += 1) sum += Math.abs(values[row * count * channels + place]);
    return rows > 0 ? sum / rows : 0;
  };
  const chosen = places
    .map((place) => ({
      place,
      strength:
        strength(a.values, a.rowCount, firstChannels.length, place.first) +
        strength(b.values, b.rowCount, secondChannels.length, place.second),
    }))
    .sort((left, right) => right.strength - left.strength)
    .slice(0, strongestChannels)
    .map((entry) => entry.place);
  const dimensions = chosen.length * count;
  const pick = (values: Float32Array, rows: number, channels: number, side: 'first' | 'second'): Float64Array => {
    const picked = new Float64Array(rows * dimensions);
    for (let row = 0; row < rows; row += 1) {
      for (const [order, place] of chosen.entries()) {
        for (let component = 0; component < count; component += 1) {
          picked[row * dimensions + order * count + component] = values[(row * count + component) * channels + place[side]];
        }
      }
    }
    return picked;
  };
  return {
    dimensions,
    first: pick(a.values, a.rowCount, firstChannels.length, 'first'),
    second: pick(b.values, b.rowCount, secondChannels.length, 'second'),
    firstRows: a.rowCount,
    secondRows: b.rowCount,
    firstSpikes: limited(await components.selectedRowsOf(pair.first)),
    secondSpikes: limited(await components.selectedRowsOf(pair.second)),
  };
});

function limited(rows: Int32Array): Int32Array {
  return evenlySpread(rows.length, rowLimit).map((at) => rows[at]);
}
