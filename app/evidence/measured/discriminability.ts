import { cholesky, solveSquare } from '../../analyzer/compute/cholesky.ts';
import type { CommonProjections } from './projections.ts';

const fewestRows = 20;
const shrinkage = 0.1;

/**
 * d′ of two clouds along Fisher's direction, found on every other row and measured on the rest, both ways averaged: clouds
 * that differ by nothing give 0 on average, however many dimensions there are. `undefined` below 20 rows each.
 */
export function discriminability(clouds: CommonProjections): number | undefined {
  const { first, second, firstRows, secondRows, dimensions } = clouds;
  if (firstRows < fewestRows || secondRows < fewestRows) return undefined;
  let sum = 0;
  for (const half of [0, 1]) {
    const a = moments(first, firstRows, dimensions, half);
    const b = moments(second, secondRows, dimensions, half);
    const direction = fisherDirection(a, b, dimensions);
    if (!direction) return undefined;
    const left = along(first, firstRows, dimensions, 1 - half, direction);
    const right = along(second, secondRows, dimensions, 1 - half, direction);
    const spread = Math.sqrt((left.variance + right.variance) / 2);
    if (!(spread > 0)) return undefined;
    sum += (left.mean - right.mean) / spread;
  }
  return Math.max(0, sum / 2);
}

interface Moments {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

function moments(values: Float64Array, rows: number, dimensions: number, half: number): Moments {
  const mean = new Float64Array(dimensions);
  let count = 0;
  for (let row = half; row < rows; row += 2) {
    for (let axis = 0; axis < dimensions; axis += 1) mean[axis] += values[row * dimensions + axis];
    count += 1;
  }
  for (let axis = 0; axis < dimensions; axis += 1) mean[axis] /= count;
  const covariance = new Float64Array(dimensions * dimensions);
  const centred = new Float64Array(dimensions);
  for (let row = half; row < rows; row += 2) {
    for (let axis = 0; axis < dimensions; axis += 1) centred[axis] = values[row * dimensions + axis] - mean[axis];
    for (let i = 0; i < dimensions; i += 1) {
      for (let j = 0; j <= i; j += 1) covariance[i * dimensions + j] += centred[i] * centred[j];
    }
  }
  for (let cell = 0; cell < covariance.length; cell += 1) covariance[cell] /= Math.max(1, count - 1);
  return { mean, covariance };
}

/** Solves (Σ + shrinkage) w = μ_a − μ_b; Σ is the mean of both covariances (lower triangle). */
function fisherDirection(a: Moments, b: Moments, dimensions: number): Float64Array | undefined {
  const pooled = new Float64Array(dimensions * dimensions);
  let trace = 0;
  for (let cell = 0; cell < pooled.length; cell += 1) pooled[cell] = (a.covariance[cell] + b.covariance[cell]) / 2;
  for (let axis = 0; axis < dimensions; axis += 1) trace += pooled[axis * dimensions + axis];
  if (!(trace > 0)) return undefined;
  for (let i = 0; i < dimensions; i += 1) {
    for (let j = 0; j < i; j += 1) pooled[i * dimensions + j] *= 1 - shrinkage;
    pooled[i * dimensions + i] = (1 - shrinkage) * pooled[i * dimensions + i] + (shrinkage * trace) / dimensions;
  }
  if (!cholesky(pooled, dimensions)) return undefined;
  const direction = a.mean.map((value, axis) => value - b.mean[axis]);
  solveSquare(pooled, direction, dimensions);
  return direction;
}

function along(
  values: Float64Array,
  rows: number,
  dimensions: number,
  half: number,
  direction: Float64Array,
): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let row = half; row < rows; row += 2) {
    let value = 0;
    for (let axis = 0; axis < dimensions; axis += 1) value += values[row * dimensions + axis] * direction[axis];
    count += 1;
    const step = value - sum;
    sum += step / count;
    squares += step * (value - sum);
  }
  return { mean: sum, variance: squares / Math.max(1, count - 1) };
}
