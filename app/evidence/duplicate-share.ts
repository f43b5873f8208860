import { spikeCountOf, unitTrains } from '../analyzer/compute/unit-trains.ts';
import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const duplicateShare = defineNumber({
  id: 'duplicate_share',
  title: 'Share of duplicates',
  definition: 'Duplicate spikes beyond chance, in percent of the smaller unit; never below 0.',
  unit: '%',
  source: 'Counted from the spike times',
  needs: [],
  reading: 'Above a few percent: the sorter found the same spikes twice.',
  digits: 1,
  async compute(view, pair, options) {
    const window = await refractoryWindow(view, pair, options);
    const trains = await unitTrains(view, options);
    const smaller = Math.min(spikeCountOf(trains, pair.first), spikeCountOf(trains, pair.second));
    return smaller > 0 ? (100 * Math.max(0, window.duplicates - window.duplicatesExpected)) / smaller : undefined;
  },
});
