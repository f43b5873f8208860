import { Failure } from '../../failure.ts';
import type { AnalyzerView } from '../view.ts';
import type { Traces } from './traces.ts';

/**
 * Makes sure that a recording is the one the analyzer was made from, as far as both say: channels, sampling rate, samples of
 * each segment. Throws `input.invalid` naming the first thing that differs.
 */
export function requireMatch(view: AnalyzerView, traces: Traces): void {
  const differ = (what: string, found: string, wanted: string): Failure =>
    new Failure(
      'input.invalid',
      `The recording ${traces.name} has ${found}, but the analyzer was made from one with ${wanted}. Locate the recording it was made from.`,
      { field: what, found, expected: wanted },
    );
  if (traces.channelIds.length !== view.channelIds.length) {
    throw differ('channels', `${traces.channelIds.length} channels`, `${view.channelIds.length}`);
  }
  if (!(Math.abs(traces.samplingFrequencyHz - view.samplingFrequencyHz) <= 1e-9 * view.samplingFrequencyHz)) {
    throw differ('sampling_frequency', `a sampling rate of ${traces.samplingFrequencyHz} Hz`, `${view.samplingFrequencyHz} Hz`);
  }
  const [found, wanted] = [traces.segmentSampleCounts, view.segmentSampleCounts];
  if (found.length !== wanted.length) throw differ('segments', `${found.length} segments`, `${wanted.length}`);
  for (const [segment, count] of wanted.entries()) {
    if (found[segment] !== count) throw differ('samples', `${found[segment]} samples in segment ${segment}`, `${count}`);
  }
  const other = view.channelIds.findIndex((id, channel) => String(id) !== String(traces.channelIds[channel]));
  if (other >= 0)
    throw differ('channel_ids', `channel ${traces.channelIds[other]} in place ${other}`, `channel ${view.channelIds[other]} there`);
}
