import { spikeCountOf, unitTrains } from '../analyzer/compute/unit-trains.ts';
import { defineNumber } from './number.ts';

export const spikeCountSecond = defineNumber({
  id: 'spike_count_second',
  title: 'Spikes of the second unit',
  definition: 'Number of spikes of the second unit over all segments. Not symmetric in the pair.',
  unit: '',
  source: 'SpikeInterface count_num_spikes_per_unit',
  needs: [],
  reading: 'Below about 100 most other numbers are noisy.',
  digits: 0,
  async compute(view, pair, options) {
    return spikeCountOf(await unitTrains(view, options), pair.second);
  },
});
