import { z } from 'zod';
import { Failure } from '../../../failure.ts';
import { elementBytes, float64Type, int64Bytes, int64Type } from '../../npy-bytes.ts';
import { roundHalfEven } from '../refractory.ts';
import { trainOf, unitTrains } from '../unit-trains.ts';
import { defineComputation, nothingElse } from './computation.ts';

/** Histograms of the intervals between successive spikes of a unit, segments summed; the last edge counts in. */
export const isiHistograms = defineComputation({
  id: 'isi_histograms',
  className: 'spikeinterface.postprocessing.isi.ComputeISIHistograms',
  params: z.strictObject({
    window_ms: z.number().positive().max(100_000).default(50),
    bin_ms: z.number().positive().max(1000).default(1),
  }),
  needs: () => ({ extensions: [], ...nothingElse }),
  async run({ view, signal }, params) {
    const frequency = view.samplingFrequencyHz;
    const binSamples = roundHalfEven(frequency * params.bin_ms * 1e-3);
    let windowSamples = roundHalfEven(frequency * params.window_ms * 1e-3);
    if (binSamples >= 1) windowSamples -= windowSamples % binSamples;
    const binCount = binSamples >= 1 ? windowSamples / binSamples : 0;
    if (!(binCount >= 1)) {
      throw new Failure('input.invalid', `Bins of ${params.bin_ms} ms don't fit a window of ${params.window_ms} ms.`, { field: 'bin_ms' });
    }
    const trains = await unitTrains(view, { signal });
    const counts = new Float64Array(view.unitIds.length * binCount);
    for (let unit = 0; unit < view.unitIds.length; unit += 1) {
      for (let segment = 0; segment < trains.segmentCount; segment += 1) {
        const train = trainOf(trains, unit, segment);
        for (let spike = 1; spike < train.length; spike += 1) {
          const interval = train[spike] - train[spike - 1];
          if (interval > windowSamples) continue;
          counts[unit * binCount + Math.min(binCount - 1, Math.floor(interval / binSamples))] += 1;
        }
      }
    }
    const edgesMs = Float64Array.from({ length: binCount + 1 }, (_, edge) => (edge * binSamples * 1e3) / frequency);
    return {
      params: { ...params, method: 'auto' },
      arrays: [
        { name: 'isi_histograms', dtype: int64Type, shape: [view.unitIds.length, binCount], content: int64Bytes(counts) },
        { name: 'bins', dtype: float64Type, shape: [binCount + 1], content: elementBytes(edgesMs) },
      ],
    };
  },
});
