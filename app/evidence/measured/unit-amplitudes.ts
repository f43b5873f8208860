import { perViewAndKey } from '../../analyzer/compute/per-view.ts';
import { unitTrains } from '../../analyzer/compute/unit-trains.ts';
import type { ReadOptions } from '../../analyzer/source.ts';
import type { AnalyzerView } from '../../analyzer/view.ts';

const keptUnits = 64;

export interface UnitAmplitudes {
  /** Amplitudes in time order, as stored (µV, or counts). */
  readonly inTime: Float64Array;
  /** The same, rising. */
  readonly rising: Float64Array;
  /** Time of each entry of `inTime` in samples, segments laid end to end. */
  readonly timeSamples: Float64Array;
}

/** One unit's spike amplitudes; values that are not numbers are left out. */
export const unitAmplitudes: (view: AnalyzerView, unit: number, options?: ReadOptions) => Promise<UnitAmplitudes> = perViewAndKey(
  (unit: number) => String(unit),
  async (view, unit, options) => {
    const trains = await unitTrains(view, options);
    const { amplitudes } = await view.extension('spike_amplitudes', options);
    const inTime: number[] = [];
    const timeSamples: number[] = [];
    let offset = 0;
    for (let segment = 0; segment < trains.segmentCount; segment += 1) {
      const place = unit * trains.segmentCount + segment;
      for (let entry = trains.bounds[place]; entry < trains.bounds[place + 1]; entry += 1) {
        const amplitude = amplitudes[trains.rows[entry]];
        if (Number.isNaN(amplitude)) continue;
        inTime.push(amplitude);
        timeSamples.push(trains.samples[entry] + offset);
      }
      offset += trains.segmentSampleCounts[segment];
    }
    const kept = Float64Array.from(inTime);
    return { inTime: kept, rising: kept.slice().sort(), timeSamples: Float64Array.from(timeSamples) };
  },
  keptUnits,
);

/** Value below which a share of a rising array lies, between entries linearly. */
export function quantile(rising: Float64Array, share: number): number {
  const place = share * (rising.length - 1);
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return rising[low] + (rising[high] - rising[low]) * (place - low);
}

export function median(values: Float64Array): number {
  return quantile(values.slice().sort(), 0.5);
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

/** Spread of values around their median as a standard deviation: 1.4826 · median |x − median|. */
export function robustDeviation(values: Float64Array): number {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}
