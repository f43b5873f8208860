import { defineNumber } from './number.ts';

export const channelOverlap = defineNumber({
  id: 'channel_overlap',
  title: 'Common waveform channels',
  definition: 'Channels both units are stored on, divided by channels either is stored on. 1 for a dense analyzer.',
  unit: '',
  source: 'SpikeInterface are_units_mergeable (sparsity_overlap)',
  needs: [],
  reading: 'A soft merge needs 0.75 by default. Far units share none.',
  digits: 2,
  async compute(view, pair) {
    const { sparsity } = view;
    if (!sparsity) return 1;
    let both = 0;
    let either = 0;
    for (let channel = 0; channel < sparsity.channelCount; channel += 1) {
      const inFirst = sparsity.mask[pair.first * sparsity.channelCount + channel];
      const inSecond = sparsity.mask[pair.second * sparsity.channelCount + channel];
      if (inFirst && inSecond) both += 1;
      if (inFirst || inSecond) either += 1;
    }
    return either > 0 ? both / either : undefined;
  },
});
