import type { AnalyzerView } from '../../view.ts';

/** Channels each unit is stored on, ascending (all where dense), and the largest number of them. */
export function unitChannels(view: AnalyzerView): { readonly channels: readonly Int32Array[]; readonly widest: number } {
  const all = Int32Array.from({ length: view.channelIds.length }, (_, channel) => channel);
  const { sparsity } = view;
  if (sparsity === undefined) return { channels: view.unitIds.map(() => all), widest: all.length };
  const channels = view.unitIds.map((_, unit) => all.filter((channel) => sparsity.mask[unit * sparsity.channelCount + channel] === 1));
  return { channels, widest: channels.reduce((most, own) => Math.max(most, own.length), 0) };
}
