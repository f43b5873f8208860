import { decodeBooleans, decodeFloats } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { optionalArray, requireArray } from './read-array.ts';

export const amplitudeScalings = defineExtension({
  id: 'amplitude_scalings',
  title: 'Amplitude scalings',
  dependsOn: ['random_spikes', 'templates'],
  needsRecording: true,
  requires: ['amplitude_scalings'],
  read: async (stored, context, options) => {
    const array = await requireArray(stored, 'amplitude_scalings', [context.spikeCount], options);
    const collisions = await optionalArray(stored, 'collision_mask', [context.spikeCount], options);
    return {
      scalings: decodeFloats(await array.read(options), array.dtype, array.file),
      collisionMask: collisions && decodeBooleans(await collisions.read(options), collisions.dtype, collisions.file),
    };
  },
});
