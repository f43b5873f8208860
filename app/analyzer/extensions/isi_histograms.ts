import { decodeFloat64 } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const isiHistograms = defineExtension({
  id: 'isi_histograms',
  title: 'Inter-spike intervals',
  dependsOn: [],
  needsRecording: false,
  requires: ['isi_histograms', 'bins'],
  read: async (stored, context, options) => {
    const histograms = await requireArray(stored, 'isi_histograms', [context.unitIds.length, undefined], options);
    const binCount = histograms.shape[1];
    const bins = await requireArray(stored, 'bins', [binCount + 1], options);
    return {
      histograms: decodeFloat64(await histograms.read(options), histograms.dtype, histograms.file),
      edgesMs: decodeFloat64(await bins.read(options), bins.dtype, bins.file),
      binCount,
    };
  },
});
