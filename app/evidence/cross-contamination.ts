import { foreignShare } from './measured/foreign-share.ts';
import { defineNumber } from './number.ts';

export const crossContaminationNumber = defineNumber({
  id: 'cross_contamination',
  title: 'Cross-contamination',
  definition:
    "Share of the second unit's spikes that are not of the first unit's cell, estimated from spikes of the two closer than 1 ms. Not symmetric in the pair.",
  unit: '',
  source: 'SpikeInterface estimate_cross_contamination (Llobet et al. 2022)',
  needs: [],
  reading: 'Near 0: one refractory cell. Near 1: two cells. Blind to units that take turns.',
  digits: 2,
  async compute(view, pair, options) {
    const { estimate } = await foreignShare(view, pair, options);
    return Number.isFinite(estimate) ? estimate : undefined;
  },
});
