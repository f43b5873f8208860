import type { FloatArray } from '../extensions/data.ts';
import { pairwiseSum } from './pairwise-sum.ts';

/**
 * Gives a signal (T) `factor` values for each of its own (T · factor), by the low-pass filter, order and precision of SciPy's
 * `resample_poly(signal, up=factor, down=1)`: a sinc over ten samples either side under a Kaiser window (5.0), zero beyond the ends.
 * `isSingle` where signals are of single precision.
 */
export function upsampler(factor: number, isSingle: boolean): (signal: FloatArray) => FloatArray {
  if (!(factor > 1)) return (signal) => signal.slice();
  const reach = 10 * factor;
  const taps = lowPass(reach, factor);
  if (!isSingle) {
    const filter = taps.map((value) => value * factor);
    return (signal) => filtered(signal, new Float64Array(signal.length * factor), filter, factor);
  }
  const filter = Float32Array.from(taps, (value) => Math.fround(value) * factor);
  return (signal) => filteredSingle(signal, new Float32Array(signal.length * factor), filter, factor);
}

function filtered(signal: FloatArray, out: Float64Array, filter: Float64Array, factor: number): Float64Array {
  const reach = 10 * factor;
  for (let at = 0; at < out.length; at += 1) {
    const first = Math.max(0, Math.ceil((at - reach) / factor));
    const last = Math.min(signal.length - 1, Math.floor((at + reach) / factor));
    let sum = 0;
    for (let from = first; from <= last; from += 1) sum += signal[from] * filter[at + reach - from * factor];
    out[at] = sum;
  }
  return out;
}

function filteredSingle(signal: FloatArray, out: Float32Array, filter: Float32Array, factor: number): Float32Array {
  const reach = 10 * factor;
  for (let at = 0; at < out.length; at += 1) {
    const first = Math.max(0, Math.ceil((at - reach) / factor));
    const last = Math.min(signal.length - 1, Math.floor((at + reach) / factor));
    let sum = 0;
    for (let from = first; from <= last; from += 1) sum = Math.fround(sum + Math.fround(signal[from] * filter[at + reach - from * factor]));
    out[at] = sum;
  }
  return out;
}

function lowPass(reach: number, factor: number): Float64Array {
  const share = 1 / factor;
  const shape = 5;
  const highest = bessel(shape);
  const taps = Float64Array.from({ length: 2 * reach + 1 }, (_, at) => {
    const place = share * (at - reach);
    const sinc = place === 0 ? 1 : Math.sin(Math.PI * place) / (Math.PI * place);
    return share * sinc * (bessel(shape * Math.sqrt(1 - ((at - reach) / reach) ** 2)) / highest);
  });
  const total = pairwiseSum(taps);
  return taps.map((tap) => tap / total);
}

/** Modified Bessel function of the first kind and order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
