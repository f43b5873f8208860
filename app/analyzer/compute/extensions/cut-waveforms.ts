import type { Scale } from '../../recording/scale.ts';
import { blocksAroundSpikes } from '../../recording/trace-blocks.ts';
import type { Traces } from '../../recording/traces.ts';
import type { ReadOptions } from '../../source.ts';
import type { SpikeColumns } from '../../view.ts';

/** Samples of a cut-out before and from the spike on. */
export interface CutWindow {
  readonly before: number;
  readonly after: number;
}

/** Cut-outs of some spikes, (to − from, T, width) row-major; a unit's own channels come first in each row of `width`. */
export interface CutBlock {
  readonly from: number;
  readonly to: number;
  readonly values: Float32Array | Float64Array;
}

/**
 * Cuts the waveforms of the spikes at `rows` out of the recording, in order, one block after another. Samples outside the
 * segment are 0, as in SpikeInterface 0.105.3. µV are computed in single precision as there.
 */
export async function* cutWaveforms(
  traces: Traces,
  spikes: SpikeColumns,
  rows: Int32Array,
  window: CutWindow,
  channelsOf: (unit: number) => Int32Array,
  width: number,
  scale: Scale | undefined,
  options?: ReadOptions,
): AsyncGenerator<CutBlock> {
  const sampleCount = window.before + window.after;
  const channelCount = traces.channelIds.length;
  const gains = scale && Float32Array.from(scale.gains);
  const offsets = scale && Float32Array.from(scale.offsets);
  const exact = traces.dtype.kind === 'float' ? traces.dtype.itemSize === 8 : traces.dtype.itemSize > 2;
  for await (const block of blocksAroundSpikes(traces, spikes, rows, window, options)) {
    const size = (block.to - block.from) * sampleCount * width;
    const values = scale === undefined && exact ? new Float64Array(size) : new Float32Array(size);
    for (let position = block.from; position < block.to; position += 1) {
      const row = rows[position];
      const channels = channelsOf(spikes.unitIndex[row]);
      const first = spikes.sampleIndex[row] - window.before;
      const base = (position - block.from) * sampleCount * width;
      const low = Math.max(0, block.start - first);
      const high = Math.min(sampleCount, block.end - first);
      for (let sample = low; sample < high; sample += 1) {
        const from = (first + sample - block.start) * channelCount;
        const to = base + sample * width;
        for (let place = 0; place < channels.length; place += 1) {
          const channel = channels[place];
          const count = block.samples[from + channel];
          values[to + place] = gains && offsets ? Math.fround(Math.fround(count) * gains[channel]) + offsets[channel] : count;
        }
      }
    }
    yield { from: block.from, to: block.to, values };
  }
}
