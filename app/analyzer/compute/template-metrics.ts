import type { FloatArray } from '../extensions/data.ts';
import { pairwiseSum } from './pairwise-sum.ts';
import type { Extreme, TemplateExtremes } from './template-extremes.ts';
import { Unmeasurable } from './unmeasurable.ts';

/** A template on its main channel, with what was found on it. */
export interface MeasuredTemplate {
  readonly template: FloatArray;
  readonly extremes: TemplateExtremes;
  readonly samplingFrequencyHz: number;
}

type Params = Readonly<Record<string, unknown>>;
type Columns = Readonly<Record<string, number>>;

/**
 * Metrics of a template on one channel by SpikeInterface's names, columns and formulas: durations and widths in seconds, slopes
 * in units of the template a second. A measure throws `Unmeasurable` where SpikeInterface's would stop.
 */
export const templateMetrics: Readonly<Record<string, (measured: MeasuredTemplate, params: Params) => Columns>> = {
  peak_to_trough_duration: ({ extremes: { trough, peakAfter }, samplingFrequencyHz }) => ({
    peak_to_trough_duration: (peakAfter.index - trough.index) / samplingFrequencyHz,
  }),

  half_width: ({ template, extremes: { trough, peakBefore, peakAfter }, samplingFrequencyHz }) => {
    const peak = at(template, peakAfter.index) >= at(template, peakBefore.index) ? peakAfter : peakBefore;
    const widthS = ({ halfWidthLeft, halfWidthRight }: Extreme) =>
      halfWidthLeft < 0 ? Number.NaN : (halfWidthRight - halfWidthLeft) / samplingFrequencyHz;
    return { trough_half_width: widthS(trough), peak_half_width: widthS(peak) };
  },

  repolarization_slope: ({ template, extremes: { trough }, samplingFrequencyHz }) => {
    const back = trough.index > 0 ? template.findIndex((value, sample) => sample >= trough.index && value >= 0) : -1;
    const slope = back < trough.index + 3 ? Number.NaN : slopeOf(template, trough.index, back, samplingFrequencyHz);
    return { repolarization_slope: slope };
  },

  recovery_slope: ({ template, extremes: { peakAfter }, samplingFrequencyHz }, params) => {
    const windowMs = params['recovery_window_ms'];
    if (typeof windowMs !== 'number') throw new Unmeasurable('recovery_window_ms is missing');
    if (peakAfter.index === 0) return { recovery_slope: Number.NaN };
    const end = Math.min(Math.trunc(peakAfter.index + (windowMs / 1000) * samplingFrequencyHz), template.length);
    const start = peakAfter.index < 0 ? template.length - 1 : peakAfter.index;
    return { recovery_slope: slopeOf(template, start, end, samplingFrequencyHz) };
  },

  number_of_peaks: ({ extremes: { trough, peakBefore, peakAfter } }) => ({
    num_positive_peaks: peakBefore.count + peakAfter.count,
    num_negative_peaks: trough.count,
  }),

  main_to_next_extremum_duration: ({ template, extremes: { trough, peakBefore, peakAfter }, samplingFrequencyHz }) => {
    const height = (extreme: { readonly index: number }) => Math.abs(at(template, extreme.index));
    const main = [trough, peakBefore, peakAfter].reduce((most, extreme) => (height(extreme) > height(most) ? extreme : most));
    const next = main === trough ? peakAfter : trough;
    return { main_to_next_extremum_duration: Math.abs(next.index - main.index) / samplingFrequencyHz };
  },

  waveform_ratios: ({ template, extremes: { trough, peakBefore, peakAfter } }) => {
    const round = roundingOf(template);
    const [low, before, after] = [trough, peakBefore, peakAfter].map(({ index }) => Math.abs(at(template, index)));
    const ratio = (a: number, b: number) => (b === 0 ? Number.NaN : round(a / b));
    return {
      peak_before_to_trough_ratio: ratio(before, low),
      peak_after_to_trough_ratio: ratio(after, low),
      peak_before_to_peak_after_ratio: ratio(before, after),
      main_peak_to_trough_ratio: ratio(Math.max(before, after), low),
    };
  },

  waveform_widths: ({ extremes: { trough, peakBefore, peakAfter }, samplingFrequencyHz }) => ({
    trough_width: trough.width * (1 / samplingFrequencyHz),
    peak_before_width: peakBefore.width * (1 / samplingFrequencyHz),
    peak_after_width: peakAfter.width * (1 / samplingFrequencyHz),
  }),

  waveform_baseline_flatness: ({ template, samplingFrequencyHz }, params) => ({
    waveform_baseline_flatness: baselineFlatness(template, samplingFrequencyHz, params['baseline_window_ms']),
  }),
};

/** As Python indexes: −1 is the last. */
function at(template: FloatArray, index: number): number {
  return template[index < 0 ? template.length + index : index];
}

function roundingOf(template: FloatArray): (value: number) => number {
  return template instanceof Float32Array ? Math.fround : (value) => value;
}

function baselineFlatness(template: FloatArray, samplingFrequencyHz: number, windowMs: unknown): number {
  if (windowMs === null) return Number.NaN;
  const [startMs, endMs] = Array.isArray(windowMs) ? windowMs.map(Number) : [0, 0.5];
  const start = Math.max(0, Math.trunc((startMs / 1000) * samplingFrequencyHz));
  const end = Math.min(template.length, Math.trunc((endMs / 1000) * samplingFrequencyHz));
  if (!(end > start)) return Number.NaN;
  const round = roundingOf(template);
  const mean = round(pairwiseSum(template, start, end) / (end - start));
  const furthest = (values: FloatArray) => {
    let most = 0;
    for (const value of values) most = Math.max(most, Math.abs(round(value - mean)));
    return most;
  };
  const overall = furthest(template);
  return overall === 0 ? Number.NaN : round(furthest(template.subarray(start, end)) / overall);
}

/** Slope of the straight line through the samples from `start` up to `end`. */
function slopeOf(template: FloatArray, start: number, end: number, samplingFrequencyHz: number): number {
  const count = end - start;
  if (!(count > 0)) throw new Unmeasurable('there is nothing to fit a line to');
  if (count === 1) return Number.NaN;
  let timeMean = 0;
  let mean = 0;
  for (let sample = start; sample < end; sample += 1) {
    timeMean += sample / samplingFrequencyHz / count;
    mean += template[sample] / count;
  }
  let common = 0;
  let own = 0;
  for (let sample = start; sample < end; sample += 1) {
    const time = sample / samplingFrequencyHz - timeMean;
    common += time * (template[sample] - mean);
    own += time * time;
  }
  return common / own;
}
