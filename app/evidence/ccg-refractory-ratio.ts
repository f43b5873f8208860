import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const ccgRefractoryRatio = defineNumber({
  id: 'ccg_refractory_ratio',
  title: 'Refractory dip',
  definition:
    'Coincidences seen divided by those expected by chance, between 0.3 ms and the refractory period. Not said where less than one is expected.',
  unit: '',
  source: 'Cross-correlogram against the rates, in the manner of Llobet et al. 2022',
  needs: [],
  reading: 'Near 0: one refractory cell. Near 1: two independent cells.',
  digits: 2,
  async compute(view, pair, options) {
    const window = await refractoryWindow(view, pair, options);
    return window.expected >= 1 ? window.observed / window.expected : undefined;
  },
});
