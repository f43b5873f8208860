import { presence } from './measured/presence.ts';
import { defineNumber } from './number.ts';

export const presenceOverlap = defineNumber({
  id: 'presence_overlap',
  title: 'Presence overlap',
  definition:
    'Common area of the two distributions of spikes over time, each of area 1, in stretches that hold about ten spikes of the smaller unit (4 to 40 of them). Not said below 20 spikes.',
  unit: '',
  source: 'Overlap coefficient',
  needs: [],
  reading: 'Low: one unit fires where the other is silent. With an amplitude that carries over it speaks for one cell.',
  digits: 2,
  async compute(view, pair, options) {
    const { first, second } = await presence(view, pair, options);
    const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
    const a = sum(first);
    const b = sum(second);
    if (a < 20 || b < 20) return undefined;
    let overlap = 0;
    for (let stretch = 0; stretch < first.length; stretch += 1) overlap += Math.min(first[stretch] / a, second[stretch] / b);
    return overlap;
  },
});
