import { discriminability } from './measured/discriminability.ts';
import { projectionsAtEqualPlaces } from './measured/projections-at-equal-places.ts';
import { defineNumber } from './number.ts';

export const pcaDPrimeAtEqualPlaces = defineNumber({
  id: 'pca_d_prime_at_equal_places',
  title: 'PCA separation at equal places (d′)',
  definition:
    'The PCA separation after what changes from one 4 µm of probe motion to the next has been taken off both units alike; for units never seen at the same place, the 40 spikes of each that were seen nearest to the other. Not said below 20 spikes each, and where the probe hardly moved.',
  unit: '',
  source: 'Linear discriminant analysis, two-fold cross-validated; motion from spike_locations',
  needs: ['principal_components', 'spike_locations'],
  reading: 'Far below the PCA separation: the two differ by where the probe stood, not by shape.',
  digits: 2,
  async compute(view, pair, options) {
    const projections = await projectionsAtEqualPlaces(view, pair, options);
    return projections ? discriminability(projections) : undefined;
  },
});
