import { decodeFloat64 } from '../../analyzer/decode.ts';
import { elementBytes, float64Type } from '../../analyzer/npy-bytes.ts';
import { channelsOf } from '../merged-units.ts';
import { requiredArray } from './required-array.ts';
import { defineMergeRule, type MergedTemplates, type RuleContext } from './rule.ts';

/** Merged units are located anew from the merged templates, the others keep their place. */
export const unitLocationsRule = defineMergeRule({
  id: 'unit_locations',
  async merge(context) {
    const { units, templates, params } = context;
    const method = params['method'];
    if (templates === undefined) return { dropped: 'the templates it is computed from are not there' };
    if (context.channelPositionsUm.length === 0) return { dropped: 'the analyzer has no probe' };
    if (method !== 'center_of_mass' || (params['feature'] ?? 'ptp') !== 'ptp') {
      return { dropped: `its method ${String(method)} is not computed by Samecell, and the old places do not hold for merged units` };
    }
    if (units.sparsity === undefined)
      return { dropped: 'for a dense analyzer its channels depend on a radius that Samecell does not apply' };
    const array = requiredArray(context, 'unit_locations', units.unitIdsBefore.length, 2);
    const before = decodeFloat64(await array.read(context.options), array.dtype, array.file);
    const dimensionCount = array.shape[1];
    const after = new Float64Array(units.unitIds.length * dimensionCount);
    units.members.forEach((members, unit) => {
      const place = units.isMerged[unit]
        ? centerOfMass(unit, templates, context)
        : before.subarray(members[0] * dimensionCount, (members[0] + 1) * dimensionCount);
      after.set(place, unit * dimensionCount);
    });
    return {
      arrays: [{ name: 'unit_locations', dtype: float64Type, shape: [units.unitIds.length, dimensionCount], content: elementBytes(after) }],
    };
  },
});

/** Mean contact position weighted by the peak-to-peak amplitude of the template there. */
function centerOfMass(unit: number, templates: MergedTemplates, context: RuleContext): [number, number] {
  const { channelCount } = context.units;
  let x = 0;
  let y = 0;
  let weight = 0;
  for (const channel of channelsOf(context.units.sparsity, unit, channelCount)) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let sample = 0; sample < templates.sampleCount; sample += 1) {
      const value = templates.average[(unit * templates.sampleCount + sample) * channelCount + channel];
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    x += (high - low) * context.channelPositionsUm[2 * channel];
    y += (high - low) * context.channelPositionsUm[2 * channel + 1];
    weight += high - low;
  }
  return [x / weight, y / weight];
}
