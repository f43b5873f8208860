import { refractoryWindow } from './measured/refractory-window.ts';
import { defineNumber } from './number.ts';

export const ccgExpectedCount = defineNumber({
  id: 'ccg_expected_count',
  title: 'Coincidences expected by chance',
  definition:
    'Spike pairs of the two units expected between 0.3 ms and the refractory period, were they independent cells firing at the rates seen in stretches of 5 s.',
  unit: '',
  source: 'Poisson expectation Σ n₁·n₂·2(t_r − t_c)/length over stretches',
  needs: [],
  reading: 'Below 3 an empty cross-correlogram is no surprise (p above 0.05); see the power of the cross-correlogram.',
  digits: 1,
  async compute(view, pair, options) {
    const window = await refractoryWindow(view, pair, options);
    return window.expected;
  },
});
