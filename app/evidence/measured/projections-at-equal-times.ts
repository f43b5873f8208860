import { segmentStarts, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perPair } from '../per-pair.ts';
import { type CommonProjections, commonProjections } from './projections.ts';

const stretchCount = 20;
const fewest = 3;
const fewestRows = 20;
const handOverRows = 40;

/**
 * Common projections freed of what changes slowly: in every twentieth of the recording that holds at least three rows of
 * both, the middle of the two means is taken off. Rows of other stretches are left out; units that share fewer than 20 rows
 * each are compared by the last 40 rows of the earlier and the first 40 of the later. `undefined` without common projections.
 */
export const projectionsAtEqualTimes = perPair(async (view, pair, options): Promise<CommonProjections | undefined> => {
  const clouds = await commonProjections(view, pair, options);
  if (!clouds) return undefined;
  const spikes = await view.spikes(options);
  const starts = segmentStarts(view.segmentSampleCounts);
  const { totalSamples } = await unitTrains(view, options);
  const stretchOf = (row: number): number =>
    Math.min(stretchCount - 1, Math.floor(((starts[spikes.segmentIndex[row]] + spikes.sampleIndex[row]) / totalSamples) * stretchCount));
  return comparedAtEqual(clouds, Array.from(clouds.firstSpikes, stretchOf), Array.from(clouds.secondSpikes, stretchOf));
});

/**
 * Rows whose value falls into the same whole number in both clouds, at least three of each, with the middle of the two means
 * taken off; where that leaves fewer than 20 of either, the 40 rows of each that are nearest to the other.
 */
export function comparedAtEqual(clouds: CommonProjections, first: readonly number[], second: readonly number[]): CommonProjections {
  const shared = pick(clouds, first, second);
  if (shared.firstRows >= fewestRows && shared.secondRows >= fewestRows) return shared;
  return atHandOver(clouds, first, second);
}

function pick(clouds: CommonProjections, first: readonly number[], second: readonly number[]): CommonProjections {
  const { dimensions } = clouds;
  const firstKept: number[] = [];
  const secondKept: number[] = [];
  const firstValues: number[] = [];
  const secondValues: number[] = [];
  const firstPlaces = placesByStep(first);
  const secondPlaces = placesByStep(second);
  for (const [step, a] of [...firstPlaces].sort((left, right) => left[0] - right[0])) {
    const b = secondPlaces.get(step) ?? [];
    if (a.length < fewest || b.length < fewest) continue;
    const left = meanOf(clouds.first, a, dimensions);
    const right = meanOf(clouds.second, b, dimensions);
    const middle = left.map((value, axis) => (value + right[axis]) / 2);
    for (const row of a)
      for (let axis = 0; axis < dimensions; axis += 1) firstValues.push(clouds.first[row * dimensions + axis] - middle[axis]);
    for (const row of b)
      for (let axis = 0; axis < dimensions; axis += 1) secondValues.push(clouds.second[row * dimensions + axis] - middle[axis]);
    firstKept.push(...a);
    secondKept.push(...b);
  }
  return {
    dimensions,
    first: Float64Array.from(firstValues),
    second: Float64Array.from(secondValues),
    firstRows: firstKept.length,
    secondRows: secondKept.length,
    firstSpikes: Int32Array.from(firstKept, (row) => clouds.firstSpikes[row]),
    secondSpikes: Int32Array.from(secondKept, (row) => clouds.secondSpikes[row]),
  };
}

function atHandOver(clouds: CommonProjections, first: readonly number[], second: readonly number[]): CommonProjections {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const firstIsEarlier = mean(first) <= mean(second);
  const nearest = (values: readonly number[], isEarlier: boolean): number[] => {
    const rising = values.map((_, row) => row).sort((a, b) => values[a] - values[b] || a - b);
    return isEarlier ? rising.slice(-handOverRows) : rising.slice(0, handOverRows);
  };
  const firstKept = nearest(first, firstIsEarlier);
  const secondKept = nearest(second, !firstIsEarlier);
  return {
    dimensions: clouds.dimensions,
    first: rowsOf(clouds.first, firstKept, clouds.dimensions),
    second: rowsOf(clouds.second, secondKept, clouds.dimensions),
    firstRows: firstKept.length,
    secondRows: secondKept.length,
    firstSpikes: Int32Array.from(firstKept, (row) => clouds.firstSpikes[row]),
    secondSpikes: Int32Array.from(secondKept, (row) => clouds.secondSpikes[row]),
  };
}

function rowsOf(values: Float64Array, rows: readonly number[], dimensions: number): Float64Array {
  const picked = new Float64Array(rows.length * dimensions);
  for (const [place, row] of rows.entries()) picked.set(values.subarray(row * dimensions, (row + 1) * dimensions), place * dimensions);
  return picked;
}

function placesByStep(values: readonly number[]): Map<number, number[]> {
  const places = new Map<number, number[]>();
  for (const [row, value] of values.entries()) {
    const step = Math.floor(value);
    const known = places.get(step);
    if (known) known.push(row);
    else places.set(step, [row]);
  }
  return places;
}

function meanOf(values: Float64Array, rows: readonly number[], dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions);
  for (const row of rows) for (let axis = 0; axis < dimensions; axis += 1) mean[axis] += values[row * dimensions + axis] / rows.length;
  return mean;
}
