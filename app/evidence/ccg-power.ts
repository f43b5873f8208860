import { poissonCdf } from '../analyzer/compute/distributions.ts';
import { refractoriness } from './measured/refractoriness.ts';
import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

const significance = 0.05;

export const ccgPower = defineNumber({
  id: 'ccg_power',
  title: 'Power of the cross-correlogram',
  definition:
    'Were the two one cell, as clean as they are: the chance that its cross-correlogram would hold significantly fewer coincidences than two independent cells (p < 0.05). Coincidences of one cell come from foreign spikes alone, a share 1 − (1 − c₁)(1 − c₂) of those expected by chance.',
  unit: '',
  source: 'Power of the one-sided Poisson test, contaminations c as SpikeInterface estimates them (Llobet et al. 2022)',
  needs: [],
  reading: 'Below about 0.8 there are too few spikes, or too many foreign ones, for the cross-correlogram to say anything.',
  digits: 2,
  async compute(view, pair, options) {
    const { expected } = await refractoryWindow(view, pair, options);
    const { first, second } = await refractoriness(view, pair, options);
    const foreign = 1 - (1 - first.contamination) * (1 - second.contamination);
    if (Number.isNaN(foreign)) return undefined;
    return poissonPower(expected, expected * foreign);
  },
});

/** Chance that a count with mean `mean` is so low that one with mean `expected` is at most that with p < 0.05. */
export function poissonPower(expected: number, mean: number): number {
  // The largest count that is significant lies below the expected one.
  let highest = -1;
  let beyond = Math.ceil(expected) + 1;
  while (beyond - highest > 1) {
    const middle = (highest + beyond) >> 1;
    if (poissonCdf(middle, expected) < significance) highest = middle;
    else beyond = middle;
  }
  return poissonCdf(highest, mean);
}
