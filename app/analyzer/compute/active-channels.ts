import type { Sparsity } from '../view.ts';

const activeLists = new WeakMap<Sparsity, readonly Int32Array[]>();

/** Each unit's channels, ascending; kept with the sparsity. */
export function activeChannels(sparsity: Sparsity): readonly Int32Array[] {
  const known = activeLists.get(sparsity);
  if (known) return known;
  const { unitCount, channelCount, mask } = sparsity;
  const lists = Array.from({ length: unitCount }, (_, unit) => {
    const channels: number[] = [];
    for (let channel = 0; channel < channelCount; channel += 1) if (mask[unit * channelCount + channel]) channels.push(channel);
    return Int32Array.from(channels);
  });
  activeLists.set(sparsity, lists);
  return lists;
}
