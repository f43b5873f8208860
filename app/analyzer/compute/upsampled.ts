import type { FloatArray } from '../extensions/data.ts';
import { pairwiseSum } from './pairwise-sum.ts';

/**
 * A signal (T) with `factor` values for each of its own (T · factor), by the low-pass filter, order and precision of SciPy's
 * `resample_poly(signal, up=factor, down=1)`: a sinc over ten samples either side under a Kaiser window (5.0), zero beyond the ends.
 */
export function upsampled(signal: FloatArray, factor: number): FloatArray {
  if (!(factor > 1)) return signal.slice();
  const round = signal instanceof Float32Array ? Math.fround : (value: number) => value;
  const reach = 10 * factor;
  const filter = lowPass(reach, factor).map((value) => round(round(value) * factor));
  const out = signal instanceof Float32Array ? new Float32Array(signal.length * factor) : new Float64Array(signal.length * factor);
  for (let at = 0; at < out.length; at += 1) {
    const first = Math.max(0, Math.ceil((at - reach) / factor));
    const last = Math.min(signal.length - 1, Math.floor((at + reach) / factor));
    let sum = 0;
    for (let from = first; from <= last; from += 1) sum = round(sum + round(signal[from] * filter[at + reach - from * factor]));
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
