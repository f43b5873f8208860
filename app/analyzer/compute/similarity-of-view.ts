import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';
import { perViewAndKey } from './per-view.ts';
import { type SimilarityMethod, type SimilaritySupport, shiftCountOf, templateSimilarity } from './template-similarity.ts';
import { templatesOf } from './templates.ts';

const keptWishes = 6;

export interface SimilarityWish {
  readonly method: SimilarityMethod;
  readonly support: SimilaritySupport;
  readonly maxLagMs: number;
}

/** Similarity (n, n) computed from the templates, whatever is stored; remembered per wish. */
export const computedSimilarity: (view: AnalyzerView, wish: SimilarityWish, options?: ReadOptions) => Promise<Float32Array> = perViewAndKey(
  (wish: SimilarityWish) => `${wish.method} ${wish.support} ${wish.maxLagMs}`,
  async (view, wish, options) => {
    const templates = await templatesOf(view, options);
    const shiftCount = shiftCountOf(wish.maxLagMs, view.samplingFrequencyHz, templates.sampleCount);
    return templateSimilarity(templates, { method: wish.method, support: wish.support, shiftCount }, options);
  },
  keptWishes,
);

/**
 * The similarity SpikeInterface's `template_similarity` step works with: the stored matrix where its method is the wanted
 * one (whatever its lag and support), else one computed without lag on the union of channels.
 */
export async function similarityForStep(
  view: AnalyzerView,
  method: SimilarityMethod,
  options?: ReadOptions,
): Promise<{ similarity: Float32Array; computed: boolean }> {
  if (view.has('template_similarity')) {
    const stored = await view.extension('template_similarity', options);
    if (stored.method === method) return { similarity: stored.similarity, computed: false };
  }
  return { similarity: await computedSimilarity(view, { method, support: 'union', maxLagMs: 0 }, options), computed: true };
}
