import { decodeFloats, fieldOf } from '../decode.ts';
import type { FloatArray } from './data.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const spikeLocations = defineExtension({
  id: 'spike_locations',
  title: 'Spike locations',
  dependsOn: ['random_spikes', 'templates'],
  needsRecording: true,
  requires: ['spike_locations'],
  read: async (stored, context, options) => {
    const array = await requireArray(stored, 'spike_locations', [context.spikeCount], options);
    const rows = array.rowsAreCheap ? Math.max(1, Math.floor(blockBytes / Math.max(1, array.dtype.itemSize))) : context.spikeCount;
    let whole: { xUm: FloatArray; yUm: FloatArray } | undefined;
    for (let start = 0; start === 0 || start < context.spikeCount; start += rows) {
      const bytes = await array.readRows(start, Math.min(rows, context.spikeCount - start), options);
      const x = fieldOf(bytes, array.dtype, 'x', array.file);
      const y = fieldOf(bytes, array.dtype, 'y', array.file);
      const xUm = decodeFloats(x.bytes, x.dtype, array.file);
      const yUm = decodeFloats(y.bytes, y.dtype, array.file);
      if (rows >= context.spikeCount) return { xUm, yUm };
      whole ??= { xUm: emptyLike(xUm, context.spikeCount), yUm: emptyLike(yUm, context.spikeCount) };
      whole.xUm.set(xUm, start);
      whole.yUm.set(yUm, start);
    }
    return whole ?? { xUm: new Float32Array(0), yUm: new Float32Array(0) };
  },
});

/** Stretches of a long array that are taken apart at a time. */
const blockBytes = 2 ** 22;

function emptyLike(values: FloatArray, length: number): FloatArray {
  return values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}
