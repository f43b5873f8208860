import { decodeFloats } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const spikeAmplitudes = defineExtension({
  id: 'spike_amplitudes',
  title: 'Spike amplitudes',
  dependsOn: ['random_spikes', 'templates'],
  needsRecording: true,
  requires: ['amplitudes'],
  read: async (stored, context, options) => {
    const array = await requireArray(stored, 'amplitudes', [context.spikeCount], options);
    return { amplitudes: decodeFloats(await array.read(options), array.dtype, array.file) };
  },
});
