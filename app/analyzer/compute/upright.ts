import type { FloatArray } from '../extensions/data.ts';
import { medianInPlace } from './median.ts';

/** As NumPy: the mean of the two middle values in the precision of the data. */
export function medianOf(values: FloatArray): number {
  const median = medianInPlace(values.slice());
  return values instanceof Float32Array ? Math.fround(median) : median;
}

/** Amplitudes turned over where they point down. */
export function upright(amplitudes: FloatArray): FloatArray {
  return medianOf(amplitudes) < 0 ? amplitudes.map((value) => -value) : amplitudes;
}
