import { gapAtEqualTimes, inStretches, type ValuesInStretches } from './measured/gap-at-equal-times.ts';
import { leastSpreadUm, unitDisplacement } from './measured/spike-displacements.ts';
import { unitAmplitudes } from './measured/unit-amplitudes.ts';
import { defineNumber } from './number.ts';
import { perUnit } from './per-unit.ts';

/** From −40 to 40 µm: the twenty stretches are 4 µm each. */
const reachUm = 40;

/** Amplitudes by the displacement at which they were seen, which stands in the place of time. */
const amplitudesByPlace = perUnit(async (view, unit, options): Promise<ValuesInStretches | undefined> => {
  const displacement = await unitDisplacement(view, unit, options);
  if (!displacement || displacement.spreadUm < leastSpreadUm) return undefined;
  const { inTime, timeSamples } = await unitAmplitudes(view, unit, options);
  const places = timeSamples.map((time) => Math.min(2 * reachUm, Math.max(0, displacement.at(time) + reachUm)));
  const order = Array.from(places, (_, entry) => entry).sort((left, right) => places[left] - places[right] || left - right);
  return inStretches(
    { inTime: Float64Array.from(order, (entry) => inTime[entry]), timeSamples: Float64Array.from(order, (entry) => places[entry]) },
    2 * reachUm,
  );
});

export const amplitudeGapAtEqualPlaces = defineNumber({
  id: 'amplitude_gap_at_equal_places',
  title: 'Amplitude gap at equal places',
  definition:
    'Difference of the median amplitudes in steps of 4 µm of probe motion in which both fire at least five spikes, weighted by their spikes, in standard deviations; where they share no step, the 30 spikes of each that were seen nearest to the other. Not said where the probe hardly moved.',
  unit: 'σ',
  source: 'Samecell; motion from spike_locations',
  needs: ['spike_amplitudes', 'spike_locations'],
  reading: 'Near 0 while the amplitudes of the whole recording differ: one cell that was nearer to the probe at some times than at others.',
  digits: 2,
  async compute(view, pair, options) {
    const a = await amplitudesByPlace(view, pair.first, options);
    const b = await amplitudesByPlace(view, pair.second, options);
    const gap = a && b ? gapAtEqualTimes(a, b) : undefined;
    return gap === undefined ? undefined : Math.abs(gap);
  },
});
