import { Failure } from '../../failure.ts';
import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';
import { boundedLeastSquares } from './bounded-least-squares.ts';
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
 * x, y and distance from the probe (µm) of the point source that fits peak-to-peak heights at contact positions, from
 * SpikeInterface's first guess, inside its bounds and by its optimiser; NaN where nothing can be fitted.
 */
export function pointSource(heights: readonly number[], positions: readonly (readonly [number, number])[]): [number, number, number] {
  const total = heights.reduce((sum, height) => sum + height, 0);
  if (!(total > 0) || heights.length < 4) return [Number.NaN, Number.NaN, Number.NaN];
  let strongest = 0;
  const centre: [number, number] = [0, 0];
  for (const [place, height] of heights.entries()) {
    if (height > heights[strongest]) strongest = place;
    centre[0] += height * positions[place][0];
    centre[1] += height * positions[place][1];
  }
  const [x, y] = [centre[0] / total, centre[1] / total];
  const reach = Math.sqrt((x - positions[strongest][0]) ** 2 + (y - positions[strongest][1]) ** 2 + firstDepthUm ** 2);
  const start = [x, y, firstDepthUm, reach * heights[strongest]].map(Math.fround);
  const fitted = boundedLeastSquares(
    {
      low: [Math.fround(start[0] - farthestUm), Math.fround(start[1] - farthestUm), 1, 0],
      high: [Math.fround(start[0] + farthestUm), Math.fround(start[1] + farthestUm), 10 * farthestUm, heights[strongest] * farthestUm],
      residuals: (point) => heights.map((height, place) => height - point[3] / distanceTo(positions[place], point)),
    },
    start,
  );
  return [fitted[0], fitted[1], fitted[2]];
}

function distanceTo(position: readonly [number, number], point: readonly number[]): number {
  return Math.sqrt((position[0] - point[0]) ** 2 + (position[1] - point[1]) ** 2 + point[2] ** 2);
}
