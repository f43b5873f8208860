import type { ReadOptions } from '../source.ts';
import type { SpikeColumns } from '../view.ts';
import type { SampleArray, Traces } from './traces.ts';

/** Samples around the spikes of one stretch of a segment; good until the next one is asked for. */
export interface TraceBlock {
  readonly segment: number;
  /** Frame of the first sample. */
  readonly start: number;
  /** Frame after the last sample. */
  readonly end: number;
  /** (end − start, C) row-major. */
  readonly samples: SampleArray;
  /** Positions `from` to `to` (exclusive) in the list of rows lie here. */
  readonly from: number;
  readonly to: number;
}

/** Small enough to stay in the processor's cache while it is used. */
const blockBytes = 2 ** 20;
/** Samples between two spikes that nobody needs are skipped from here on: reading anew costs about as much. */
const gapBytes = 2 ** 18;
const mostSpikes = 4096;

/**
 * Reads the recording once, in stretches of at most about 1 MiB, around the spikes at `rows` of the spike columns (ascending;
 * all spikes where left out), with `before` frames before the first and `after` from the last on, cut at the segment's ends.
 * What lies far from any spike is not read.
 */
export async function* blocksAroundSpikes(
  traces: Traces,
  spikes: SpikeColumns,
  rows: Int32Array | undefined,
  window: { readonly before: number; readonly after: number },
  options?: ReadOptions,
): AsyncGenerator<TraceBlock> {
  const count = rows === undefined ? spikes.count : rows.length;
  const rowAt = (position: number): number => (rows === undefined ? position : rows[position]);
  const frameBytes = traces.channelIds.length * traces.dtype.itemSize;
  const around = window.before + window.after;
  const mostFrames = Math.max(around + 1, Math.floor(blockBytes / frameBytes));
  const farFrames = around + gapBytes / frameBytes;
  const memory = new Uint8Array(mostFrames * frameBytes);
  let from = 0;
  while (from < count) {
    const segment = spikes.segmentIndex[rowAt(from)];
    const first = spikes.sampleIndex[rowAt(from)];
    const length = traces.segmentSampleCounts[segment];
    let to = from + 1;
    let last = first;
    for (; to < count && to - from < mostSpikes; to += 1) {
      const next = spikes.sampleIndex[rowAt(to)];
      if (spikes.segmentIndex[rowAt(to)] !== segment || next - first + around > mostFrames || next - last > farFrames) break;
      last = next;
    }
    const start = Math.min(length, Math.max(0, first - window.before));
    const end = Math.max(start, Math.min(length, last + window.after));
    yield { segment, start, end, samples: await traces.read(segment, start, end, options, memory), from, to };
    from = to;
  }
}
