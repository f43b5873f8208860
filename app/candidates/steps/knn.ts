import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { unitsAmongNearest } from '../../analyzer/compute/units-among-nearest.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import { Failure } from '../../failure.ts';
import { finding } from '../finding.ts';
import { keepWhere } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const knnStep = defineStep({
  id: 'knn',
  title: 'Neighbours in feature space',
  purpose: 'Keeps pairs of which a spike has a spike of the other among its nearest in amplitude and position. Hardly filters.',
  needs: ['spike_locations', 'spike_amplitudes'],
  params: z.strictObject({
    k_nn: z.number().int().positive().max(1000).default(10).describe('Nearest spikes looked at, the spike itself among them.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const { amplitudes } = await view.extension('spike_amplitudes', options);
    const { xUm, yUm } = await view.extension('spike_locations', options);
    const spikes = await view.spikes(options);
    const points = [standardized(amplitudes), standardized(xUm), standardized(yUm)] as const;
    points.forEach((values, axis) => {
      if (!values.every(Number.isFinite)) throw noNeighbours(['amplitudes', 'x', 'y'][axis]);
    });
    const met = await unitsAmongNearest({
      x: points[0],
      y: points[1],
      z: points[2],
      unitOf: Int32Array.from(spikes.unitIndex),
      unitCount: pairs.unitCount,
      asked: pairs.bits,
      count: params.k_nn,
      breathe: createBreather(options?.signal),
    });
    const { unitCount } = pairs;
    keepWhere(pairs, (first, second) => met[first * unitCount + second] === 1);
    outputs['neighbor_pairs'] = met;
  },
  explain({ outputs, unitCount, first, second }) {
    const value = outputs['neighbor_pairs'][first * unitCount + second];
    return [finding({ what: 'spikes of the second unit among the nearest of the first', value, must: 'be at least', limit: 1, unit: '' })];
  },
});

/** scikit-learn takes no NaN, which a spread of zero leads to as well: SpikeInterface stops there too. */
function noNeighbours(what: string): Failure {
  return new Failure(
    'input.invalid',
    `The step knn has no distances between spikes: their ${what} are all the same, or some are no numbers, and SpikeInterface stops there. Leave knn out, or compute spike_amplitudes and spike_locations again.`,
    { field: 'steps', step: 'knn' },
  );
}

/** (value − mean) / standard deviation of each, over all that have a value. */
function standardized(values: FloatArray): Float64Array {
  let mean = 0;
  let squares = 0;
  let count = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    count += 1;
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
  }
  const deviation = Math.sqrt(squares / count);
  const out = new Float64Array(values.length);
  for (let row = 0; row < out.length; row += 1) out[row] = (values[row] - mean) / deviation;
  return out;
}
