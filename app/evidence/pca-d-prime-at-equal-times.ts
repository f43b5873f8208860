import { discriminability } from './measured/discriminability.ts';
import { projectionsAtEqualTimes } from './measured/projections-at-equal-times.ts';
import { defineNumber } from './number.ts';

export const pcaDPrimeAtEqualTimes = defineNumber({
  id: 'pca_d_prime_at_equal_times',
  title: 'PCA separation at equal times (d′)',
  definition:
    'The PCA separation after what changes from one twentieth of the recording to the next has been taken off both units alike; for units that take turns, the last 40 against the first 40 spikes. Not said below 20 spikes each.',
  unit: '',
  source: 'Linear discriminant analysis, two-fold cross-validated',
  needs: ['principal_components'],
  reading: 'Far below the PCA separation: the two differ by drift, not by shape.',
  digits: 2,
  async compute(view, pair, options) {
    const projections = await projectionsAtEqualTimes(view, pair, options);
    return projections ? discriminability(projections) : undefined;
  },
});
