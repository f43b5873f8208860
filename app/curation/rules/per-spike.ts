import type { StoredArray } from '../../analyzer/stored-array.ts';
import { requiredArray, rowBlocks } from './required-array.ts';
import { defineMergeRule, type MergedArray, type RuleContext } from './rule.ts';

/** Values per spike stay as they are (measured on the old main channel, as in SpikeInterface); rows of censored spikes go. */
function perSpikeRule<const Id extends string>(id: Id, names: readonly string[], optional: readonly string[] = []) {
  return defineMergeRule({
    id,
    async merge(context) {
      const present = [...names, ...optional.filter((name) => context.arrays.has(name))];
      return { arrays: present.map((name) => keptRowsOf(name, requiredArray(context, name, context.units.spikesBefore.count), context)) };
    },
  });
}

function keptRowsOf(name: string, array: StoredArray, context: RuleContext): MergedArray {
  const { keptRows } = context.units;
  async function* pieces() {
    for await (const block of rowBlocks(array, keptRows, context)) yield block.bytes;
  }
  return { name, dtype: array.dtype, shape: [keptRows?.length ?? array.shape[0], ...array.shape.slice(1)], content: pieces() };
}

export const spikeAmplitudesRule = perSpikeRule('spike_amplitudes', ['amplitudes']);
export const spikeLocationsRule = perSpikeRule('spike_locations', ['spike_locations']);
export const amplitudeScalingsRule = perSpikeRule('amplitude_scalings', ['amplitude_scalings'], ['collision_mask']);
