import { unitDisplacement } from './measured/spike-displacements.ts';
import { median } from './measured/unit-amplitudes.ts';
import { unitSpikeLocations } from './measured/unit-spike-locations.ts';
import { defineNumber } from './number.ts';
import { perUnit } from './per-unit.ts';

const placeWithoutDrift = perUnit(async (view, unit, options): Promise<{ x: number; y: number } | undefined> => {
  const { xUm, yUm, timeSamples } = await unitSpikeLocations(view, unit, options);
  const displacement = await unitDisplacement(view, unit, options);
  if (!displacement || yUm.length < 10) return undefined;
  return { x: median(xUm), y: median(yUm.map((y, entry) => y - displacement.at(timeSamples[entry]))) };
});

export const driftCorrectedDistanceUm = defineNumber({
  id: 'drift_corrected_distance_um',
  title: 'Distance without drift',
  definition:
    'Distance of the median spike positions after the motion of the tissue at their depths has been taken off, as the depths of all spikes show it from window to window. Not said below ten spikes.',
  unit: 'µm',
  source: 'Samecell, from spike_locations; decentralized registration as Varol et al. 2021',
  needs: ['spike_locations'],
  reading: 'Far below the distance of the units: the probe moved, and the two are the same cell seen from different depths.',
  digits: 1,
  async compute(view, pair, options) {
    const a = await placeWithoutDrift(view, pair.first, options);
    const b = await placeWithoutDrift(view, pair.second, options);
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : undefined;
  },
});
