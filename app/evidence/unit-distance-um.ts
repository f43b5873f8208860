import { defineNumber } from './number.ts';

export const unitDistanceUm = defineNumber({
  id: 'unit_distance_um',
  title: 'Distance of the units',
  definition: 'Distance of the estimated positions in the plane of the probe.',
  unit: 'µm',
  source: 'SpikeInterface unit_locations',
  needs: ['unit_locations'],
  reading: 'Same cell: a few µm, more where the probe moved. Blind to depth off the probe.',
  digits: 1,
  async compute(view, pair, options) {
    const { locationsUm, dimensionCount } = await view.extension('unit_locations', options);
    const across = locationsUm[pair.first * dimensionCount] - locationsUm[pair.second * dimensionCount];
    const along = locationsUm[pair.first * dimensionCount + 1] - locationsUm[pair.second * dimensionCount + 1];
    const distance = Math.hypot(across, along);
    return Number.isFinite(distance) ? distance : undefined;
  },
});
