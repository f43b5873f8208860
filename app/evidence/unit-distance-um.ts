import { unitLocationsOf } from '../analyzer/compute/unit-locations.ts';
import { defineNumber } from './number.ts';

export const unitDistanceUm = defineNumber({
  id: 'unit_distance_um',
  title: 'Distance of the units',
  definition: 'Distance of the estimated positions in the plane of the probe; triangulated from the templates where none are stored.',
  unit: 'µm',
  source: 'SpikeInterface unit_locations',
  needs: ['unit_locations'],
  reading: 'Same cell: a few µm, more where the probe moved. Blind to depth off the probe.',
  digits: 1,
  async compute(view, pair, options) {
    const { xyUm } = await unitLocationsOf(view, options);
    const distance = Math.hypot(xyUm[2 * pair.first] - xyUm[2 * pair.second], xyUm[2 * pair.first + 1] - xyUm[2 * pair.second + 1]);
    return Number.isFinite(distance) ? distance : undefined;
  },
});
