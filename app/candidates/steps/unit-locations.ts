import { z } from 'zod';
import { unitLocationsOf } from '../../analyzer/compute/unit-locations.ts';
import { finding } from '../finding.ts';
import { defineStep } from '../step.ts';

export const unitLocationsStep = defineStep({
  id: 'unit_locations',
  title: 'Near each other',
  purpose: 'Keeps pairs whose estimated positions are close.',
  needs: ['unit_locations'],
  params: z.strictObject({
    max_distance_um: z.number().default(150).describe('Keep pairs at most this far apart, in µm in the plane of the probe.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const { xyUm, computed } = await unitLocationsOf(view, options);
    if (computed) options?.onComputed?.('unit_locations');
    const { unitCount, bits } = pairs;
    const distances = new Float64Array(unitCount * unitCount);
    for (let first = 0; first < unitCount; first += 1) {
      for (let second = first + 1; second < unitCount; second += 1) {
        const across = xyUm[2 * first] - xyUm[2 * second];
        const along = xyUm[2 * first + 1] - xyUm[2 * second + 1];
        const distance = Math.sqrt(across * across + along * along);
        distances[first * unitCount + second] = distance;
        distances[second * unitCount + first] = distance;
        if (!(distance <= params.max_distance_um)) bits[first * unitCount + second] = 0;
      }
    }
    outputs['unit_distances'] = distances;
  },
  explain({ outputs, unitCount, first, second }, params) {
    const value = outputs['unit_distances'][first * unitCount + second];
    return [
      finding({ what: 'distance', value, parameter: 'max_distance_um', must: 'be at most', limit: params.max_distance_um, unit: 'µm' }),
    ];
  },
});
