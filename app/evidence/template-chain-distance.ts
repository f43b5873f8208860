import { templateNeighborhood } from './measured/template-neighborhood.ts';
import { defineNumber } from './number.ts';

export const templateChainDistance = defineNumber({
  id: 'template_chain_distance',
  title: 'Template distance over third units',
  definition:
    'Going from one to the other over any third units by the shortest possible steps, the longest step (cosine distance of the templates, no lag). Never above the direct distance.',
  unit: '',
  source: 'Minimax path over SpikeInterface template_similarity',
  needs: ['templates'],
  reading: 'Far below the direct distance: other units lie between the two, as where drift cut one cell into several.',
  digits: 3,
  async compute(view, pair, options) {
    return (await templateNeighborhood(view, pair, options)).chainDistance;
  },
});
