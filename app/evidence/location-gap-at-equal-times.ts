import { gapAtEqualTimes } from './measured/gap-at-equal-times.ts';
import { unitSpikeLocations } from './measured/unit-spike-locations.ts';
import { defineNumber } from './number.ts';

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
    const a = await unitSpikeLocations(view, pair.first, options);
    const b = await unitSpikeLocations(view, pair.second, options);
    const total = view.segmentSampleCounts.reduce((sum, count) => sum + count, 0);
    const along = (axis: 'xUm' | 'yUm') =>
      gapAtEqualTimes({ inTime: a[axis], timeSamples: a.timeSamples }, { inTime: b[axis], timeSamples: b.timeSamples }, total);
    const y = along('yUm');
    const x = along('xUm');
    if (x === undefined && y === undefined) return undefined;
    return Math.hypot(x ?? 0, y ?? 0);
  },
});
