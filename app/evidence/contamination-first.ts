import { refractoriness } from './measured/refractoriness.ts';
import { defineNumber } from './number.ts';

export const contaminationFirst = defineNumber({
  id: 'contamination_first',
  title: 'Contamination of the first unit',
  definition:
    'Share of foreign spikes in the first unit estimated from its refractory violations (1 ms, 0.3 ms censored). Not symmetric in the pair.',
  unit: '',
  source: 'SpikeInterface compute_refrac_period_violations (Llobet et al. 2022)',
  needs: [],
  reading: '0 clean, 1 as many violations as two cells would make.',
  digits: 3,
  async compute(view, pair, options) {
    const { contamination } = (await refractoriness(view, pair, options)).first;
    return Number.isNaN(contamination) ? undefined : contamination;
  },
});
