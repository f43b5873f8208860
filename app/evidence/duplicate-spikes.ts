import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const duplicateSpikes = defineNumber({
  id: 'duplicate_spikes',
  title: 'Duplicate spikes',
  definition: 'Spike pairs of the two units at most 0.3 ms apart: the same spike found twice, or an overlap.',
  unit: '',
  source: 'Counted from the spike times',
  needs: [],
  reading: 'Many of them: one cell found twice. They are left out of the refractory dip; remove them after merging (censor_ms).',
  digits: 0,
  async compute(view, pair, options) {
    const window = await refractoryWindow(view, pair, options);
    return window.duplicates;
  },
});
