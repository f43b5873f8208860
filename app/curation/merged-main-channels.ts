import type { ReadOptions } from '../analyzer/source.ts';
import type { StoredAnalyzer } from '../analyzer/stored-analyzer.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import { busiestOf, type MergedUnits } from './merged-units.ts';
import type { MergedTemplates } from './rules/rule.ts';

/**
 * Position of each unit's main channel after a merge: with its recording at hand (`withRecording`) the stored one of the
 * member with most spikes, else where the merged template is largest, as SpikeInterface goes.
 */
export async function mergedMainChannels(
  view: AnalyzerView,
  withRecording: StoredAnalyzer | undefined,
  units: MergedUnits,
  templates: MergedTemplates | undefined,
  options: ReadOptions,
): Promise<Int32Array> {
  const isStored = withRecording?.unitProperties.some(({ name }) => name === 'main_channel_id');
  if (isStored || templates === undefined) {
    const before = await view.mainChannels(options);
    return Int32Array.from(units.members, (members) => before[busiestOf(members, units)]);
  }
  return Int32Array.from(units.members, (_, unit) => largestChannel(templates, unit, units.channelCount));
}

function largestChannel({ average, sampleCount }: MergedTemplates, unit: number, channelCount: number): number {
  const peaks = new Float64Array(channelCount);
  const start = unit * sampleCount * channelCount;
  for (let at = 0; at < sampleCount * channelCount; at += 1) {
    peaks[at % channelCount] = Math.max(peaks[at % channelCount], Math.abs(average[start + at]));
  }
  return peaks.indexOf(peaks.reduce((most, peak) => Math.max(most, peak), 0));
}
