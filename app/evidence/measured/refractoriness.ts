import { mergedRefractoriness, type UnitRefractoriness, unitRefractoriness } from '../../analyzer/compute/refractory.ts';
import { unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perPair } from '../per-pair.ts';

const params = { refractoryPeriodMs: 1, censoredPeriodMs: 0.3 };

export interface Refractoriness {
  readonly first: UnitRefractoriness;
  readonly second: UnitRefractoriness;
  readonly merged: UnitRefractoriness;
}

/** Violations and contamination of both units and of the two joined, with SpikeInterface's default periods. */
export const refractoriness = perPair(async (view, pair, options): Promise<Refractoriness> => {
  const trains = await unitTrains(view, options);
  return {
    first: unitRefractoriness(trains, pair.first, params, view.samplingFrequencyHz),
    second: unitRefractoriness(trains, pair.second, params, view.samplingFrequencyHz),
    merged: mergedRefractoriness(trains, [pair.first, pair.second], params, view.samplingFrequencyHz),
  };
});
