import type { Scale } from '../../recording/scale.ts';
import { blocksAroundSpikes, type TraceBlock } from '../../recording/trace-blocks.ts';
import type { Traces } from '../../recording/traces.ts';
import type { ReadOptions } from '../../source.ts';
import type { SpikeColumns } from '../../view.ts';

/** Samples of a cut-out before and from the spike on. */
export interface CutWindow {
  readonly before: number;
  readonly after: number;
}

/**
 * Cut-outs of some spikes, (to − from, T, width) row-major; a unit's own channels come first in each row of `width`. Good
 * until the next block is asked for.
 */
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
  const exact = traces.dtype.kind === 'float' ? traces.dtype.itemSize === 8 : traces.dtype.itemSize > 2;
  const toCut = {
    spikes,
    rows,
    window,
    channelsOf,
    width,
    channelCount: traces.channelIds.length,
    gains: scale && Float32Array.from(scale.gains),
    offsets: scale && Float32Array.from(scale.offsets),
  };
  const rowSize = (window.before + window.after) * width;
  let memory = new Float32Array(0);
  for await (const block of blocksAroundSpikes(traces, spikes, rows, window, options)) {
    const size = (block.to - block.from) * rowSize;
    let values: Float32Array | Float64Array;
    if (scale === undefined && exact) {
      values = new Float64Array(size);
    } else {
      if (memory.length < size) memory = new Float32Array(size);
      values = memory.subarray(0, size).fill(0);
    }
    cutBlock(block, toCut, values);
    yield { from: block.from, to: block.to, values };
  }
}

interface ToCut {
  readonly spikes: SpikeColumns;
  readonly rows: Int32Array;
  readonly window: CutWindow;
  readonly channelsOf: (unit: number) => Int32Array;
  readonly width: number;
  readonly channelCount: number;
  readonly gains: Float32Array | undefined;
  readonly offsets: Float32Array | undefined;
}

function cutBlock({ start, end, samples, from, to }: TraceBlock, toCut: ToCut, values: Float32Array | Float64Array): void {
  const { spikes, rows, window, channelsOf, width, channelCount, gains, offsets } = toCut;
  const sampleCount = window.before + window.after;
  for (let position = from; position < to; position += 1) {
    const row = rows[position];
    const channels = channelsOf(spikes.unitIndex[row]);
    const first = spikes.sampleIndex[row] - window.before;
    const base = (position - from) * sampleCount * width;
    const low = Math.max(0, start - first);
    const high = Math.min(sampleCount, end - first);
    for (let sample = low; sample < high; sample += 1) {
      const source = (first + sample - start) * channelCount;
      const target = base + sample * width;
      if (gains && offsets) {
        for (let place = 0; place < channels.length; place += 1) {
          const channel = channels[place];
          values[target + place] = Math.fround(Math.fround(samples[source + channel]) * gains[channel]) + offsets[channel];
        }
      } else {
        for (let place = 0; place < channels.length; place += 1) values[target + place] = samples[source + channels[place]];
      }
    }
  }
}
