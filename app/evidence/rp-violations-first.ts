import { refractoriness } from './measured/refractoriness.ts';
import { defineNumber } from './number.ts';

export const rpViolationsFirst = defineNumber({
  id: 'rp_violations_first',
  title: 'Refractory violations of the first unit',
  definition: 'Pairs of spikes of the first unit at most 1 ms apart. Not symmetric in the pair.',
  unit: '',
  source: 'SpikeInterface compute_refrac_period_violations',
  needs: [],
  reading: 'To be held against the violations if merged.',
  digits: 0,
  async compute(view, pair, options) {
    const facts = await refractoriness(view, pair, options);
    return facts.first.violations;
  },
});
