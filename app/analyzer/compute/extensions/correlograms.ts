import { z } from 'zod';
import { elementBytes, float64Type, int64Bytes, int64Type } from '../../npy-bytes.ts';
import { refuseOversized } from '../../stored-array.ts';
import { allCorrelograms, correlogramBins } from '../correlograms.ts';
import { defineComputation, nothingElse } from './computation.ts';

/** Counts of all ordered pairs of units. */
export const correlograms = defineComputation({
  id: 'correlograms',
  className: 'spikeinterface.postprocessing.correlograms.ComputeCorrelograms',
  params: z.strictObject({
    window_ms: z.number().positive().max(10_000).default(50),
    bin_ms: z.number().positive().max(1000).default(1),
  }),
  needs: () => ({ extensions: [], ...nothingElse }),
  async run({ view, signal }, params) {
    const bins = correlogramBins(params.window_ms, params.bin_ms, view.samplingFrequencyHz);
    const unitCount = view.unitIds.length;
    refuseOversized(unitCount * unitCount * bins.binCount * 8, 'extensions/correlograms/ccgs.npy');
    const counts = await allCorrelograms(view, bins, { signal });
    return {
      params: { ...params, method: 'auto', fast_mode: 'auto' },
      arrays: [
        { name: 'ccgs', dtype: int64Type, shape: [unitCount, unitCount, bins.binCount], content: int64Bytes(counts) },
        { name: 'bins', dtype: float64Type, shape: [bins.binCount + 1], content: elementBytes(bins.edgesMs) },
      ],
    };
  },
});
