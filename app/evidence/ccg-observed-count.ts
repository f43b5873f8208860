import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const ccgObservedCount = defineNumber({
  id: 'ccg_observed_count',
  title: 'Coincidences seen',
  definition: 'Spike pairs of the two units between 0.3 ms and the refractory period, either order.',
  unit: '',
  source: 'Counted from the spike times',
  needs: [],
  reading: 'Few against the number expected: the two respect a common refractory period.',
  digits: 0,
  async compute(view, pair, options) {
    const window = await refractoryWindow(view, pair, options);
    return window.observed;
  },
});
