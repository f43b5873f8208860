import { unitTrains } from '../analyzer/compute/unit-trains.ts';
import { gapAtEqualTimes, inStretches } from './measured/gap-at-equal-times.ts';
import { unitAmplitudes } from './measured/unit-amplitudes.ts';
import { defineNumber } from './number.ts';
import { perUnit } from './per-unit.ts';

const amplitudesInTime = perUnit(async (view, unit, options) => {
  const { totalSamples } = await unitTrains(view, options);
  return inStretches(await unitAmplitudes(view, unit, options), totalSamples);
});

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
    const a = await amplitudesInTime(view, pair.first, options);
    const b = await amplitudesInTime(view, pair.second, options);
    const gap = gapAtEqualTimes(a, b);
    return gap === undefined ? undefined : Math.abs(gap);
  },
});
