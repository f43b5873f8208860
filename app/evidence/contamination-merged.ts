import { refractoriness } from './measured/refractoriness.ts';
import { defineNumber } from './number.ts';

export const contaminationMerged = defineNumber({
  id: 'contamination_merged',
  title: 'Contamination if merged',
  definition:
    'Share of foreign spikes in the joined train estimated from its refractory violations (1 ms, 0.3 ms censored), duplicates left out.',
  unit: '',
  source: 'SpikeInterface quality_score step (Llobet et al. 2022)',
  needs: [],
  reading: 'Far above the contamination of the larger unit: two cells.',
  digits: 3,
  async compute(view, pair, options) {
    const { contamination } = (await refractoriness(view, pair, options)).merged;
    return Number.isNaN(contamination) ? undefined : contamination;
  },
});
