import type { ReadOptions } from '../source.ts';
import type { SpikeColumns } from '../view.ts';
import type { SampleArray, Traces } from './traces.ts';

/** Samples around the spikes of one stretch of a segment. */
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

const blockBytes = 2 ** 22;
const mostSpikes = 4096;

/**
 * Reads the recording once, in stretches of at most about 4 MiB, around the spikes at `rows` of the spike columns (ascending;
 * all spikes where left out), with `before` frames before the first and `after` from the last on, cut at the segment's ends.
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
  const mostFrames = Math.max(window.before + window.after + 1, Math.floor(blockBytes / frameBytes));
  let from = 0;
  while (from < count) {
    const segment = spikes.segmentIndex[rowAt(from)];
    const first = spikes.sampleIndex[rowAt(from)];
    const length = traces.segmentSampleCounts[segment];
    let to = from + 1;
    while (
      to < count &&
      to - from < mostSpikes &&
      spikes.segmentIndex[rowAt(to)] === segment &&
      spikes.sampleIndex[rowAt(to)] - first + window.before + window.after <= mostFrames
    ) {
      to += 1;
    }
    const last = spikes.sampleIndex[rowAt(to - 1)];
    const start = Math.min(length, Math.max(0, first - window.before));
    const end = Math.max(start, Math.min(length, last + window.after));
    yield { segment, start, end, samples: await traces.read(segment, start, end, options), from, to };
    from = to;
  }
}
