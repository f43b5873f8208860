import { foreignShare } from './measured/foreign-share.ts';
import { defineNumber } from './number.ts';

export const crossContaminationPValue = defineNumber({
  id: 'cross_contamination_p_value',
  title: 'Chance of so much cross-contamination',
  definition: 'Probability of at least as many coincidences if 10 % of the second unit were foreign (binomial). Not symmetric in the pair.',
  unit: '',
  source: 'SpikeInterface estimate_cross_contamination (Llobet et al. 2022)',
  needs: [],
  reading: "SpikeInterface's x_contaminations keeps pairs above 0.2. Small: more foreign spikes than 10 %.",
  digits: 3,
  async compute(view, pair, options) {
    const { pValue } = await foreignShare(view, pair, options);
    return Number.isFinite(pValue) ? pValue : undefined;
  },
});
