import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { crossContamination } from '../../analyzer/compute/cross-contamination.ts';
import { concatenatedTrain, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import type { AnalyzerView } from '../../analyzer/view.ts';
import { Failure } from '../../failure.ts';
import { needsEarlierStep } from '../earlier-step.ts';
import { finding } from '../finding.ts';
import { keepWhere, listPairs } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const crossContaminationStep = defineStep({
  id: 'cross_contamination',
  title: 'Cross-contamination',
  purpose: 'Keeps pairs whose spikes respect a common refractory period. Needs the step remove_contaminated before it.',
  needs: [],
  params: z.strictObject({
    cc_thresh: z.number().default(0.1).describe('Cross-contamination that is tested against.'),
    p_value: z.number().default(0.2).describe('Keep pairs whose p-value is above this.'),
    refractory_period_ms: z.number().positive().default(1).describe('Spikes of the two units closer than this are violations.'),
    censored_period_ms: z.number().nonnegative().default(0.3).describe('Shortest distance the sorter could tell two spikes apart.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const contaminations = needsEarlierStep(outputs, 'contaminations', 'cross_contamination', 'remove_contaminated');
    const trains = await unitTrains(view, options);
    const { unitCount } = pairs;
    const estimates = new Float32Array(unitCount * unitCount);
    const pValues = new Float32Array(unitCount * unitCount);
    const breathe = createBreather(options?.signal);
    const joined = new Map<number, Float64Array>();
    const trainOfUnit = (unit: number): Float64Array => {
      const known = joined.get(unit);
      if (known) return known;
      const train = concatenatedTrain(trains, unit);
      joined.set(unit, train);
      return train;
    };
    for (const [first, second] of listPairs(pairs)) {
      const { estimate, pValue } = crossContamination(
        trainOfUnit(first),
        trainOfUnit(second),
        contaminations[first],
        trains.totalSamples,
        view.samplingFrequencyHz,
        { refractoryPeriodMs: params.refractory_period_ms, censoredPeriodMs: params.censored_period_ms, limit: params.cc_thresh },
      );
      if (Number.isNaN(estimate) || Number.isNaN(pValue)) throw noEstimate(view, first, second);
      estimates[first * unitCount + second] = estimate;
      pValues[first * unitCount + second] = pValue;
      const turn = breathe();
      if (turn) await turn;
    }
    const threshold = Math.fround(params.p_value);
    keepWhere(pairs, (first, second) => pValues[first * unitCount + second] > threshold);
    outputs['cross_contaminations'] = estimates;
    outputs['cross_contaminations_p_value'] = pValues;
  },
  explain({ outputs, unitCount, first, second }, params) {
    const value = outputs['cross_contaminations_p_value'][first * unitCount + second];
    const said = { what: 'p-value of the cross-contamination', parameter: 'p_value', must: 'be above', unit: '' } as const;
    return [finding({ ...said, value, limit: Math.fround(params.p_value) })];
  },
});

/** SpikeInterface stops there too, with a ValueError about NaN or a ZeroDivisionError. */
function noEstimate({ unitIds }: AnalyzerView, first: number, second: number): Failure {
  const units = [unitIds[first], unitIds[second]];
  return new Failure(
    'input.invalid',
    `The step cross_contamination can't measure units ${units.map((id) => JSON.stringify(id)).join(' and ')}: one of them has too few spikes, or no estimate of its contamination, and SpikeInterface stops there. Put num_spikes before it, and keep refractory_period_ms above censored_period_ms.`,
    { field: 'steps', step: 'cross_contamination', units },
  );
}
