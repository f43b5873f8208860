import { Failure } from '../../failure.ts';
import { defineExtension } from './definition.ts';
import { packedReader } from './packed-rows.ts';
import { requireArray } from './read-array.ts';

export const principalComponents = defineExtension({
  id: 'principal_components',
  title: 'Principal components',
  dependsOn: ['random_spikes', 'waveforms'],
  needsRecording: false,
  requires: ['pca_projection'],
  read: async (stored, context, options) => {
    const mode = stored.params['mode'];
    if (mode !== 'by_channel_local' && mode !== 'by_channel_global' && mode !== 'concatenated') {
      throw new Failure(
        'analyzer.unsupported',
        `principal_components was computed in the mode ${String(mode).slice(0, 40)}, which Samecell doesn't know. Compute it by_channel_local.`,
        { extension: stored.name },
      );
    }
    const shape = mode === 'concatenated' ? [undefined, undefined] : [undefined, undefined, undefined];
    const array = await requireArray(stored, 'pca_projection', shape, options);
    return { componentCount: array.shape[1], mode, ...(await packedReader(array, context, options)) };
  },
});
