import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { createPointTree } from '../../analyzer/compute/nearest-rows.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
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
    const columns = [standardized(amplitudes), standardized(xUm), standardized(yUm)] as const;
    const [amplitude, across, along] = columns;
    const tree = createPointTree(amplitude, across, along);
    const breathe = createBreather(options?.signal);
    const { unitCount, bits } = pairs;
    const met = new Uint8Array(unitCount * unitCount);
    for (let first = 0; first < unitCount; first += 1) {
      const start = first * unitCount;
      let open = 0;
      for (let second = first + 1; second < unitCount; second += 1) open += bits[start + second];
      for (let place = spikes.offsets[first]; open > 0 && place < spikes.offsets[first + 1]; place += 1) {
        const row = spikes.rows[place];
        if (!Number.isFinite(amplitude[row] + across[row] + along[row])) continue;
        tree.nearest(amplitude[row], across[row], along[row], params.k_nn, (near) => {
          const cell = start + spikes.unitIndex[near];
          if (met[cell] === 1) return;
          met[cell] = 1;
          if (bits[cell]) open -= 1;
        });
        const turn = breathe();
        if (turn) await turn;
      }
    }
    keepWhere(pairs, (first, second) => met[first * unitCount + second] === 1);
    outputs['neighbor_pairs'] = met;
  },
  explain({ outputs, unitCount, first, second }) {
    const value = outputs['neighbor_pairs'][first * unitCount + second];
    return [finding({ what: 'spikes of the second unit among the nearest of the first', value, must: 'be at least', limit: 1, unit: '' })];
  },
});

/** (value − mean) / standard deviation over all spikes. */
function standardized(values: FloatArray): Float64Array {
  let mean = 0;
  let squares = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count += 1;
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
  }
  const deviation = Math.sqrt(squares / count);
  return Float64Array.from(values, (value) => (value - mean) / deviation);
}
