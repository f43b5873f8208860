import { poissonCdf } from '../analyzer/compute/distributions.ts';
import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const ccgRefractoryPValue = defineNumber({
  id: 'ccg_refractory_p_value',
  title: 'Chance of so deep a dip',
  definition: 'Probability of seeing so few coincidences or fewer if the units were independent cells (Poisson).',
  unit: '',
  source: 'Poisson test of the cross-correlogram',
  needs: [],
  reading: 'Small: a real dip, which speaks for the same cell. Not small says nothing where few are expected.',
  digits: 4,
  async compute(view, pair, options) {
    const window = await refractoryWindow(view, pair, options);
    return window.expected > 0 ? poissonCdf(window.observed, window.expected) : undefined;
  },
});
