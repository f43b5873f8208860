import { decodeFloat32 } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const templateSimilarity = defineExtension({
  id: 'template_similarity',
  title: 'Template similarity',
  dependsOn: ['random_spikes', 'templates'],
  needsRecording: false,
  requires: ['similarity'],
  read: async (stored, context, options) => {
    const unitCount = context.unitIds.length;
    const array = await requireArray(stored, 'similarity', [unitCount, unitCount], options);
    const method = stored.params['method'];
    return {
      similarity: decodeFloat32(await array.read(options), array.dtype, array.file),
      method: typeof method === 'string' ? method : 'unknown',
    };
  },
});
