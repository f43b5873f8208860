import { z } from 'zod';
import { similarityForStep } from '../../analyzer/compute/similarity-of-view.ts';
import { similarityMethods } from '../../analyzer/compute/template-similarity.ts';
import { finding } from '../finding.ts';
import { defineStep } from '../step.ts';

export const templateSimilarityStep = defineStep({
  id: 'template_similarity',
  title: 'Template similarity',
  purpose: 'Keeps pairs whose average waveforms are nearly the same.',
  needs: ['templates'],
  params: z.strictObject({
    similarity_method: z
      .enum(similarityMethods)
      .default('l1')
      .describe('How two templates are compared. A stored template_similarity is used where its method is this one.'),
    template_diff_thresh: z.number().default(0.25).describe('Keep pairs whose template difference (1 − similarity) is below this.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const { similarity, computed } = await similarityForStep(view, params.similarity_method, options);
    if (computed) options?.onComputed?.('template_similarity');
    const diff = new Float32Array(similarity.length);
    const threshold = Math.fround(params.template_diff_thresh);
    for (let cell = 0; cell < diff.length; cell += 1) {
      diff[cell] = 1 - similarity[cell];
      if (!(diff[cell] < threshold)) pairs.bits[cell] = 0;
    }
    outputs['templates_diff'] = diff;
  },
  explain({ outputs, unitCount, first, second }, params) {
    const value = outputs['templates_diff'][first * unitCount + second];
    const limit = Math.fround(params.template_diff_thresh);
    const said = { what: 'template difference', parameter: 'template_diff_thresh', must: 'be below', unit: '' } as const;
    return [finding({ ...said, value, limit })];
  },
});
