import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { mergedRefractoriness } from '../../analyzer/compute/refractory.ts';
import { spikeCountOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { needsEarlierStep } from '../earlier-step.ts';
import { finding } from '../finding.ts';
import { keepWhere, listPairs } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const qualityScoreStep = defineStep({
  id: 'quality_score',
  title: 'Better when merged',
  purpose:
    'Keeps pairs whose merged unit has a better balance of firing rate and contamination than either. Needs the step remove_contaminated before it.',
  needs: [],
  params: z.strictObject({
    firing_contamination_balance: z.number().default(1.5).describe('How much contamination weighs against firing rate.'),
    refractory_period_ms: z.number().positive().default(1).describe('Spikes of the merged unit closer than this are violations.'),
    censored_period_ms: z
      .number()
      .nonnegative()
      .default(0.3)
      .describe('Spikes of the two units closer than this are one spike found twice.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const contaminations = needsEarlierStep(outputs, 'contaminations', 'quality_score', 'remove_contaminated');
    const trains = await unitTrains(view, options);
    const periods = { refractoryPeriodMs: params.refractory_period_ms, censoredPeriodMs: params.censored_period_ms };
    const score = (spikeCount: number, contamination: number): number =>
      (spikeCount / view.durationS) * (1 - (1 + params.firing_contamination_balance) * contamination);
    const breathe = createBreather(options?.signal);
    const worse = new Uint8Array(pairs.unitCount * pairs.unitCount);
    const changes = new Float64Array(worse.length).fill(Number.NaN);
    const dropped: number[] = [];
    for (const [first, second] of listPairs(pairs)) {
      const merged = mergedRefractoriness(trains, [first, second], periods, view.samplingFrequencyHz);
      const scoreMerged = score(merged.spikeCount, merged.contamination);
      const scoreFirst = score(spikeCountOf(trains, first), contaminations[first]);
      const scoreSecond = score(spikeCountOf(trains, second), contaminations[second]);
      changes[first * pairs.unitCount + second] = scoreMerged - Math.max(scoreFirst, scoreSecond);
      if (scoreMerged < scoreFirst || scoreMerged < scoreSecond) {
        worse[first * pairs.unitCount + second] = 1;
        dropped.push(first, second);
      }
      const turn = breathe();
      if (turn) await turn;
    }
    keepWhere(pairs, (first, second) => worse[first * pairs.unitCount + second] === 0);
    outputs['pairs_decreased_score'] = Int32Array.from(dropped);
    outputs['quality_score_changes'] = changes;
  },
  explain({ outputs, unitCount, first, second }) {
    const value = outputs['quality_score_changes'][first * unitCount + second];
    const what = 'score of the merged unit less the better of the two';
    return [finding({ what, value, must: 'be at least', limit: 0, unit: '' }, true)];
  },
});
