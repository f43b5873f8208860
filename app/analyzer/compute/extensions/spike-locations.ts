import { z } from 'zod';
import { Failure } from '../../../failure.ts';
import type { RecordDtype } from '../../dtype.ts';
import { elementBytes, float32Type } from '../../npy-bytes.ts';
import { blocksAroundSpikes, type TraceBlock } from '../../recording/trace-blocks.ts';
import type { SpikeColumns } from '../../view.ts';
import { createBreather } from '../breathe.ts';
import { roundHalfEven } from '../refractory.ts';
import { defineComputation, requireTraces } from './computation.ts';
import type { CutWindow } from './cut-waveforms.ts';

const radiusUm = 75;

const locationType: RecordDtype = {
  kind: 'record',
  itemSize: 8,
  fields: ['x', 'y'].map((name, at) => ({ name, dtype: float32Type, offset: 4 * at, count: 1 })),
};

/** Centre of mass of each spike: contacts within 75 µm of the main channel weighted by the peak-to-peak height of the counts. */
export const spikeLocations = defineComputation({
  id: 'spike_locations',
  className: 'spikeinterface.postprocessing.spike_locations.ComputeSpikeLocations',
  params: z.strictObject({
    ms_before: z.number().positive().max(100).default(0.5),
    ms_after: z.number().positive().max(100).default(0.5),
    method: z.literal('center_of_mass').default('center_of_mass'),
  }),
  needs: () => ({ extensions: ['templates'], recording: true, probe: true }),
  async run(context, params) {
    const { view, signal, onProgress } = context;
    const at = view.channelPositionsUm;
    if (at.length === 0) {
      throw new Failure('analyzer.missingFile', 'Spike locations need the probe, and this analyzer has none.', { file: 'probegroup.json' });
    }
    const traces = requireTraces(context, 'spike_locations');
    const spikes = await view.spikes({ signal });
    const mainChannels = await view.mainChannels({ signal });
    const perMs = view.samplingFrequencyHz / 1000;
    const window = { before: roundHalfEven(params.ms_before * perMs), after: roundHalfEven(params.ms_after * perMs) };
    const channelCount = view.channelIds.length;
    const near = Array.from({ length: channelCount }, (_, main) => {
      const channels: number[] = [];
      for (let channel = 0; channel < channelCount; channel += 1) {
        const across = at[2 * channel] - at[2 * main];
        const along = at[2 * channel + 1] - at[2 * main + 1];
        if (Math.sqrt(across * across + along * along) <= radiusUm) channels.push(channel);
      }
      return Int32Array.from(channels);
    });
    const values = new Float32Array(2 * spikes.count);
    const breathe = createBreather(signal);
    for await (const block of blocksAroundSpikes(traces, spikes, undefined, window, { signal })) {
      centresOfMass(block, spikes, window, (unit) => near[mainChannels[unit]], at, channelCount, values);
      onProgress?.(block.to, spikes.count);
      const turn = breathe();
      if (turn) await turn;
    }
    const { ms_before, ms_after, method } = params;
    return {
      params: { ms_before, ms_after, spike_retriever_kwargs: {}, method, method_kwargs: {}, seed: null },
      arrays: [{ name: 'spike_locations', dtype: locationType, shape: [spikes.count], content: elementBytes(values) }],
    };
  },
});

/** Writes x, y of the block's spikes. What lies outside the segment counts as 0. */
function centresOfMass(
  { start, end, samples, from, to }: TraceBlock,
  { sampleIndex, unitIndex }: SpikeColumns,
  window: CutWindow,
  channelsOf: (unit: number) => Int32Array,
  positionsUm: Float64Array,
  channelCount: number,
  values: Float32Array,
): void {
  for (let row = from; row < to; row += 1) {
    const first = sampleIndex[row] - window.before;
    const last = sampleIndex[row] + window.after;
    const cut = first < start || last > end;
    const begin = (Math.max(first, start) - start) * channelCount;
    const finish = (Math.min(last, end) - start) * channelCount;
    const channels = channelsOf(unitIndex[row]);
    let total = 0;
    let x = 0;
    let y = 0;
    for (let place = 0; place < channels.length; place += 1) {
      const channel = channels[place];
      let low = cut ? 0 : samples[begin + channel];
      let high = low;
      for (let cell = begin + channel; cell < finish; cell += channelCount) {
        const value = samples[cell];
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      const height = high - low;
      total += height;
      x += height * positionsUm[2 * channel];
      y += height * positionsUm[2 * channel + 1];
    }
    values[2 * row] = x / total;
    values[2 * row + 1] = y / total;
  }
}
