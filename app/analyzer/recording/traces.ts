import type { NumberDtype } from '../dtype.ts';
import type { ReadOptions } from '../source.ts';
import type { UnitId } from '../view.ts';

/** Samples as they are stored, in the recording's own counts. */
export type SampleArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** A recording whose samples can be read, stretch by stretch. */
export interface Traces {
  /** What people call it: the folder's or file's name. */
  readonly name: string;
  readonly channelIds: readonly UnitId[];
  readonly samplingFrequencyHz: number;
  readonly segmentSampleCounts: readonly number[];
  readonly dtype: NumberDtype;
  /** µV per count (C); `undefined` where the recording does not say. */
  readonly gainsToUv: Float64Array | undefined;
  /** µV at count 0 (C). */
  readonly offsetsToUv: Float64Array | undefined;
  /**
   * Frames `start` to `end` (exclusive) of a segment, (frames, C) row-major. Both must lie inside the segment. The samples
   * may lie in `into`, as in `Source.getRange`.
   */
  read(segment: number, start: number, end: number, options?: ReadOptions, into?: Uint8Array<ArrayBuffer>): Promise<SampleArray>;
  close(): Promise<void>;
}
