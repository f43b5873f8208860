import { cholesky, solveRoot } from '../../analyzer/compute/cholesky.ts';
import type { CommonProjections } from './projections.ts';

const fewestRows = 20;
/** Share of the mean variance that is added to each axis: a cloud of few spikes has hardly any in some directions. */
const ridge = 0.05;

/**
 * How far one cloud lies from the other in the other's own spread: the median squared Mahalanobis distance of its rows over that of
 * rows of the cloud itself that had no part in its mean and covariance; the smaller of both directions. 1 for one cloud; `undefined`
 * below 20 rows each.
 */
export function isolation(clouds: CommonProjections): number | undefined {
  const { dimensions, first, second, firstRows, secondRows } = clouds;
  if (firstRows < fewestRows || secondRows < fewestRows) return undefined;
  const oneWay = [
    apartness(first, firstRows, second, secondRows, dimensions),
    apartness(second, secondRows, first, firstRows, dimensions),
  ].filter((value) => value !== undefined);
  return oneWay.length === 2 ? Math.min(...oneWay) : undefined;
}

function apartness(own: Float64Array, ownRows: number, other: Float64Array, otherRows: number, dimensions: number): number | undefined {
  const mean = new Float64Array(dimensions);
  const used = Math.ceil(ownRows / 2);
  for (let row = 0; row < ownRows; row += 2)
    for (let axis = 0; axis < dimensions; axis += 1) mean[axis] += own[row * dimensions + axis] / used;
  const covariance = new Float64Array(dimensions * dimensions);
  for (let row = 0; row < ownRows; row += 2) {
    for (let a = 0; a < dimensions; a += 1) {
      const left = own[row * dimensions + a] - mean[a];
      for (let b = 0; b <= a; b += 1) covariance[a * dimensions + b] += (left * (own[row * dimensions + b] - mean[b])) / used;
    }
  }
  let trace = 0;
  for (let axis = 0; axis < dimensions; axis += 1) trace += covariance[axis * dimensions + axis];
  if (!(trace > 0)) return undefined;
  for (let axis = 0; axis < dimensions; axis += 1) covariance[axis * dimensions + axis] += (ridge * trace) / dimensions;
  if (!cholesky(covariance, dimensions)) return undefined;
  const centred = new Float64Array(dimensions);
  const squareOf = (values: Float64Array, at: number): number => {
    for (let axis = 0; axis < dimensions; axis += 1) centred[axis] = values[at + axis] - mean[axis];
    solveRoot(covariance, centred, dimensions);
    let sum = 0;
    for (let axis = 0; axis < dimensions; axis += 1) sum += centred[axis] * centred[axis];
    return sum;
  };
  const distances = (values: Float64Array, from: number, rows: number, step: number): number => {
    const all: number[] = [];
    for (let row = from; row < rows; row += step) all.push(squareOf(values, row * dimensions));
    all.sort((a, b) => a - b);
    return all[all.length >> 1];
  };
  return distances(other, 0, otherRows, 1) / distances(own, 1, ownRows, 2);
}
