import { isolation } from './measured/isolation.ts';
import { commonProjections } from './measured/projections.ts';
import { defineNumber } from './number.ts';

export const pcaIsolation = defineNumber({
  id: 'pca_isolation',
  title: 'Isolation in PCA',
  definition:
    'Squared Mahalanobis distance within which half of one unit’s spikes lie of the other’s cloud of principal components on common channels, over that of the cloud’s own spikes left out of its mean and covariance; the smaller of both directions. Not said below 20 spikes each.',
  unit: '',
  source: 'Isolation distance (Schmitzer-Torbert et al. 2005) between two units, made independent of their spike counts',
  needs: ['principal_components'],
  reading: '1: one cloud. Above about 3: two clouds.',
  digits: 2,
  async compute(view, pair, options) {
    const projections = await commonProjections(view, pair, options);
    return projections ? isolation(projections) : undefined;
  },
});
