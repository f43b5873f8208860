import type { FloatArray } from '../extensions/data.ts';

/** A segment of one unit: rising spike samples and a value of each. */
export interface SegmentValues {
  readonly train: Float64Array;
  readonly values: FloatArray;
  readonly sampleCount: number;
}
