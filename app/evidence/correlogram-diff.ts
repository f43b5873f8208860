import { adaptiveWindow, censorCorrelogram, correlogramDifference, correlogramSmoother } from '../analyzer/compute/correlogram-shape.ts';
import { correlogramsOf } from '../analyzer/compute/correlograms.ts';
import { spikeCountOf, unitTrains } from '../analyzer/compute/unit-trains.ts';
import { defineNumber } from './number.ts';

const censorMs = 0.15;
const sigmaMs = 0.6;
const windowShare = 0.5;

export const correlogramDiff = defineNumber({
  id: 'correlogram_diff',
  title: 'Difference of the correlograms',
  definition:
    "Mean absolute difference of the smoothed cross-correlogram from each unit's own, each divided by its mean, in the window up to the first bend, weighted by spikes.",
  unit: '',
  source: 'SpikeInterface compute_correlogram_diff (step correlogram)',
  needs: ['correlograms'],
  reading: 'SpikeInterface keeps pairs below 0.16. Noisy below a few hundred spikes, large where the units take turns.',
  digits: 2,
  async compute(view, pair, options) {
    const { binCount, edgesMs, row } = await correlogramsOf(view, options);
    const trains = await unitTrains(view, options);
    const censored = Uint8Array.from({ length: binCount }, (_, bin) => (edgesMs[bin] >= -censorMs && edgesMs[bin] < censorMs ? 1 : 0));
    const smooth = correlogramSmoother(edgesMs, sigmaMs);
    const smoothed = (first: number, second: number): Float64Array => smooth(censorCorrelogram(row(first, second), censored));
    const own = (unit: number) => {
      const correlogram = smoothed(unit, unit);
      return { smoothed: correlogram, window: adaptiveWindow(correlogram, windowShare), spikeCount: spikeCountOf(trains, unit) };
    };
    const difference = correlogramDifference(own(pair.first), own(pair.second), smoothed(pair.first, pair.second));
    return Number.isNaN(difference) ? undefined : difference;
  },
});
