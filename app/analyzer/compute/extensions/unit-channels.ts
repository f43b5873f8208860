import type { AnalyzerView } from '../../view.ts';
import { activeChannels } from '../active-channels.ts';

/** Channels each unit is stored on, ascending (all where dense), and the largest number of them. */
export function unitChannels(view: AnalyzerView): { readonly channels: readonly Int32Array[]; readonly widest: number } {
  const { sparsity } = view;
  if (sparsity === undefined) {
    const all = Int32Array.from({ length: view.channelIds.length }, (_, channel) => channel);
    return { channels: view.unitIds.map(() => all), widest: all.length };
  }
  const channels = activeChannels(sparsity);
  return { channels, widest: channels.reduce((most, own) => Math.max(most, own.length), 0) };
}
