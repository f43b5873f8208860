import { presence } from './measured/presence.ts';
import { defineNumber } from './number.ts';

export const presenceCorrelation = defineNumber({
  id: 'presence_correlation',
  title: 'Correlation of the rates',
  definition:
    'Correlation of the spike counts of the two over time, in stretches that hold about ten spikes of the smaller unit (4 to 40 of them). Not said below 20 spikes.',
  unit: '',
  source: 'Pearson correlation',
  needs: [],
  reading: 'Far below 0: one falls silent as the other fires, as the parts of one cell do that was cut in time.',
  digits: 2,
  async compute(view, pair, options) {
    const { first, second } = await presence(view, pair, options);
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    if (sum(first) < 20 || sum(second) < 20) return undefined;
    const a = first.map((value) => value - sum(first) / first.length);
    const b = second.map((value) => value - sum(second) / second.length);
    const scale = Math.sqrt(sum(a.map((value) => value * value)) * sum(b.map((value) => value * value)));
    return scale > 0 ? sum(a.map((value, stretch) => value * b[stretch])) / scale : undefined;
  },
});
