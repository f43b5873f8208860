import { z } from 'zod';
import { spikeCountOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
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
    const dropped = Uint8Array.from({ length: pairs.unitCount }, (_, unit) => (spikeCountOf(trains, unit) < params.min_spikes ? 1 : 0));
    dropUnits(pairs, dropped);
    outputs['num_spikes'] = dropped;
  },
});
