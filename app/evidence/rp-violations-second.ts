import { refractoriness } from './measured/refractoriness.ts';
import { defineNumber } from './number.ts';

export const rpViolationsSecond = defineNumber({
  id: 'rp_violations_second',
  title: 'Refractory violations of the second unit',
  definition: 'Pairs of spikes of the second unit at most 1 ms apart. Not symmetric in the pair.',
  unit: '',
  source: 'SpikeInterface compute_refrac_period_violations',
  needs: [],
  reading: 'To be held against the violations if merged.',
  digits: 0,
  async compute(view, pair, options) {
    const facts = await refractoriness(view, pair, options);
    return facts.second.violations;
  },
});
