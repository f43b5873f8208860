import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { unitRefractoriness } from '../../analyzer/compute/refractory.ts';
import { unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { findingsOfUnits } from '../finding.ts';
import { dropUnits } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const removeContaminatedStep = defineStep({
  id: 'remove_contaminated',
  title: 'Not contaminated',
  purpose: 'Drops units that already hold spikes of more than one cell.',
  needs: [],
  params: z.strictObject({
    contamination_thresh: z.number().default(0.2).describe('Drop units whose estimated contamination is above this.'),
    refractory_period_ms: z.number().positive().default(1).describe('Spikes of one unit closer than this are violations.'),
    censored_period_ms: z.number().nonnegative().default(0.3).describe('Shortest distance the sorter could tell two spikes apart.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const trains = await unitTrains(view, options);
    const periods = { refractoryPeriodMs: params.refractory_period_ms, censoredPeriodMs: params.censored_period_ms };
    const breathe = createBreather(options?.signal);
    const contaminations = new Float64Array(pairs.unitCount);
    for (let unit = 0; unit < pairs.unitCount; unit += 1) {
      contaminations[unit] = unitRefractoriness(trains, unit, periods, view.samplingFrequencyHz).contamination;
      const turn = breathe();
      if (turn) await turn;
    }
    const dropped = Uint8Array.from(contaminations, (value) => (value > params.contamination_thresh ? 1 : 0));
    dropUnits(pairs, dropped);
    outputs['remove_contaminated'] = dropped;
    outputs['contaminations'] = contaminations;
  },
  explain({ outputs, ...pair }, params) {
    const limit = params.contamination_thresh;
    const measured = { what: 'contamination', parameter: 'contamination_thresh', must: 'be at most', limit, unit: '' } as const;
    return findingsOfUnits(outputs['contaminations'], pair, measured, true);
  },
});
