import { Failure } from '../../failure.ts';
import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';
import { createBreather } from './breathe.ts';
import { perView } from './per-view.ts';
import { pointSource } from './point-source.ts';
import { templatesOf, type ViewTemplates } from './templates.ts';

export interface UnitLocations {
  /** x, y per unit in µm (n, 2). */
  readonly xyUm: Float64Array;
  readonly computed: boolean;
}

const denseRadiusUm = 75;

/**
 * The stored `unit_locations` (x, y), else monopolar triangulation from the templates: the point source whose potential
 * falls with 1/distance and fits the peak-to-peak amplitudes, as SpikeInterface's default.
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
    const heights = channels.map((channel) => peakToPeak(templates, unit, channel));
    const positions = channels.map((channel) => [view.channelPositionsUm[2 * channel], view.channelPositionsUm[2 * channel + 1]] as const);
    const [x, y] = pointSource(heights, positions);
    xyUm[2 * unit] = x;
    xyUm[2 * unit + 1] = y;
    const turn = breathe();
    if (turn) await turn;
  }
  return { xyUm, computed: true };
});

/** Channels a unit is located on: its own, or all within 75 µm of its main channel where dense. */
export function channelsNear(view: AnalyzerView, unit: number, main: number): number[] {
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

/** Height of a unit's template on one channel, from its lowest to its highest sample. */
export function peakToPeak(templates: ViewTemplates, unit: number, channel: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let sample = 0; sample < templates.sampleCount; sample += 1) {
    const value = templates.average[(unit * templates.sampleCount + sample) * templates.channelCount + channel];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}
