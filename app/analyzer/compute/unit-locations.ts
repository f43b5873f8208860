import { Failure } from '../../failure.ts';
import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';
import { createBreather } from './breathe.ts';
import { perView } from './per-view.ts';
import { templatesOf } from './templates.ts';

export interface UnitLocations {
  /** x, y per unit in µm (n, 2). */
  readonly xyUm: Float64Array;
  readonly computed: boolean;
}

const denseRadiusUm = 75;
const farthestUm = 1000;
const firstDepthUm = 20;

/**
 * The stored `unit_locations` (x, y), else monopolar triangulation from the templates: the point source whose potential
 * falls with 1/distance and fits the peak-to-peak amplitudes best, as SpikeInterface's default. Its optimiser stops at
 * another place of the same minimum, so computed positions agree to a fraction of a µm, not to the last digit.
 */
export const unitLocationsOf: (view: AnalyzerView, options?: ReadOptions) => Promise<UnitLocations> = perView(async (view, options) => {
  const unitCount = view.unitIds.length;
  const xyUm = new Float64Array(2 * unitCount);
  if (view.has('unit_locations')) {
    const { locationsUm, dimensionCount } = await view.extension('unit_locations', options);
    for (let unit = 0; unit < unitCount; unit += 1) {
      xyUm[2 * unit] = locationsUm[unit * dimensionCount];
      xyUm[2 * unit + 1] = locationsUm[unit * dimensionCount + 1];
    }
    return { xyUm, computed: false };
  }
  if (view.channelPositionsUm.length === 0) {
    throw new Failure(
      'analyzer.missingExtension',
      'Unit positions need the probe or the extension unit_locations; this analyzer has neither.',
      {
        extension: 'unit_locations',
      },
    );
  }
  const templates = await templatesOf(view, options);
  const mainChannels = await view.mainChannels(options);
  const breathe = createBreather(options?.signal);
  for (let unit = 0; unit < unitCount; unit += 1) {
    const channels = channelsNear(view, unit, mainChannels[unit]);
    const heights = channels.map((channel) => {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let sample = 0; sample < templates.sampleCount; sample += 1) {
        const value = templates.average[(unit * templates.sampleCount + sample) * templates.channelCount + channel];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      return high - low;
    });
    const positions = channels.map((channel) => [view.channelPositionsUm[2 * channel], view.channelPositionsUm[2 * channel + 1]] as const);
    const [x, y] = pointSource(heights, positions);
    xyUm[2 * unit] = x;
    xyUm[2 * unit + 1] = y;
    const turn = breathe();
    if (turn) await turn;
  }
  return { xyUm, computed: true };
});

function channelsNear(view: AnalyzerView, unit: number, main: number): number[] {
  const positions = view.channelPositionsUm;
  const channels: number[] = [];
  for (let channel = 0; channel < view.channelIds.length; channel += 1) {
    const near =
      view.sparsity === undefined
        ? Math.hypot(positions[2 * channel] - positions[2 * main], positions[2 * channel + 1] - positions[2 * main + 1]) <= denseRadiusUm
        : view.sparsity.mask[unit * view.sparsity.channelCount + channel] === 1;
    if (near) channels.push(channel);
  }
  return channels;
}

/**
 * x, y and distance from the probe (µm) of the point source that fits peak-to-peak heights at contact positions best:
 * Levenberg–Marquardt on these and the strength, kept inside SpikeInterface's bounds; NaN where nothing can be fitted.
 */
export function pointSource(heights: readonly number[], positions: readonly (readonly [number, number])[]): [number, number, number] {
  const total = heights.reduce((sum, height) => sum + height, 0);
  if (!(total > 0)) return [Number.NaN, Number.NaN, Number.NaN];
  let strongest = 0;
  const centre: [number, number] = [0, 0];
  for (const [place, height] of heights.entries()) {
    if (height > heights[strongest]) strongest = place;
    centre[0] += (height * positions[place][0]) / total;
    centre[1] += (height * positions[place][1]) / total;
  }
  const low = [centre[0] - farthestUm, centre[1] - farthestUm, 1, 0];
  const high = [centre[0] + farthestUm, centre[1] + farthestUm, 10 * farthestUm, heights[strongest] * farthestUm];
  const reach = Math.hypot(centre[0] - positions[strongest][0], centre[1] - positions[strongest][1], firstDepthUm);
  let point = [centre[0], centre[1], firstDepthUm, reach * heights[strongest]];
  let error = squaredError(point, heights, positions);
  let damping = 1e-3;
  for (let round = 0; round < 500; round += 1) {
    const { gradient, curvature } = normalEquations(point, heights, positions);
    const step = solveDamped(curvature, gradient, damping);
    const next = point.map((value, axis) => Math.min(high[axis], Math.max(low[axis], value + step[axis])));
    const nextError = squaredError(next, heights, positions);
    if (nextError < error) {
      const gain = (error - nextError) / error;
      point = next;
      error = nextError;
      damping = Math.max(1e-12, damping / 5);
      if (gain < 1e-14) break;
    } else {
      damping *= 4;
      if (!(damping < 1e12)) break;
    }
  }
  return [point[0], point[1], point[2]];
}

function squaredError(point: readonly number[], heights: readonly number[], positions: readonly (readonly [number, number])[]): number {
  let sum = 0;
  for (const [place, height] of heights.entries()) {
    sum += (height - point[3] / Math.hypot(positions[place][0] - point[0], positions[place][1] - point[1], point[2])) ** 2;
  }
  return sum;
}

function normalEquations(
  point: readonly number[],
  heights: readonly number[],
  positions: readonly (readonly [number, number])[],
): { gradient: number[]; curvature: number[][] } {
  const gradient = [0, 0, 0, 0];
  const curvature = [0, 1, 2, 3].map(() => [0, 0, 0, 0]);
  for (const [place, height] of heights.entries()) {
    const across = positions[place][0] - point[0];
    const along = positions[place][1] - point[1];
    const distance = Math.hypot(across, along, point[2]);
    const cube = distance ** 3;
    const slopes = [(point[3] * across) / cube, (point[3] * along) / cube, (-point[3] * point[2]) / cube, 1 / distance];
    const rest = height - point[3] / distance;
    for (let row = 0; row < 4; row += 1) {
      gradient[row] += slopes[row] * rest;
      for (let column = 0; column < 4; column += 1) curvature[row][column] += slopes[row] * slopes[column];
    }
  }
  return { gradient, curvature };
}

function solveDamped(curvature: readonly (readonly number[])[], gradient: readonly number[], damping: number): number[] {
  const size = gradient.length;
  const rows = curvature.map((row, place) => [
    ...row.map((value, column) => (column === place ? value * (1 + damping) + 1e-300 : value)),
    gradient[place],
  ]);
  for (let pivot = 0; pivot < size; pivot += 1) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row += 1) if (Math.abs(rows[row][pivot]) > Math.abs(rows[best][pivot])) best = row;
    [rows[pivot], rows[best]] = [rows[best], rows[pivot]];
    for (let row = pivot + 1; row < size; row += 1) {
      const factor = rows[row][pivot] / rows[pivot][pivot];
      for (let column = pivot; column <= size; column += 1) rows[row][column] -= factor * rows[pivot][column];
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row -= 1) {
    let value = rows[row][size];
    for (let column = row + 1; column < size; column += 1) value -= rows[row][column] * solution[column];
    solution[row] = value / rows[row][row];
  }
  return solution.map((value) => (Number.isFinite(value) ? value : 0));
}
