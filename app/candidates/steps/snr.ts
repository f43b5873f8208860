import { z } from 'zod';
import { signalToNoise } from '../../analyzer/compute/signal-to-noise.ts';
import { findingsOfUnits } from '../finding.ts';
import { dropUnits } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const snrStep = defineStep({
  id: 'snr',
  title: 'Signal to noise',
  purpose: 'Drops units that hardly rise above the noise.',
  needs: ['templates', 'noise_levels'],
  params: z.strictObject({
    min_snr: z.number().default(2).describe('Drop units whose signal-to-noise ratio is below this.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const { snr, computed } = await signalToNoise(view, options);
    if (computed) options?.onComputed?.('quality_metrics');
    const dropped = Uint8Array.from(snr, (value) => (value < params.min_snr ? 1 : 0));
    dropUnits(pairs, dropped);
    outputs['snr'] = dropped;
    outputs['snr_values'] = Float64Array.from(snr);
  },
  explain({ outputs, ...pair }, params) {
    const measured = { what: 'signal-to-noise ratio', parameter: 'min_snr', must: 'be at least', limit: params.min_snr, unit: '' } as const;
    return findingsOfUnits(outputs['snr_values'], pair, measured, true);
  },
});
