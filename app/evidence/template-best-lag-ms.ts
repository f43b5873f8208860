import { templateComparison } from './measured/template-comparison.ts';
import { defineNumber } from './number.ts';

export const templateBestLagMs = defineNumber({
  id: 'template_best_lag_ms',
  title: 'Best lag of the templates',
  definition: 'Size of the shift at which the cosine distance of the two average waveforms is smallest, searched up to 0.3 ms either way.',
  unit: 'ms',
  source: 'SpikeInterface template_similarity with max_lag_ms, both signs tried',
  needs: ['templates'],
  reading: '0 for templates aligned alike.',
  digits: 2,
  async compute(view, pair, options) {
    const { bestLagMs } = await templateComparison(view, pair, options);
    return bestLagMs;
  },
});
