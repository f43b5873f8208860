import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { censorCorrelogram } from '../../analyzer/compute/correlogram-shape.ts';
import { correlogramsOf } from '../../analyzer/compute/correlograms.ts';
import { correlogramSignificance, refractoryViolationConfidence } from '../../analyzer/compute/slay.ts';
import { needsEarlierStep } from '../earlier-step.ts';
import { finding } from '../finding.ts';
import { keepWhere, listPairs } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const slayScoreStep = defineStep({
  id: 'slay_score',
  title: 'SLAy score',
  purpose:
    'Keeps pairs with a high sum of template similarity and dip of the cross-correlogram, less refractory violations. Needs the step template_similarity before it.',
  needs: ['correlograms', 'templates'],
  params: z.strictObject({
    k1: z.number().default(0.25).describe('Weight of the dip of the cross-correlogram.'),
    k2: z.number().default(1).describe('Weight of the refractory violations.'),
    slay_threshold: z.number().default(0.5).describe('Keep pairs whose score is above this.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const diff = needsEarlierStep(outputs, 'templates_diff', 'slay_score', 'template_similarity');
    const { edgesMs, computed, row } = await correlogramsOf(view, options);
    if (computed) options?.onComputed?.('correlograms');
    // SpikeInterface's correlogram step empties bins of the analyzer's own correlograms, so a later slay_score sees them empty.
    const censored = Object.hasOwn(outputs, 'censored_bins') ? Uint8Array.from(outputs['censored_bins']) : undefined;
    const binMs = Number((edgesMs[1] - edgesMs[0]).toPrecision(12));
    const breathe = createBreather(options?.signal);
    const { unitCount } = pairs;
    const scores = new Float64Array(unitCount * unitCount).fill(Number.NaN);
    for (const [first, second] of listPairs(pairs)) {
      const cell = first * unitCount + second;
      const counts = censored ? censorCorrelogram(row(first, second), censored) : row(first, second);
      const similarity = Math.fround(1 - diff[cell]);
      scores[cell] =
        similarity + params.k1 * correlogramSignificance(counts, binMs) - params.k2 * refractoryViolationConfidence(counts, binMs);
      const turn = breathe();
      if (turn) await turn;
    }
    keepWhere(pairs, (first, second) => scores[first * unitCount + second] > params.slay_threshold);
    outputs['slay_scores'] = scores;
  },
  explain({ outputs, unitCount, first, second }, params) {
    const value = outputs['slay_scores'][first * unitCount + second];
    return [finding({ what: 'SLAy score', value, parameter: 'slay_threshold', must: 'be above', limit: params.slay_threshold, unit: '' })];
  },
});
