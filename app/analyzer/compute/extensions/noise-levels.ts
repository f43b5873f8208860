import { z } from 'zod';
import { elementBytes, float32Type, float64Type } from '../../npy-bytes.ts';
import { scaleFor } from '../../recording/scale.ts';
import type { SampleArray } from '../../recording/traces.ts';
import { createBreather } from '../breathe.ts';
import { medianInPlace } from '../median.ts';
import { CountDeviation, isCountArray } from '../median-of-counts.ts';
import { NumpyRandom } from '../numpy-random.ts';
import { defineComputation, nothingElse, requireTraces } from './computation.ts';

/** Median absolute deviation of a normal distribution with standard deviation 1. */
const madOfNormal = 0.6744897501960817;

/**
 * Noise per channel: the median absolute deviation over 20 random half seconds of each segment, over 0.6745, averaged. The
 * stretches are those SpikeInterface 0.105 draws with the same seed.
 */
export const noiseLevels = defineComputation({
  id: 'noise_levels',
  className: 'spikeinterface.core.analyzer_extension_core.ComputeNoiseLevels',
  params: z.strictObject({
    random_slices_kwargs: z.strictObject({ seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0) }).default({ seed: 0 }),
  }),
  needs: () => ({ extensions: [], ...nothingElse, recording: true }),
  async run(context, params) {
    const { view, signal, onProgress } = context;
    const traces = requireTraces(context, 'noise_levels');
    const scale = scaleFor(view, traces);
    const channelCount = traces.channelIds.length;
    const stretches = randomStretches(traces.segmentSampleCounts, traces.samplingFrequencyHz, params.random_slices_kwargs.seed);
    const sums = new Float64Array(channelCount);
    const longest = stretches.reduce((most, { start, end }) => Math.max(most, end - start), 0);
    const memory = new Uint8Array(longest * channelCount * traces.dtype.itemSize);
    const counted = new CountDeviation();
    const single = scale !== undefined;
    const breathe = createBreather(signal);
    for (const [done, { segment, start, end }] of stretches.entries()) {
      const samples = await traces.read(segment, start, end, { signal }, memory);
      for (let channel = 0; channel < channelCount; channel += 1) {
        const gain = scale ? Math.fround(scale.gains[channel]) : 1;
        const offset = scale ? Math.fround(scale.offsets[channel]) : 0;
        const scaled = (count: number): number => (single ? Math.fround(Math.fround(count * gain) + offset) : count);
        const deviation = isCountArray(samples)
          ? counted.of(samples, channel, channelCount, scaled, single)
          : deviationOf(samples, channel, channelCount, scaled, single);
        sums[channel] += deviation / madOfNormal;
        const turn = breathe();
        if (turn) await turn;
      }
      onProgress?.(done + 1, stretches.length);
    }
    const levels = sums.map((sum) => sum / stretches.length);
    const content = elementBytes(single ? Float32Array.from(levels) : levels);
    return {
      params: { random_slices_kwargs: { ...params.random_slices_kwargs } },
      arrays: [{ name: 'noise_levels', dtype: single ? float32Type : float64Type, shape: [channelCount], content }],
    };
  },
});

/** Median absolute deviation of one column. */
function deviationOf(samples: SampleArray, first: number, step: number, scaled: (sample: number) => number, single: boolean): number {
  const size = samples.length / step;
  const column = single ? new Float32Array(size) : new Float64Array(size);
  for (let frame = 0, at = first; frame < size; frame += 1, at += step) column[frame] = scaled(samples[at]);
  const middle = medianInPlace(column);
  for (let frame = 0; frame < size; frame += 1) column[frame] = Math.abs(column[frame] - middle);
  return medianInPlace(column);
}

const stretchesPerSegment = 20;

interface Stretch {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
}

function randomStretches(segmentSampleCounts: readonly number[], samplingFrequencyHz: number, seed: number): Stretch[] {
  let length = Math.trunc(0.5 * samplingFrequencyHz);
  for (const count of segmentSampleCounts) if (length > count) length = count - 1;
  const random = new NumpyRandom(seed);
  return segmentSampleCounts.flatMap((count, segment) =>
    Array.from({ length: stretchesPerSegment }, () => random.upTo(count - length))
      .sort((a, b) => a - b)
      .map((start) => ({ segment, start, end: start + length })),
  );
}
