import type { FloatArray } from '../extensions/data.ts';
import { firstFrom } from './first-from.ts';
import { medianInPlace } from './median.ts';
import type { SegmentValues } from './segment-values.ts';
import { Unmeasurable } from './unmeasurable.ts';
import { medianOf } from './upright.ts';

export interface DriftParams {
  readonly intervalS: number;
  /** Fewer spikes in an interval give it no place. */
  readonly leastSpikes: number;
  /** More intervals without a place than this share give not-a-number. */
  readonly validShare: number;
  readonly leastBins: number;
}

export interface Drift {
  readonly peakToPeakUm: number;
  readonly deviationUm: number;
  readonly medianDeviationUm: number;
}

/** How a unit's median place (values: along one axis, µm) moves from interval to interval, against its place overall, as SpikeInterface's `drift`. Throws `Unmeasurable` for intervals shorter than a sample. */
export function drift(segments: readonly SegmentValues[], params: DriftParams, samplingFrequencyHz: number): Drift {
  const nothing: Drift = { peakToPeakUm: Number.NaN, deviationUm: Number.NaN, medianDeviationUm: Number.NaN };
  const binSamples = Math.trunc(params.intervalS * samplingFrequencyHz);
  if (!(binSamples >= 1)) throw new Unmeasurable('an interval would be shorter than a sample');
  const reference = medianOfAll(segments.map(({ values }) => values));
  const offsets: number[] = [];
  for (const [segment, { train, values: places, sampleCount }] of segments.entries()) {
    const isLast = segment === segments.length - 1;
    const end = isLast ? Math.floor(sampleCount / binSamples) * binSamples + 1 : sampleCount;
    const edgeCount = Math.ceil(end / binSamples);
    if (edgeCount - 1 < params.leastBins) return nothing;
    const from = (edge: number) => firstFrom(train, edge * binSamples);
    for (let bin = 0; bin < edgeCount - 1; bin += 1) {
      const [start, stop] = [from(bin), from(bin + 1)];
      offsets.push(stop - start >= params.leastSpikes ? medianOf(places.subarray(start, stop)) - reference : Number.NaN);
    }
  }
  const valid = Float64Array.from(offsets.filter((offset) => !Number.isNaN(offset)));
  if (offsets.length - valid.length > params.validShare * offsets.length || valid.length === 0) return nothing;
  const mean = valid.reduce((sum, offset) => sum + offset, 0) / valid.length;
  const median = medianInPlace(valid.slice());
  return {
    peakToPeakUm: Math.max(...valid) - Math.min(...valid),
    deviationUm: Math.sqrt(valid.reduce((sum, offset) => sum + (offset - mean) ** 2, 0) / valid.length),
    medianDeviationUm: medianInPlace(valid.map((offset) => Math.abs(offset - median))),
  };
}

/** In the precision of the places. */
function medianOfAll(parts: readonly FloatArray[]): number {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const median = medianInPlace(all);
  return parts.every((part) => part instanceof Float32Array) ? Math.fround(median) : median;
}
