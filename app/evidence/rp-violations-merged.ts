import { refractoriness } from './measured/refractoriness.ts';
import { defineNumber } from './number.ts';

export const rpViolationsMerged = defineNumber({
  id: 'rp_violations_merged',
  title: 'Refractory violations if merged',
  definition: 'Pairs of spikes at most 1 ms apart in the joined train, duplicates within 0.3 ms left out.',
  unit: '',
  source: 'SpikeInterface compute_refrac_period_violations on MergeUnitsSorting',
  needs: [],
  reading: 'Hardly more than those of the two units together: they respect a common refractory period.',
  digits: 0,
  async compute(view, pair, options) {
    const facts = await refractoriness(view, pair, options);
    return facts.merged.violations;
  },
});
