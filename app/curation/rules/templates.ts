import { decodeFloats } from '../../analyzer/decode.ts';
import { cutOutOf } from '../../analyzer/extensions/cut-out.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import { elementBytes, float32Type, float64Type } from '../../analyzer/npy-bytes.ts';
import type { StoredArray } from '../../analyzer/stored-array.ts';
import type { MergedUnits } from '../merged-units.ts';
import { requiredArray } from './required-array.ts';
import { defineMergeRule, type MergedArray, type MergedTemplates } from './rule.ts';

/**
 * Every operator (the standard deviation too) is the mean over the members weighted by their total spike counts, zero outside the
 * common channels. Weights are single precision, as in SpikeInterface.
 */
export const templatesRule = defineMergeRule({
  id: 'templates',
  async merge(context) {
    requiredArray(context, 'average');
    const arrays: MergedArray[] = [];
    let templates: MergedTemplates | undefined;
    for (const name of [...context.arrays.keys(), ...context.unreadable.keys()]) {
      const array = requiredArray(context, name, context.units.unitIdsBefore.length, 3);
      const before = decodeFloats(await array.read(context.options), array.dtype, array.file);
      const after = mergedOperator(before, array, context.units);
      if (name === 'average') {
        const stored = { name: 'templates', params: context.params, fileOf: () => array.file };
        const beforeCount = () => cutOutOf(stored, array.shape[1], context.samplingFrequencyHz).beforeCount;
        templates = { average: after, sampleCount: array.shape[1], beforeCount };
      }
      arrays.push({
        name,
        dtype: after instanceof Float32Array ? float32Type : float64Type,
        shape: [context.units.unitIds.length, array.shape[1], array.shape[2]],
        content: elementBytes(after),
      });
    }
    return { arrays, templates };
  },
});

function mergedOperator(before: FloatArray, array: StoredArray, units: MergedUnits): FloatArray {
  const [, sampleCount, channelCount] = array.shape;
  const size = sampleCount * channelCount;
  const single = before instanceof Float32Array;
  const after = single ? new Float32Array(units.unitIds.length * size) : new Float64Array(units.unitIds.length * size);
  units.members.forEach((members, unit) => {
    const target = after.subarray(unit * size, (unit + 1) * size);
    if (!units.isMerged[unit]) {
      target.set(before.subarray(members[0] * size, (members[0] + 1) * size));
      return;
    }
    const weights = spikeCountWeights(members, units.spikeCountsBefore);
    members.forEach((member, index) => {
      const own = before.subarray(member * size, (member + 1) * size);
      if (single) addSingle(target, own, weights[index]);
      else addDouble(target, own, weights[index]);
    });
    if (units.sparsity === undefined) return;
    clearOutside(target, units.sparsity.mask.subarray(unit * channelCount, (unit + 1) * channelCount));
  });
  return after;
}

function addSingle(target: FloatArray, values: FloatArray, weight: number): void {
  for (let at = 0; at < target.length; at += 1) target[at] += Math.fround(values[at] * weight);
}

function addDouble(target: FloatArray, values: FloatArray, weight: number): void {
  for (let at = 0; at < target.length; at += 1) target[at] += values[at] * weight;
}

function clearOutside(template: FloatArray, mask: Uint8Array): void {
  for (let channel = 0; channel < mask.length; channel += 1) {
    if (mask[channel] !== 0) continue;
    for (let at = channel; at < template.length; at += mask.length) template[at] = 0;
  }
}

/** Shares of the members by spike count; equal shares where none has a spike. */
function spikeCountWeights(members: readonly number[], spikeCounts: Float64Array): Float32Array {
  const weights = Float32Array.from(members, (member) => spikeCounts[member]);
  const total = weights.reduce((sum, weight) => Math.fround(sum + weight), 0);
  return weights.map((weight) => (total > 0 ? weight / total : 1 / members.length));
}
