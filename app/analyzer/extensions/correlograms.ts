import { decodeFloat64 } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const correlograms = defineExtension({
  id: 'correlograms',
  title: 'Cross-correlograms',
  dependsOn: [],
  needsRecording: false,
  requires: ['ccgs', 'bins'],
  read: async (stored, context, options) => {
    const unitCount = context.unitIds.length;
    const ccgs = await requireArray(stored, 'ccgs', [unitCount, unitCount, undefined], options);
    const binCount = ccgs.shape[2];
    const bins = await requireArray(stored, 'bins', [binCount + 1], options);
    return {
      ccgs: decodeFloat64(await ccgs.read(options), ccgs.dtype, ccgs.file),
      edgesMs: decodeFloat64(await bins.read(options), bins.dtype, bins.file),
      binCount,
    };
  },
});
