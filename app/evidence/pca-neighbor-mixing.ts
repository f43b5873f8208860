import { neighborMixing } from './measured/neighbor-mixing.ts';
import { commonProjections } from './measured/projections.ts';
import { defineNumber } from './number.ts';

export const pcaNeighborMixing = defineNumber({
  id: 'pca_neighbor_mixing',
  title: 'Mixing of PCA neighbours',
  definition:
    'How often one of the five nearest spikes in the principal components of common channels belongs to the other unit, divided by how often it would if the two were one cloud. Not said below 20 spikes each.',
  unit: '',
  source: 'Nearest neighbours, as in nn_isolation of Chung et al. 2017',
  needs: ['principal_components'],
  reading: '1: one cloud. 0: two clouds.',
  digits: 2,
  async compute(view, pair, options) {
    const projections = await commonProjections(view, pair, options);
    return projections ? neighborMixing(projections) : undefined;
  },
});
