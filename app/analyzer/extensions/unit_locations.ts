import { decodeFloat64 } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const unitLocations = defineExtension({
  id: 'unit_locations',
  title: 'Unit locations',
  dependsOn: ['random_spikes', 'templates'],
  needsRecording: false,
  requires: ['unit_locations'],
  read: async (stored, context, options) => {
    const array = await requireArray(stored, 'unit_locations', [context.unitIds.length, undefined], options);
    return { locationsUm: decodeFloat64(await array.read(options), array.dtype, array.file), dimensionCount: array.shape[1] };
  },
});
