import { presenceDistance, presenceHistogram } from '../analyzer/compute/presence-distance.ts';
import { unitTrains } from '../analyzer/compute/unit-trains.ts';
import { defineNumber } from './number.ts';

const stretchS = 2;

export const presenceDistanceS = defineNumber({
  id: 'presence_distance_s',
  title: 'Presence distance',
  definition:
    'How far, in seconds, the spikes of one unit would have to move in time to lie as those of the other do (Wasserstein, stretches of 2 s). With several segments only the last counts, as in SpikeInterface.',
  unit: 's',
  source: 'SpikeInterface presence_distance',
  needs: [],
  reading: "About half the recording for a hand-over in the middle. SpikeInterface's temporal_splits keeps pairs above 100 s.",
  digits: 1,
  async compute(view, pair, options) {
    const trains = await unitTrains(view, options);
    const histogram = (unit: number) => presenceHistogram(trains, unit, stretchS, view.samplingFrequencyHz);
    const distance = presenceDistance(histogram(pair.first), histogram(pair.second), stretchS);
    return Number.isNaN(distance) ? undefined : distance;
  },
});
