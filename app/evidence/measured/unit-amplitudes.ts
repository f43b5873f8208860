import { medianInPlace } from '../../analyzer/compute/median.ts';
import { eachSpike, spikeCountOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perUnit } from '../per-unit.ts';

export interface UnitAmplitudes {
  /** Amplitudes in time order, as stored (µV, or counts). */
  readonly inTime: Float64Array;
  /** The same, rising. */
  readonly rising: Float64Array;
  /** Time of each entry of `inTime` in samples, segments laid end to end. */
  readonly timeSamples: Float64Array;
}

/** One unit's spike amplitudes; values that are not numbers are left out. */
export const unitAmplitudes = perUnit(async (view, unit, options): Promise<UnitAmplitudes> => {
  const trains = await unitTrains(view, options);
  const { amplitudes } = await view.extension('spike_amplitudes', options);
  const count = spikeCountOf(trains, unit);
  const inTime = new Float64Array(count);
  const timeSamples = new Float64Array(count);
  let kept = 0;
  eachSpike(trains, unit, (row, time) => {
    if (Number.isNaN(amplitudes[row])) return;
    inTime[kept] = amplitudes[row];
    timeSamples[kept] = time;
    kept += 1;
  });
  return { inTime: inTime.subarray(0, kept), rising: inTime.slice(0, kept).sort(), timeSamples: timeSamples.subarray(0, kept) };
});

/** Value below which a share of a rising array lies, between entries linearly. */
export function quantile(rising: Float64Array, share: number): number {
  const place = share * (rising.length - 1);
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return rising[low] + (rising[high] - rising[low]) * (place - low);
}

export function median(values: Float64Array): number {
  return medianInPlace(values.slice());
}

/** Two rising arrays as one. */
export function mergeRising(a: Float64Array, b: Float64Array): Float64Array {
  const joined = new Float64Array(a.length + b.length);
  let left = 0;
  let right = 0;
  for (let place = 0; place < joined.length; place += 1) {
    joined[place] = right >= b.length || (left < a.length && a[left] <= b[right]) ? a[left++] : b[right++];
  }
  return joined;
}

export interface Centre {
  readonly median: number;
  /** 1.4826 · median |x − median|: a standard deviation that a few outliers don't move. */
  readonly deviation: number;
}

/** Middle and spread of values. */
export function centreOf(values: Float64Array): Centre {
  const changed = values.slice();
  const middle = medianInPlace(changed);
  for (let place = 0; place < changed.length; place += 1) changed[place] = Math.abs(changed[place] - middle);
  return { median: middle, deviation: 1.4826 * medianInPlace(changed) };
}
