import { median, robustDeviation, type UnitAmplitudes, unitAmplitudes } from './measured/unit-amplitudes.ts';
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
    return gapInSharedStretches(a, b, total) ?? gapAtHandOver(a, b);
  },
});

const stretchCount = 20;
const fewest = 5;
const handOverSpikes = 30;
const fewestAtHandOver = 10;

function gapInSharedStretches(a: UnitAmplitudes, b: UnitAmplitudes, totalSamples: number): number | undefined {
  const stretchesOf = (unit: UnitAmplitudes): Float64Array[] => {
    const values: number[][] = Array.from({ length: stretchCount }, () => []);
    for (const [entry, time] of unit.timeSamples.entries()) {
      values[Math.min(stretchCount - 1, Math.floor((time / totalSamples) * stretchCount))].push(unit.inTime[entry]);
    }
    return values.map((list) => Float64Array.from(list));
  };
  const first = stretchesOf(a);
  const second = stretchesOf(b);
  let sum = 0;
  let weight = 0;
  for (let stretch = 0; stretch < stretchCount; stretch += 1) {
    const gap = gapOf(first[stretch], second[stretch], fewest);
    if (gap === undefined) continue;
    const spikes = Math.min(first[stretch].length, second[stretch].length);
    sum += gap * spikes;
    weight += spikes;
  }
  return weight > 0 ? Math.abs(sum / weight) : undefined;
}

function gapAtHandOver(a: UnitAmplitudes, b: UnitAmplitudes): number | undefined {
  if (a.timeSamples.length === 0 || b.timeSamples.length === 0) return undefined;
  const [earlier, later] = median(a.timeSamples) <= median(b.timeSamples) ? [a, b] : [b, a];
  const gap = gapOf(earlier.inTime.slice(-handOverSpikes), later.inTime.slice(0, handOverSpikes), fewestAtHandOver);
  return gap === undefined ? undefined : Math.abs(gap);
}

function gapOf(first: Float64Array, second: Float64Array, atLeast: number): number | undefined {
  if (first.length < atLeast || second.length < atLeast) return undefined;
  const deviation = Math.sqrt((robustDeviation(first) ** 2 + robustDeviation(second) ** 2) / 2);
  return deviation > 0 ? (median(first) - median(second)) / deviation : undefined;
}
