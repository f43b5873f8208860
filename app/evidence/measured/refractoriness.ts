import { mergedRefractoriness, type UnitRefractoriness, unitRefractoriness } from '../../analyzer/compute/refractory.ts';
import { unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perPair } from '../per-pair.ts';
import { perUnit } from '../per-unit.ts';

const params = { refractoryPeriodMs: 1, censoredPeriodMs: 0.3 };

export interface Refractoriness {
  readonly first: UnitRefractoriness;
  readonly second: UnitRefractoriness;
  readonly merged: UnitRefractoriness;
}

const refractorinessOf = perUnit(async (view, unit, options) =>
  unitRefractoriness(await unitTrains(view, options), unit, params, view.samplingFrequencyHz),
);

/** Violations and contamination of both units and of the two joined, with SpikeInterface's default periods. */
export const refractoriness = perPair(async (view, pair, options): Promise<Refractoriness> => {
  const trains = await unitTrains(view, options);
  return {
    first: await refractorinessOf(view, pair.first, options),
    second: await refractorinessOf(view, pair.second, options),
    merged: mergedRefractoriness(trains, [pair.first, pair.second], params, view.samplingFrequencyHz),
  };
});
