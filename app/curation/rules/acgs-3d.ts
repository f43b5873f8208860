import { type Acg3dParams, acg3d, acg3dLagCount } from '../../analyzer/compute/acg-3d.ts';
import { decodeFloat64 } from '../../analyzer/decode.ts';
import { elementBytes, float64Type } from '../../analyzer/npy-bytes.ts';
import { throwIfCancelled } from '../../failure.ts';
import { requiredArray } from './required-array.ts';
import { positiveNumber, unusable } from './required-number.ts';
import { defineMergeRule, type RuleContext } from './rule.ts';
import { trainsOf } from './trains-of.ts';

/** Merged units are counted again, the others kept. */
export const acgs3dRule = defineMergeRule({
  id: 'acgs_3d',
  async merge(context) {
    const { units } = context;
    const params = paramsOf(context);
    const lagCount = acg3dLagCount(params);
    const countBefore = units.unitIdsBefore.length;
    const acgs = requiredArray(context, 'acgs_3d', countBefore, 3);
    const edges = requiredArray(context, 'firing_quantiles', countBefore, 2);
    const bins = requiredArray(context, 'bins');
    if (acgs.shape[1] !== params.quantileCount || acgs.shape[2] !== lagCount || edges.shape[1] !== params.quantileCount) {
      return {
        dropped: `its shape (${acgs.shape.join(', ')}) is not the (${countBefore}, ${params.quantileCount}, ${lagCount}) that its parameters ask for`,
      };
    }
    const acgsBefore = decodeFloat64(await acgs.read(context.options), acgs.dtype, acgs.file);
    const edgesBefore = decodeFloat64(await edges.read(context.options), edges.dtype, edges.file);
    const size = params.quantileCount * lagCount;
    const acgsAfter = new Float64Array(units.unitIds.length * size);
    const edgesAfter = new Float64Array(units.unitIds.length * params.quantileCount);
    for (const [unit, [first]] of units.members.entries()) {
      throwIfCancelled(context.options.signal);
      const counted = units.isMerged[unit]
        ? acg3d(trainsOf(units.spikes, unit, context.segmentSampleCounts.length), params, context.samplingFrequencyHz)
        : undefined;
      acgsAfter.set(counted?.acg ?? acgsBefore.subarray(first * size, (first + 1) * size), unit * size);
      edgesAfter.set(
        counted?.firingQuantilesHz ?? edgesBefore.subarray(first * params.quantileCount, (first + 1) * params.quantileCount),
        unit * params.quantileCount,
      );
    }
    return {
      arrays: [
        { name: 'acgs_3d', dtype: float64Type, shape: [units.unitIds.length, ...acgs.shape.slice(1)], content: elementBytes(acgsAfter) },
        {
          name: 'firing_quantiles',
          dtype: float64Type,
          shape: [units.unitIds.length, params.quantileCount],
          content: elementBytes(edgesAfter),
        },
        // Each lag as often as there were units before: SpikeInterface carries it over as it is.
        { name: 'bins', dtype: bins.dtype, shape: bins.shape, content: await bins.read(context.options) },
      ],
    };
  },
});

/** A quarter of an hour; SpikeInterface's own is a quarter of a second. */
const longestSmoothingMs = 900_000;

function paramsOf({ params }: RuleContext): Acg3dParams {
  const smoothing = params['smoothing_factor'];
  const quantileCount = positiveNumber(params, 'num_firing_rate_quantiles');
  if (typeof smoothing === 'number' && !(smoothing <= longestSmoothingMs)) throw unusable('smoothing_factor');
  if (!Number.isInteger(quantileCount) || quantileCount > 1000) throw unusable('num_firing_rate_quantiles');
  return {
    windowMs: positiveNumber(params, 'window_ms'),
    binMs: positiveNumber(params, 'bin_ms'),
    quantileCount,
    smoothingMs: typeof smoothing === 'number' ? smoothing : 0,
  };
}
