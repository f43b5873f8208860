import type { FloatArray } from '../extensions/data.ts';
import { findPeaks, type Peak } from './find-peaks.ts';
import { roundHalfEven } from './refractory.ts';

export interface ExtremeParams {
  /** Least prominence, as a share of the largest absolute value. */
  readonly leastShare: number;
  /** Left out at either end. */
  readonly edgeMs: number;
  /** Least distance of a peak from the trough, as a share of the trough's half width. */
  readonly distanceRatio: number;
  readonly leastDistanceSamples: number;
}

/** A trough or peak of a template; −1 for places and not-a-number for widths that are not there. */
export interface Extreme {
  readonly index: number;
  /** Samples. */
  readonly width: number;
  /** Counted from the start of the stretch it was looked for in, as SpikeInterface has it. */
  readonly widthLeft: number;
  readonly widthRight: number;
  readonly halfWidthLeft: number;
  readonly halfWidthRight: number;
  /** How many are as prominent as asked. */
  readonly count: number;
}

export interface TemplateExtremes {
  readonly trough: Extreme;
  readonly peakBefore: Extreme;
  readonly peakAfter: Extreme;
}

/**
 * The main trough of a template on one channel, and the main peaks before and after it, as SpikeInterface's
 * `get_trough_and_peak_idx`: the most prominent, else at half the prominence, else the highest point.
 */
export function templateExtremes(template: FloatArray, samplingFrequencyHz: number, params: ExtremeParams): TemplateExtremes {
  const round = template instanceof Float32Array ? Math.fround : (value: number) => value;
  const inverted = template.map((value) => -value);
  const largest = largestOf(template, Math.abs);
  const least = round(round(params.leastShare) * largest);
  const edge = params.edgeMs > 0 ? Math.trunc((params.edgeMs / 1000) * samplingFrequencyHz) : 0;
  const end = template.length - edge;
  const trough = mainExtreme(inverted, least, edge, end);
  const distance =
    trough.halfWidthLeft >= 0 && trough.halfWidthRight >= 0
      ? Math.max(params.leastDistanceSamples, Math.trunc(params.distanceRatio * (trough.halfWidthRight - trough.halfWidthLeft)))
      : params.leastDistanceSamples;
  return {
    trough,
    peakBefore: mainExtreme(template, least, edge, trough.index - distance),
    peakAfter: mainExtreme(template, least, trough.index + distance, end),
  };
}

function mainExtreme(signal: FloatArray, least: number, start: number, end: number): Extreme {
  if (!(end > start && start > 0)) {
    return { index: -1, width: Number.NaN, widthLeft: -1, widthRight: -1, halfWidthLeft: -1, halfWidthRight: -1, count: 0 };
  }
  const searched = signal.slice(start, end);
  const found = findPeaks(searched, least);
  const main = mostProminent(found.length > 0 ? found : findPeaks(searched, 0.5 * least));
  const index = start + (main?.place ?? searched.indexOf(largestOf(searched)));
  const [halfWidthLeft, halfWidthRight] = halfWidthPlaces(signal, index);
  return {
    index,
    width: main?.width ?? Number.NaN,
    widthLeft: main === undefined ? -1 : roundHalfEven(main.left),
    widthRight: main === undefined ? -1 : roundHalfEven(main.right),
    halfWidthLeft,
    halfWidthRight,
    count: found.length,
  };
}

function largestOf(signal: FloatArray, of: (value: number) => number = (value) => value): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of signal) most = Math.max(most, of(value));
  return most;
}

function mostProminent(peaks: readonly Peak[]): Peak | undefined {
  return peaks.reduce<Peak | undefined>((most, peak) => (most === undefined || peak.prominence > most.prominence ? peak : most), undefined);
}

/** The samples before and after a peak where half its height is crossed; −1 for both where one is missing. */
function halfWidthPlaces(signal: FloatArray, index: number): readonly [number, number] {
  if (index < 0) return [-1, -1];
  const half = 0.5 * signal[index];
  const above = (at: number) => signal[at] >= half;
  const crosses = (at: number) => above(at) !== above(at + 1);
  let left = index - 1;
  while (left >= 0 && !crosses(left)) left -= 1;
  let right = index;
  while (right < signal.length - 1 && !crosses(right)) right += 1;
  return left < 0 || right >= signal.length - 1 ? [-1, -1] : [left, right];
}
