import { createBreather } from '../../analyzer/compute/breathe.ts';
import type { ReadOptions } from '../../analyzer/source.ts';
import type { SpikeColumns } from '../../analyzer/view.ts';
import type { LagBins } from './lag-bins.ts';

/**
 * Counts lags d = t(a) − t(b), −W ≤ d < W, over all ordered pairs of different spikes within a segment, as SpikeInterface's
 * correlograms: (m, m, B) for the m units that `placeOf` gives a place (−1 leaves a unit out), or (m, B) with `own` lags only.
 */
export async function countLags(
  spikes: SpikeColumns,
  placeOf: Int32Array,
  placeCount: number,
  bins: LagBins,
  own: boolean,
  options: ReadOptions,
): Promise<Float64Array> {
  const half = bins.windowSamples / bins.binSamples;
  const binCount = 2 * half;
  const counts = new Float64Array((own ? placeCount : placeCount * placeCount) * binCount);
  const breathe = createBreather(options.signal);
  for (let first = 0; first < spikes.count; first += 1) {
    const a = placeOf[spikes.unitIndex[first]];
    if (a < 0) continue;
    for (let second = first + 1; second < spikes.count; second += 1) {
      if (spikes.segmentIndex[second] !== spikes.segmentIndex[first]) break;
      const lag = spikes.sampleIndex[second] - spikes.sampleIndex[first];
      if (lag > bins.windowSamples) break;
      const b = placeOf[spikes.unitIndex[second]];
      if (b < 0 || (own && b !== a)) continue;
      counts[(own ? a : a * placeCount + b) * binCount + Math.floor(-lag / bins.binSamples) + half] += 1;
      if (lag < bins.windowSamples) counts[(own ? a : b * placeCount + a) * binCount + Math.floor(lag / bins.binSamples) + half] += 1;
    }
    const turn = breathe();
    if (turn) await turn;
  }
  return counts;
}
