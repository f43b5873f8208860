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
  const starts: number[] = [0];
  for (const count of view.segmentSampleCounts) starts.push(starts[starts.length - 1] + count);
  const total = starts[starts.length - 1];
  const stretchOf = (row: number): number =>
    Math.min(stretchCount - 1, Math.floor(((starts[spikes.segmentIndex[row]] + spikes.sampleIndex[row]) / total) * stretchCount));
  const first = Array.from(clouds.firstSpikes, stretchOf);
  const second = Array.from(clouds.secondSpikes, stretchOf);
  const shared = pick(clouds, first, second);
  if (shared.firstRows >= fewestRows && shared.secondRows >= fewestRows) return shared;
  return atHandOver(clouds, first, second);
});

function pick(clouds: CommonProjections, first: readonly number[], second: readonly number[]): CommonProjections {
  const { dimensions } = clouds;
  const firstKept: number[] = [];
  const secondKept: number[] = [];
  const firstValues: number[] = [];
  const secondValues: number[] = [];
  for (let stretch = 0; stretch < stretchCount; stretch += 1) {
    const a = placesOf(first, stretch);
    const b = placesOf(second, stretch);
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
  const { dimensions } = clouds;
  const mean = (stretches: readonly number[]) => stretches.reduce((sum, value) => sum + value, 0) / Math.max(1, stretches.length);
  const firstIsEarlier = mean(first) <= mean(second);
  const firstCount = Math.min(handOverRows, clouds.firstRows);
  const secondCount = Math.min(handOverRows, clouds.secondRows);
  const firstFrom = firstIsEarlier ? clouds.firstRows - firstCount : 0;
  const secondFrom = firstIsEarlier ? 0 : clouds.secondRows - secondCount;
  return {
    dimensions,
    first: clouds.first.slice(firstFrom * dimensions, (firstFrom + firstCount) * dimensions),
    second: clouds.second.slice(secondFrom * dimensions, (secondFrom + secondCount) * dimensions),
    firstRows: firstCount,
    secondRows: secondCount,
    firstSpikes: clouds.firstSpikes.slice(firstFrom, firstFrom + firstCount),
    secondSpikes: clouds.secondSpikes.slice(secondFrom, secondFrom + secondCount),
  };
}

function placesOf(stretches: readonly number[], stretch: number): number[] {
  return stretches.flatMap((value, place) => (value === stretch ? [place] : []));
}

function meanOf(values: Float64Array, rows: readonly number[], dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions);
  for (const row of rows) for (let axis = 0; axis < dimensions; axis += 1) mean[axis] += values[row * dimensions + axis] / rows.length;
  return mean;
}
