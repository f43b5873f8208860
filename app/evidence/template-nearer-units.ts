import { templateNeighborhood } from './measured/template-neighborhood.ts';
import { defineNumber } from './number.ts';

export const templateNearerUnits = defineNumber({
  id: 'template_nearer_units',
  title: 'Units that are more alike',
  definition: 'How many other units are more like the one than the other of the pair is (cosine, no lag); the smaller count of the two.',
  unit: '',
  source: 'SpikeInterface template_similarity',
  needs: ['templates'],
  reading: '0: one is the most similar unit of the other. Many: the pair is a far one.',
  digits: 0,
  async compute(view, pair, options) {
    return (await templateNeighborhood(view, pair, options)).nearer;
  },
});
