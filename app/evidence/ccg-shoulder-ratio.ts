import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const ccgShoulderRatio = defineNumber({
  id: 'ccg_shoulder_ratio',
  title: 'Shoulder of the cross-correlogram',
  definition:
    'Coincidences between 4 and 12 ms, either order, divided by those expected by chance. Not said where less than one is expected.',
  unit: '',
  source: 'Cross-correlogram against the rates in stretches of 5 s',
  needs: [],
  reading: 'Far above 1 beside an empty middle: spikes of one cell that bursts. Above 1 with a full middle: cells that fire together.',
  digits: 2,
  async compute(view, pair, options) {
    const window = await refractoryWindow(view, pair, options);
    return window.shoulderExpected >= 1 ? window.shoulder / window.shoulderExpected : undefined;
  },
});
