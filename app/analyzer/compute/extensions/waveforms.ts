import { z } from 'zod';
import type { NumberDtype } from '../../dtype.ts';
import { float32Type } from '../../npy-bytes.ts';
import { scaleFor } from '../../recording/scale.ts';
import { roundHalfEven } from '../refractory.ts';
import { defineComputation, nothingElse, requireTraces } from './computation.ts';
import { cutWaveforms } from './cut-waveforms.ts';
import { typedBytes } from './typed-bytes.ts';
import { unitChannels } from './unit-channels.ts';

/** Waveforms of the random spikes, streamed from the recording: never whole in memory. */
export const waveforms = defineComputation({
  id: 'waveforms',
  className: 'spikeinterface.core.analyzer_extension_core.ComputeWaveforms',
  params: z.strictObject({
    ms_before: z.number().positive().max(100).default(1),
    ms_after: z.number().positive().max(100).default(2),
  }),
  needs: () => ({ extensions: ['random_spikes'], ...nothingElse, recording: true }),
  async run(context, params) {
    const { view, signal, onProgress } = context;
    const traces = requireTraces(context, 'waveforms');
    const scale = scaleFor(view, traces);
    const { rows } = await view.extension('random_spikes', { signal });
    const spikes = await view.spikes({ signal });
    const perMs = view.samplingFrequencyHz / 1000;
    const window = { before: roundHalfEven(params.ms_before * perMs), after: roundHalfEven(params.ms_after * perMs) };
    const { channels, widest } = unitChannels(view);
    const dtype: NumberDtype = scale === undefined ? { ...traces.dtype, littleEndian: true } : (float32Type as NumberDtype);
    async function* content(): AsyncGenerator<Uint8Array> {
      for await (const { values, to } of cutWaveforms(traces, spikes, rows, window, (unit) => channels[unit], widest, scale, { signal })) {
        yield typedBytes(values, dtype);
        onProgress?.(to, rows.length);
      }
    }
    return {
      params: { ...params, dtype: pythonType(dtype) },
      arrays: [{ name: 'waveforms', dtype, shape: [rows.length, window.before + window.after, widest], content: content() }],
    };
  },
});

function pythonType({ kind, itemSize }: NumberDtype): string {
  return `${itemSize === 1 ? '|' : '<'}${kind[0]}${itemSize}`;
}
