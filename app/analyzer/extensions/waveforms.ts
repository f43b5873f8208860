import { cutOutOf } from './cut-out.ts';
import { defineExtension } from './definition.ts';
import { packedReader } from './packed-rows.ts';
import { requireArray } from './read-array.ts';

export const waveforms = defineExtension({
  id: 'waveforms',
  title: 'Waveforms',
  dependsOn: ['random_spikes'],
  needsRecording: true,
  requires: ['waveforms'],
  read: async (stored, context, options) => {
    const array = await requireArray(stored, 'waveforms', [undefined, undefined, undefined], options);
    const sampleCount = array.shape[1];
    const cutOut = cutOutOf(stored, sampleCount, context.samplingFrequencyHz);
    return { sampleCount, ...cutOut, ...(await packedReader(array, context, options)) };
  },
});
