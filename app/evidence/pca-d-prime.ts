import { discriminability } from './measured/discriminability.ts';
import { commonProjections } from './measured/projections.ts';
import { defineNumber } from './number.ts';

export const pcaDPrime = defineNumber({
  id: 'pca_d_prime',
  title: 'PCA separation (d′)',
  definition:
    'Distance of the two clouds of principal components on common channels along the direction that parts them best, in standard deviations; the direction is found on half of the spikes and measured on the other half, both ways. Not said below 20 spikes each.',
  unit: '',
  source: 'Linear discriminant analysis, two-fold cross-validated',
  needs: ['principal_components'],
  reading: 'Near 0: one cloud. Above about 3: two clouds. A unit cut at an amplitude or at a time keeps a d′ of 1 to 3.',
  digits: 2,
  async compute(view, pair, options) {
    const projections = await commonProjections(view, pair, options);
    return projections ? discriminability(projections) : undefined;
  },
});
