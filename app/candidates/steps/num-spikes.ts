import { z } from 'zod';
import { spikeCountOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { findingsOfUnits } from '../finding.ts';
import { dropUnits } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const numSpikesStep = defineStep({
  id: 'num_spikes',
  title: 'Enough spikes',
  purpose: 'Drops units with too few spikes for a correlogram.',
  needs: [],
  params: z.strictObject({
    min_spikes: z.number().default(100).describe('Drop units with fewer spikes than this, over all segments.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const trains = await unitTrains(view, options);
    const counts = Float64Array.from({ length: pairs.unitCount }, (_, unit) => spikeCountOf(trains, unit));
    const dropped = Uint8Array.from(counts, (count) => (count < params.min_spikes ? 1 : 0));
    dropUnits(pairs, dropped);
    outputs['num_spikes'] = dropped;
    outputs['spike_counts'] = counts;
  },
  explain({ outputs, ...pair }, params) {
    return findingsOfUnits(outputs['spike_counts'], pair, {
      what: 'spike count',
      parameter: 'min_spikes',
      must: 'be at least',
      limit: params.min_spikes,
      unit: '',
    });
  },
});
