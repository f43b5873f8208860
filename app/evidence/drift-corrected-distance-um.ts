import { probeMotion } from './measured/probe-motion.ts';
import { median } from './measured/unit-amplitudes.ts';
import { unitSpikeLocations } from './measured/unit-spike-locations.ts';
import { defineNumber } from './number.ts';

export const driftCorrectedDistanceUm = defineNumber({
  id: 'drift_corrected_distance_um',
  title: 'Distance without drift',
  definition:
    'Distance of the median spike positions after the motion that all units share has been taken off: the median step of all units from 5 s to 5 s, added up. Not said below ten spikes.',
  unit: 'µm',
  source: 'Samecell, from spike_locations',
  needs: ['spike_locations'],
  reading: 'Far below the distance of the units: the probe moved, and the two are the same cell seen from different depths.',
  digits: 1,
  async compute(view, pair, options) {
    const { windowSamples, alongUm } = await probeMotion(view, options);
    const place = async (unit: number): Promise<{ x: number; y: number } | undefined> => {
      const { xUm, yUm, timeSamples } = await unitSpikeLocations(view, unit, options);
      if (yUm.length < 10) return undefined;
      const still = yUm.map((y, entry) => y - alongUm[Math.min(alongUm.length - 1, Math.floor(timeSamples[entry] / windowSamples))]);
      return { x: median(xUm), y: median(still) };
    };
    const a = await place(pair.first);
    const b = await place(pair.second);
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : undefined;
  },
});
