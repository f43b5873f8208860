import { z } from 'zod';
import { elementBytes, float64Type, int64Bytes, int64Type } from '../../npy-bytes.ts';
import { createBreather } from '../breathe.ts';
import { correlogramBins, correlogramOfPair } from '../correlograms.ts';
import { unitTrains } from '../unit-trains.ts';
import { defineComputation, nothingElse } from './computation.ts';

/** Counts of each unit with itself. */
export const autoCorrelograms = defineComputation({
  id: 'auto_correlograms',
  className: 'spikeinterface.postprocessing.correlograms.ComputeAutoCorrelograms',
  params: z.strictObject({
    window_ms: z.number().positive().max(10_000).default(50),
    bin_ms: z.number().positive().max(1000).default(1),
  }),
  needs: () => ({ extensions: [], ...nothingElse }),
  async run({ view, signal }, params) {
    const bins = correlogramBins(params.window_ms, params.bin_ms, view.samplingFrequencyHz);
    const trains = await unitTrains(view, { signal });
    const unitCount = view.unitIds.length;
    const counts = new Float64Array(unitCount * bins.binCount);
    const breathe = createBreather(signal);
    for (let unit = 0; unit < unitCount; unit += 1) {
      counts.set(correlogramOfPair(trains, unit, unit, bins), unit * bins.binCount);
      const turn = breathe();
      if (turn) await turn;
    }
    return {
      params: { ...params, method: 'auto', fast_mode: 'auto' },
      arrays: [
        { name: 'acgs', dtype: int64Type, shape: [unitCount, bins.binCount], content: int64Bytes(counts) },
        { name: 'bins', dtype: float64Type, shape: [bins.binCount + 1], content: elementBytes(bins.edgesMs) },
      ],
    };
  },
});
