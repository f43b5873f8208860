import { Failure } from '../../failure.ts';
import { decodeIndices } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const randomSpikes = defineExtension({
  id: 'random_spikes',
  title: 'Random spikes',
  dependsOn: [],
  needsRecording: false,
  requires: ['random_spikes_indices'],
  read: async (stored, context, options) => {
    const array = await requireArray(stored, 'random_spikes_indices', [undefined], options);
    const rows = decodeIndices(await array.read(options), array.dtype, array.file, context.spikeCount, 'spike');
    for (let at = 1; at < rows.length; at += 1) {
      if (rows[at] > rows[at - 1]) continue;
      throw new Failure('analyzer.damaged', `${array.file} isn't in ascending order. Compute random_spikes and what follows it again.`, {
        file: array.file,
      });
    }
    return { rows };
  },
});
