import { mergeRising, quantile, unitAmplitudes } from './measured/unit-amplitudes.ts';
import { defineNumber } from './number.ts';

export const amplitudeValley = defineNumber({
  id: 'amplitude_valley',
  title: 'Valley between the amplitudes',
  definition:
    'Depth of the lowest point of the joint amplitude density between the two medians, against the lower of the peaks beside it: 0 no valley, 1 a full gap. Not said below 20 spikes.',
  unit: '',
  source: 'Gaussian kernel density, Silverman bandwidth',
  needs: ['spike_amplitudes'],
  reading: 'A deep valley speaks for two cells. None at all though the distributions hardly overlap: one distribution that was cut in two.',
  digits: 2,
  async compute(view, pair, options) {
    const a = await unitAmplitudes(view, pair.first, options);
    const b = await unitAmplitudes(view, pair.second, options);
    if (a.rising.length < 20 || b.rising.length < 20) return undefined;
    return valleyBetween(mergeRising(a.rising, b.rising), quantile(a.rising, 0.5), quantile(b.rising, 0.5));
  },
});

const gridCount = 128;

function valleyBetween(pooled: Float64Array, oneMedian: number, otherMedian: number): number | undefined {
  let mean = 0;
  for (const value of pooled) mean += value / pooled.length;
  let variance = 0;
  for (const value of pooled) variance += (value - mean) ** 2 / (pooled.length - 1);
  const spread = Math.min(Math.sqrt(variance), (quantile(pooled, 0.75) - quantile(pooled, 0.25)) / 1.34);
  const bandwidth = 0.9 * spread * pooled.length ** -0.2;
  if (!(bandwidth > 0)) return undefined;
  const low = quantile(pooled, 0.002) - 3 * bandwidth;
  const high = quantile(pooled, 0.998) + 3 * bandwidth;
  const step = (high - low) / (gridCount - 1);
  const counts = new Float64Array(gridCount);
  for (const value of pooled) {
    const place = Math.round((value - low) / step);
    if (place >= 0 && place < gridCount) counts[place] += 1;
  }
  const reach = Math.ceil((3 * bandwidth) / step);
  const density = new Float64Array(gridCount);
  for (let place = 0; place < gridCount; place += 1) {
    if (counts[place] === 0) continue;
    for (let to = Math.max(0, place - reach); to <= Math.min(gridCount - 1, place + reach); to += 1) {
      density[to] += counts[place] * Math.exp(-0.5 * (((to - place) * step) / bandwidth) ** 2);
    }
  }
  const gridPlace = (value: number) => Math.min(gridCount - 1, Math.max(0, Math.round((value - low) / step)));
  const from = gridPlace(Math.min(oneMedian, otherMedian));
  const to = gridPlace(Math.max(oneMedian, otherMedian));
  let valley = from;
  for (let place = from; place <= to; place += 1) if (density[place] < density[valley]) valley = place;
  const before = Math.max(...density.subarray(0, valley + 1));
  const after = Math.max(...density.subarray(valley));
  return 1 - density[valley] / Math.min(before, after);
}
