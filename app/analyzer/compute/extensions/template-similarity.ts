import { z } from 'zod';
import { elementBytes, float32Type } from '../../npy-bytes.ts';
import { shiftCountOf, similarityMethods, templateSimilarity as similarityOf, similaritySupports } from '../template-similarity.ts';
import { templatesOf } from '../templates.ts';
import { defineComputation, nothingElse } from './computation.ts';

/** 1 − distance of the average templates, for all pairs. */
export const templateSimilarity = defineComputation({
  id: 'template_similarity',
  className: 'spikeinterface.postprocessing.template_similarity.ComputeTemplateSimilarity',
  params: z.strictObject({
    method: z.enum(similarityMethods).default('cosine'),
    max_lag_ms: z.number().min(0).max(100).default(0),
    support: z.enum(similaritySupports).default('union'),
  }),
  needs: () => ({ extensions: ['templates'], ...nothingElse }),
  async run({ view, signal }, params) {
    const templates = await templatesOf(view, { signal });
    const shiftCount = shiftCountOf(params.max_lag_ms, view.samplingFrequencyHz, templates.sampleCount);
    const similarity = await similarityOf(templates, { method: params.method, support: params.support, shiftCount }, { signal });
    const unitCount = view.unitIds.length;
    return {
      params: { ...params },
      arrays: [{ name: 'similarity', dtype: float32Type, shape: [unitCount, unitCount], content: elementBytes(similarity) }],
    };
  },
});
