import { templateComparison } from './measured/template-comparison.ts';
import { defineNumber } from './number.ts';

export const templateDistanceCosine = defineNumber({
  id: 'template_distance_cosine',
  title: 'Template distance (cosine)',
  definition: '1 − a·b / (‖a‖·‖b‖) of the average waveforms on the channels either unit has.',
  unit: '',
  source: 'SpikeInterface template_similarity (support union, no lag)',
  needs: ['templates'],
  reading: 'Small for the same cell; near cells of the same shape reach the same values.',
  digits: 3,
  async compute(view, pair, options) {
    const comparison = await templateComparison(view, pair, options);
    return comparison.cosine.atZeroLag;
  },
});
