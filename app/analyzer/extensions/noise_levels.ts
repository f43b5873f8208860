import { decodeFloats } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const noiseLevels = defineExtension({
  id: 'noise_levels',
  title: 'Noise levels',
  dependsOn: [],
  needsRecording: true,
  requires: ['noise_levels'],
  read: async (stored, context, options) => {
    const array = await requireArray(stored, 'noise_levels', [context.channelCount], options);
    return { noiseLevels: decodeFloats(await array.read(options), array.dtype, array.file) };
  },
});
