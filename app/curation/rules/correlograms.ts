import { allCorrelograms } from '../../analyzer/compute/correlograms.ts';
import { decodeFloat64 } from '../../analyzer/decode.ts';
import { elementBytes, float64Type, int64Bytes, int64Type } from '../../analyzer/npy-bytes.ts';
import type { MergedUnits } from '../merged-units.ts';
import { binsOf } from './bins-of.ts';
import { requiredArray } from './required-array.ts';
import { defineMergeRule, type RuleContext, type RuleResult } from './rule.ts';

/** Rows and columns of the members are added, which is exact; where censoring took spikes away everything is counted again. */
export const correlogramsRule = defineMergeRule({
  id: 'correlograms',
  async merge(context) {
    if (context.units.keptRows !== undefined) return counted(context);
    const array = requiredArray(context, 'ccgs', context.units.unitIdsBefore.length, 3);
    const bins = requiredArray(context, 'bins');
    const before = decodeFloat64(await array.read(context.options), array.dtype, array.file);
    const binCount = array.shape[2];
    return {
      arrays: [
        {
          name: 'ccgs',
          dtype: float64Type,
          shape: [context.units.unitIds.length, context.units.unitIds.length, binCount],
          content: elementBytes(added(before, binCount, context.units)),
        },
        { name: 'bins', dtype: bins.dtype, shape: bins.shape, content: await bins.read(context.options) },
      ],
    };
  },
});

function added(before: Float64Array, binCount: number, { members, unitIds, unitIdsBefore }: MergedUnits): Float64Array {
  const countBefore = unitIdsBefore.length;
  const count = unitIds.length;
  const after = new Float64Array(count * count * binCount);
  for (let first = 0; first < count; first += 1) {
    for (let second = 0; second < count; second += 1) {
      const target = (first * count + second) * binCount;
      for (const row of members[first]) {
        for (const column of members[second]) addBins(after, target, before, (row * countBefore + column) * binCount, binCount);
      }
    }
  }
  return after;
}

function addBins(after: Float64Array, target: number, before: Float64Array, from: number, binCount: number): void {
  for (let bin = 0; bin < binCount; bin += 1) after[target + bin] += before[from + bin];
}

async function counted(context: RuleContext): Promise<RuleResult> {
  const { unitIds, spikes } = context.units;
  const { binCount, edgesMs } = binsOf(context);
  const counts = await allCorrelograms({ unitIds, spikes: async () => spikes }, binsOf(context), context.options);
  return {
    arrays: [
      { name: 'ccgs', dtype: int64Type, shape: [unitIds.length, unitIds.length, binCount], content: int64Bytes(counts) },
      { name: 'bins', dtype: float64Type, shape: [edgesMs.length], content: elementBytes(edgesMs) },
    ],
  };
}
