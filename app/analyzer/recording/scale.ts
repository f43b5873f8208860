import { Failure } from '../../failure.ts';
import type { AnalyzerView } from '../view.ts';
import type { Traces } from './traces.ts';

/** Counts to the analyzer's unit: value = count · gain + offset. `undefined` where the counts are kept. */
export interface Scale {
  readonly gains: Float64Array;
  readonly offsets: Float64Array;
}

/**
 * The recording's own scale where the analyzer is in µV. Floating point recordings without one are taken as µV, as
 * SpikeInterface does; whole numbers without one throw `input.invalid`.
 */
export function scaleFor(view: AnalyzerView, traces: Traces): Scale | undefined {
  if (!view.summary.returnInUv) return undefined;
  const { gainsToUv, offsetsToUv } = traces;
  const channelCount = traces.channelIds.length;
  if (gainsToUv?.length === channelCount) {
    const offsets = offsetsToUv?.length === channelCount ? offsetsToUv : new Float64Array(channelCount);
    return { gains: gainsToUv, offsets };
  }
  if (traces.dtype.kind === 'float') return { gains: new Float64Array(channelCount).fill(1), offsets: new Float64Array(channelCount) };
  throw new Failure(
    'input.invalid',
    `The recording ${traces.name} has no gain_to_uV, but the analyzer is in µV. Set the gains and save the recording again.`,
    { field: 'gain_to_uV' },
  );
}
