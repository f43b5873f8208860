import { unitTrains } from '../analyzer/compute/unit-trains.ts';
import { gapAtEqualTimes, inStretches } from './measured/gap-at-equal-times.ts';
import { unitSpikeLocations } from './measured/unit-spike-locations.ts';
import { defineNumber } from './number.ts';
import { perUnit } from './per-unit.ts';

const locationsInTime = perUnit(async (view, unit, options) => {
  const { totalSamples } = await unitTrains(view, options);
  const { xUm, yUm, timeSamples } = await unitSpikeLocations(view, unit, options);
  const along = (inTime: Float64Array) => inStretches({ inTime, timeSamples }, totalSamples);
  return { x: along(xUm), y: along(yUm) };
});

export const locationGapAtEqualTimes = defineNumber({
  id: 'location_gap_at_equal_times',
  title: 'Position gap at equal times',
  definition:
    'Difference of the median spike positions in stretches of a twentieth of the recording in which both fire at least five spikes, weighted by their spikes, in standard deviations, both axes together; where they share no stretch, last 30 spikes of the earlier unit against first 30 of the later.',
  unit: 'σ',
  source: 'Samecell',
  needs: ['spike_locations'],
  reading: 'Near 0 though the units lie apart over the whole recording: one cell that the probe moved past.',
  digits: 2,
  async compute(view, pair, options) {
    const a = await locationsInTime(view, pair.first, options);
    const b = await locationsInTime(view, pair.second, options);
    const x = gapAtEqualTimes(a.x, b.x);
    const y = gapAtEqualTimes(a.y, b.y);
    if (x === undefined && y === undefined) return undefined;
    return Math.hypot(x ?? 0, y ?? 0);
  },
});
