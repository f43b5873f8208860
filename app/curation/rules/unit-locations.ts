import { gridConvolution } from '../../analyzer/compute/extensions/grid-convolution.ts';
import { pointSource } from '../../analyzer/compute/point-source.ts';
import { decodeFloat64 } from '../../analyzer/decode.ts';
import { elementBytes, float64Type } from '../../analyzer/npy-bytes.ts';
import { channelsOf } from '../merged-units.ts';
import { requiredArray } from './required-array.ts';
import { defineMergeRule, type MergedTemplates, type RuleContext } from './rule.ts';

const defaultRadiusUm = 75;

/**
 * Merged units are located anew from the merged templates, the others keep their place. Places fitted by steps agree with
 * SpikeInterface's to 0.05 µm, mostly far better.
 */
export const unitLocationsRule = defineMergeRule({
  id: 'unit_locations',
  async merge(context) {
    const { units, templates, params } = context;
    if (templates === undefined) return { dropped: 'the templates it is computed from are not there' };
    if (context.channelPositionsUm.length === 0) return { dropped: 'the analyzer has no probe' };
    const unknown = unknownParameter(params);
    if (unknown !== undefined)
      return { dropped: `Samecell does not compute it with ${unknown}, and the old places do not hold for merged units` };
    const array = requiredArray(context, 'unit_locations', units.unitIdsBefore.length, 2);
    const before = decodeFloat64(await array.read(context.options), array.dtype, array.file);
    const dimensionCount = array.shape[1];
    if (dimensionCount !== (params['method'] === 'center_of_mass' ? 2 : 3)) {
      return { dropped: `it has ${dimensionCount} coordinates, which is not what its method gives` };
    }
    const after = new Float64Array(units.unitIds.length * dimensionCount);
    const main = await context.mainChannels();
    const place = params['method'] === 'grid_convolution' ? onGrid(templates, context) : undefined;
    units.members.forEach((members, unit) => {
      const kept = before.subarray(members[0] * dimensionCount, (members[0] + 1) * dimensionCount);
      after.set(units.isMerged[unit] ? (place ?? located)(unit, main[unit], templates, context) : kept, unit * dimensionCount);
    });
    return {
      arrays: [{ name: 'unit_locations', dtype: float64Type, shape: [units.unitIds.length, dimensionCount], content: elementBytes(after) }],
    };
  },
});

/** The first parameter that asks for something else than what is computed here. */
function unknownParameter(params: Readonly<Record<string, unknown>>): string | undefined {
  const known: Readonly<Record<string, readonly unknown[]>> = {
    method: ['monopolar_triangulation', 'center_of_mass', 'grid_convolution'],
    feature: ['ptp', 'energy'],
    optimizer: ['least_square'],
    max_distance_um: [1000],
    return_alpha: [false],
  };
  const isGrid = params['method'] === 'grid_convolution';
  // These do not change the result of a sparse analyzer, or not at all.
  const harmless = isGrid ? [] : ['radius_um', 'enforce_decrease', 'peak_sign', 'peak_mode'];
  const name = Object.keys(params).find((key) => !harmless.includes(key) && !known[key]?.includes(params[key]));
  return name === undefined ? undefined : `${name} ${JSON.stringify(params[name])}`;
}

type Locate = (unit: number, main: number, templates: MergedTemplates, context: RuleContext) => readonly number[];

function onGrid(templates: MergedTemplates, { units, channelPositionsUm, samplingFrequencyHz }: RuleContext): Locate {
  const { average, sampleCount } = templates;
  const cut = { sampleCount, beforeCount: templates.beforeCount() };
  return gridConvolution(channelPositionsUm, { average, ...cut, channelCount: units.channelCount }, samplingFrequencyHz);
}

function located(unit: number, main: number, templates: MergedTemplates, context: RuleContext): readonly number[] {
  const channels = [...channelsNear(unit, main, context)];
  const heightOn = context.params['feature'] === 'energy' ? energyOn : rangeOn;
  const heights = channels.map((channel) => heightOn(unit, channel, templates, context));
  const positions = channels.map(
    (channel) => [context.channelPositionsUm[2 * channel], context.channelPositionsUm[2 * channel + 1]] as const,
  );
  if (context.params['method'] === 'monopolar_triangulation') return pointSource(heights, positions);
  const total = heights.reduce((sum, height) => sum + height, 0);
  return [0, 1].map((axis) => heights.reduce((sum, height, at) => sum + height * positions[at][axis], 0) / total);
}

/** A sparse unit's channels; for a dense one those within the radius of its main channel. */
function channelsNear(unit: number, main: number, { params, channelPositionsUm: positions, units }: RuleContext): Int32Array {
  const channels = channelsOf(units.sparsity, unit, units.channelCount);
  if (units.sparsity !== undefined) return channels;
  const radiusUm = Number(params['radius_um'] ?? defaultRadiusUm);
  const distance = (channel: number) =>
    Math.hypot(positions[2 * channel] - positions[2 * main], positions[2 * channel + 1] - positions[2 * main + 1]);
  return channels.filter((channel) => distance(channel) <= radiusUm);
}

function energyOn(unit: number, channel: number, templates: MergedTemplates, context: RuleContext): number {
  let squares = 0;
  for (let sample = 0; sample < templates.sampleCount; sample += 1)
    squares += templates.average[(unit * templates.sampleCount + sample) * context.units.channelCount + channel] ** 2;
  return Math.sqrt(squares);
}

function rangeOn(unit: number, channel: number, templates: MergedTemplates, context: RuleContext): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let sample = 0; sample < templates.sampleCount; sample += 1) {
    const value = templates.average[(unit * templates.sampleCount + sample) * context.units.channelCount + channel];
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}
