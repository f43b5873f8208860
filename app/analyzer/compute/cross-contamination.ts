import { binomialSurvival } from './distributions.ts';
import { quadraticSplineAt } from './quadratic-spline.ts';
import { coincidences, roundHalfEven } from './refractory.ts';

export interface CrossContaminationParams {
  readonly refractoryPeriodMs: number;
  readonly censoredPeriodMs: number;
  /** Share of foreign spikes under the hypothesis that is tested. */
  readonly limit: number;
}

/** Pairs closer than a whole number of samples, those exactly that far apart counting half. */
function halfOpenCoincidences(a: Float64Array, b: Float64Array, samples: number): number {
  return samples > 0 ? (coincidences(a, b, samples) + coincidences(a, b, samples - 1)) / 2 : 0;
}

/**
 * How much of the second train does not belong to the cell of the first, and the probability of at least as many coincidences
 * if `limit` of it did not, as SpikeInterface's `estimate_cross_contamination` (Llobet et al. 2022). Trains are whole
 * recordings laid end to end. Not symmetric: `contamination` is the first unit's.
 */
export function crossContamination(
  first: Float64Array,
  second: Float64Array,
  contamination: number,
  totalSamples: number,
  samplingFrequencyHz: number,
  params: CrossContaminationParams,
): { estimate: number; pValue: number } {
  const censored = roundHalfEven(params.censoredPeriodMs * 1e-3 * samplingFrequencyHz);
  const refractory = roundHalfEven(params.refractoryPeriodMs * 1e-3 * samplingFrequencyHz);
  const violations = halfOpenCoincidences(first, second, refractory) - halfOpenCoincidences(first, second, censored);
  const pairs = first.length * second.length;
  const estimate =
    contamination === 1 ? Number.NEGATIVE_INFINITY : 1 - ((violations * totalSamples) / (2 * pairs * refractory) - 1) / (contamination - 1);
  const trials = pairs * ((1 - contamination) * params.limit + contamination);
  return { estimate, pValue: survivalAt(Math.trunc(violations - 1), trials, (2 * refractory) / totalSamples) };
}

/** Binomial survival at a number of trials between integers: a quadratic spline through the integers around it. */
function survivalAt(count: number, trials: number, probability: number): number {
  if (Number.isNaN(trials)) return Number.NaN;
  const from = Math.max(0, Math.floor(trials - 2));
  const to = Math.ceil(trials + 3);
  const places: number[] = [];
  const values: number[] = [];
  for (let whole = from; whole < to; whole += 1) {
    places.push(whole);
    values.push(binomialSurvival(count, whole, probability));
  }
  return quadraticSplineAt(places, values, trials);
}
