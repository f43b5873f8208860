import { mergeRising, quantile, unitAmplitudes } from './measured/unit-amplitudes.ts';
import { defineNumber } from './number.ts';

export const amplitudeOverlap = defineNumber({
  id: 'amplitude_overlap',
  title: 'Amplitude overlap',
  definition: 'Common area of the two amplitude distributions, each of area 1, over the whole recording. Not said below 20 spikes.',
  unit: '',
  source: 'Overlap coefficient on bins of Freedman and Diaconis',
  needs: ['spike_amplitudes'],
  reading:
    '1: alike. Near 0 does not speak against a merge where the amplitude drifted or the sorter cut at an amplitude: see the valley and the gap at equal times.',
  digits: 2,
  async compute(view, pair, options) {
    const a = await unitAmplitudes(view, pair.first, options);
    const b = await unitAmplitudes(view, pair.second, options);
    if (a.rising.length < 20 || b.rising.length < 20) return undefined;
    const pooled = mergeRising(a.rising, b.rising);
    const low = quantile(pooled, 0.002);
    const high = quantile(pooled, 0.998);
    if (!(high > low)) return undefined;
    const smaller = Math.min(a.rising.length, b.rising.length);
    const width = (2 * (quantile(pooled, 0.75) - quantile(pooled, 0.25))) / Math.cbrt(smaller);
    const binCount = Math.min(60, Math.max(6, Math.ceil((high - low) / (width > 0 ? width : high - low))));
    const shares = (rising: Float64Array): Float64Array => {
      const counts = new Float64Array(binCount);
      for (const value of rising) {
        counts[Math.min(binCount - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * binCount)))] += 1 / rising.length;
      }
      return counts;
    };
    const first = shares(a.rising);
    const second = shares(b.rising);
    let overlap = 0;
    for (let bin = 0; bin < binCount; bin += 1) overlap += Math.min(first[bin], second[bin]);
    return overlap;
  },
});
