import { decodeFloat64 } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const autoCorrelograms = defineExtension({
  id: 'auto_correlograms',
  title: 'Auto-correlograms',
  dependsOn: [],
  needsRecording: false,
  requires: ['acgs', 'bins'],
  read: async (stored, context, options) => {
    const acgs = await requireArray(stored, 'acgs', [context.unitIds.length, undefined], options);
    const binCount = acgs.shape[1];
    const bins = await requireArray(stored, 'bins', [binCount + 1], options);
    return {
      acgs: decodeFloat64(await acgs.read(options), acgs.dtype, acgs.file),
      edgesMs: decodeFloat64(await bins.read(options), bins.dtype, bins.file),
      binCount,
    };
  },
});
