import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const refractoryWindowMs = defineNumber({
  id: 'refractory_window_ms',
  title: 'Refractory period looked at',
  definition:
    'The longest of 1, 1.5, … 4 ms that both units keep nearly free (below 10 % of chance) of their own spikes; 1 ms where neither does.',
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
