import { z } from 'zod';
import type { NumberDtype } from '../../dtype.ts';
import { float32Type } from '../../npy-bytes.ts';
import { scaleFor } from '../../recording/scale.ts';
import { blocksAroundSpikes } from '../../recording/trace-blocks.ts';
import type { AnalyzerView } from '../../view.ts';
import { createBreather } from '../breathe.ts';
import { templatesOf } from '../templates.ts';
import { defineComputation, nothingElse, requireTraces } from './computation.ts';
import { typedBytes } from './typed-bytes.ts';

/** The trace of each spike on its unit's main channel, at the sample where the unit's template peaks. */
export const spikeAmplitudes = defineComputation({
  id: 'spike_amplitudes',
  className: 'spikeinterface.postprocessing.spike_amplitudes.ComputeSpikeAmplitudes',
  params: z.strictObject({}),
  needs: () => ({ extensions: ['templates'], ...nothingElse, recording: true }),
  async run(context) {
    const { view, signal, onProgress } = context;
    const traces = requireTraces(context, 'spike_amplitudes');
    const scale = scaleFor(view, traces);
    const spikes = await view.spikes({ signal });
    const mainChannels = await view.mainChannels({ signal });
    const shifts = await peakShifts(view, mainChannels, signal);
    const farthest = shifts.reduce((most, shift) => Math.max(most, Math.abs(shift)), 0);
    const channelCount = traces.channelIds.length;
    const values = new Float64Array(spikes.count);
    const breathe = createBreather(signal);
    const window = { before: farthest, after: farthest + 1 };
    for await (const { start, end, samples, from, to } of blocksAroundSpikes(traces, spikes, undefined, window, { signal })) {
      for (let row = from; row < to; row += 1) {
        const unit = spikes.unitIndex[row];
        const channel = mainChannels[unit];
        const frame = spikes.sampleIndex[row] + shifts[unit];
        const count = frame >= start && frame < end ? samples[(frame - start) * channelCount + channel] : 0;
        values[row] = scale === undefined ? count : Math.fround(Math.fround(count) * scale.gains[channel]) + scale.offsets[channel];
      }
      onProgress?.(to, spikes.count);
      const turn = breathe();
      if (turn) await turn;
    }
    const dtype: NumberDtype = scale === undefined ? { ...traces.dtype, littleEndian: true } : (float32Type as NumberDtype);
    return { params: {}, arrays: [{ name: 'amplitudes', dtype, shape: [spikes.count], content: typedBytes(values, dtype) }] };
  },
});

/** Samples from the spike to the peak of each unit's template on its main channel; the first peak where several are as high. */
async function peakShifts(view: AnalyzerView, mainChannels: Int32Array, signal: AbortSignal | undefined): Promise<Int32Array> {
  const { average, sampleCount, channelCount, beforeCount } = await templatesOf(view, { signal });
  const { peakSign } = view.summary;
  return mainChannels.map((channel, unit) => {
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let sample = 0; sample < sampleCount; sample += 1) {
      const value = average[(unit * sampleCount + sample) * channelCount + channel];
      const height = peakSign === 'both' ? Math.abs(value) : peakSign === 'neg' ? -value : value;
      if (height > highest) {
        highest = height;
        best = sample;
      }
    }
    return best - beforeCount;
  });
}
