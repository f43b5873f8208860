import { templateComparison } from './measured/template-comparison.ts';
import { defineNumber } from './number.ts';

export const templateDistanceL1BestLag = defineNumber({
  id: 'template_distance_l1_best_lag',
  title: 'Template distance at best lag (l1)',
  definition: 'Σ|a−b| / (Σ|a|+Σ|b|) at the shift of up to 0.3 ms, either way, that makes it smallest; the outer samples are left out.',
  unit: '',
  source: 'SpikeInterface template_similarity with max_lag_ms, both signs tried',
  needs: ['templates'],
  reading: 'Far below the distance at zero lag: the sorter aligned the two differently.',
  digits: 3,
  async compute(view, pair, options) {
    const comparison = await templateComparison(view, pair, options);
    return comparison.l1.atBestLag;
  },
});
