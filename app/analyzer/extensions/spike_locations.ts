import { decodeFloats, fieldOf } from '../decode.ts';
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
    const bytes = await array.read(options);
    const x = fieldOf(bytes, array.dtype, 'x', array.file);
    const y = fieldOf(bytes, array.dtype, 'y', array.file);
    return { xUm: decodeFloats(x.bytes, x.dtype, array.file), yUm: decodeFloats(y.bytes, y.dtype, array.file) };
  },
});
