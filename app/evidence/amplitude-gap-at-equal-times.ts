import { gapAtEqualTimes } from './measured/gap-at-equal-times.ts';
import { unitAmplitudes } from './measured/unit-amplitudes.ts';
import { defineNumber } from './number.ts';

export const amplitudeGapAtEqualTimes = defineNumber({
  id: 'amplitude_gap_at_equal_times',
  title: 'Amplitude gap at equal times',
  definition:
    'Difference of the median amplitudes in stretches of a twentieth of the recording in which both fire at least five spikes, weighted by their spikes, in standard deviations; where they share no stretch, last 30 spikes of the earlier unit against first 30 of the later.',
  unit: 'σ',
  source: 'Samecell',
  needs: ['spike_amplitudes'],
  reading: 'Near 0 while the amplitudes of the whole recording differ: one cell whose amplitude drifted from one unit into the other.',
  digits: 2,
  async compute(view, pair, options) {
    const a = await unitAmplitudes(view, pair.first, options);
    const b = await unitAmplitudes(view, pair.second, options);
    const total = view.segmentSampleCounts.reduce((sum, count) => sum + count, 0);
    const gap = gapAtEqualTimes(a, b, total);
    return gap === undefined ? undefined : Math.abs(gap);
  },
});
