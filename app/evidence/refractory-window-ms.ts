import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const refractoryWindowMs = defineNumber({
  id: 'refractory_window_ms',
  title: 'Refractory period looked at',
  definition:
    'The longest of 2, 2.5, … 4 ms that the two units keep nearly free (below 10 % of chance) of their own spikes, where they fire enough to show it; otherwise 1.5 ms, or 1 ms where they do not even keep that.',
  unit: 'ms',
  source: 'Samecell',
  needs: [],
  reading: 'The window in which the cross-correlogram is held against chance.',
  digits: 1,
  async compute(view, pair, options) {
    const window = await refractoryWindow(view, pair, options);
    return window.refractoryMs;
  },
});
