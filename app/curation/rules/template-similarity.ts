import { createBreather } from '../../analyzer/compute/breathe.ts';
import {
  type SimilarityParams,
  shiftCountOf,
  similarityMethods,
  similaritySupports,
  type TemplateArray,
  templateDistance,
} from '../../analyzer/compute/template-similarity.ts';
import { decodeFloat64 } from '../../analyzer/decode.ts';
import { elementBytes, float32Type, float64Type } from '../../analyzer/npy-bytes.ts';
import { requiredArray } from './required-array.ts';
import { defineMergeRule } from './rule.ts';

/** Similarities to merged units are computed from the merged templates (shifts of both signs), the others kept. */
export const templateSimilarityRule = defineMergeRule({
  id: 'template_similarity',
  async merge(context) {
    const { units, templates } = context;
    if (templates === undefined) return { dropped: 'the templates it is computed from are not there' };
    const array = requiredArray(context, 'similarity', units.unitIdsBefore.length, 2);
    const before = decodeFloat64(await array.read(context.options), array.dtype, array.file);
    const count = units.unitIds.length;
    const merged: TemplateArray = { ...templates, unitCount: count, channelCount: units.channelCount, sparsity: units.sparsity };
    const method = methodOf(context.params['method']);
    const support = similaritySupports.find((known) => known === (context.params['support'] ?? 'union'));
    if (method === undefined || support === undefined) {
      return {
        dropped: `its method ${String(context.params['method'])} with support ${String(context.params['support'])} is not known to Samecell`,
      };
    }
    const maxLagMs = Number(context.params['max_lag_ms'] ?? 0);
    const params: SimilarityParams = {
      method,
      support,
      shiftCount: shiftCountOf(maxLagMs, context.samplingFrequencyHz, templates.sampleCount),
    };
    const similarity = new Float64Array(count * count);
    // Then SpikeInterface compares an array with itself and tries one sign only, as it does when computing the extension.
    const allMerged = units.isMerged.every(Boolean);
    const breathe = createBreather(context.options.signal);
    for (let first = 0; first < count; first += 1) {
      for (let second = 0; second <= first; second += 1) {
        // SpikeInterface fills merged rows one by one, each over the one before, so of two merged units the later one is shifted against.
        const computed = units.isMerged[first] || units.isMerged[second];
        const [source, target] = units.isMerged[first] && !allMerged ? [first, second] : [second, first];
        const value = computed
          ? 1 - Math.fround(templateDistance(merged, source, target, params, allMerged ? 'negative' : 'both').distance)
          : before[units.members[first][0] * units.unitIdsBefore.length + units.members[second][0]];
        similarity[first * count + second] = value;
        similarity[second * count + first] = value;
        const turn = breathe();
        if (turn) await turn;
      }
    }
    const single = array.dtype.kind === 'float' && array.dtype.itemSize === 4;
    const values = single ? Float32Array.from(similarity) : similarity;
    return {
      arrays: [{ name: 'similarity', dtype: single ? float32Type : float64Type, shape: [count, count], content: elementBytes(values) }],
    };
  },
});

function methodOf(stored: unknown) {
  const name = stored === 'cosine_similarity' ? 'cosine' : stored;
  return similarityMethods.find((method) => method === name);
}
