import { crossContamination } from '../../analyzer/compute/cross-contamination.ts';
import { concatenatedTrain, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perPair } from '../per-pair.ts';
import { refractoriness } from './refractoriness.ts';

const params = { refractoryPeriodMs: 1, censoredPeriodMs: 0.3, limit: 0.1 };

/** Cross-contamination of the second unit with the first's contamination, as SpikeInterface's step gives it. */
export const foreignShare = perPair(async (view, pair, options): Promise<{ estimate: number; pValue: number }> => {
  const trains = await unitTrains(view, options);
  const { first } = await refractoriness(view, pair, options);
  return crossContamination(
    concatenatedTrain(trains, pair.first),
    concatenatedTrain(trains, pair.second),
    first.contamination,
    trains.totalSamples,
    view.samplingFrequencyHz,
    params,
  );
});
