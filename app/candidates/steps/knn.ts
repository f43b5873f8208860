import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { createPointTree } from '../../analyzer/compute/nearest-rows.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import type { SpikeColumns } from '../../analyzer/view.ts';
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
    const reach = tree.reachOf(params.k_nn);
    const boxes = boxesOf(spikes, unitCount, columns);
    for (let first = 0; first < unitCount; first += 1) {
      const start = first * unitCount;
      let open: number[] = [];
      for (let second = first + 1; second < unitCount; second += 1) if (bits[start + second]) open.push(second);
      let isNew = false;
      const meet = (near: number) => {
        const cell = start + spikes.unitIndex[near];
        if (met[cell] === 1) return;
        met[cell] = 1;
        if (bits[cell]) isNew = true;
      };
      for (let place = spikes.offsets[first]; open.length > 0 && place < spikes.offsets[first + 1]; place += 1) {
        if ((place & 255) === 0) {
          const turn = breathe();
          if (turn) await turn;
        }
        const row = spikes.rows[place];
        if (!Number.isFinite(amplitude[row] + across[row] + along[row])) continue;
        if (!isNearAny(boxes, open, amplitude[row], across[row], along[row], reach[row])) continue;
        tree.nearest(amplitude[row], across[row], along[row], params.k_nn, meet);
        if (isNew) open = open.filter((second) => met[start + second] === 0);
        isNew = false;
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

/** Lowest and highest value of each unit's spikes in each column (n, 3, 2). */
function boxesOf(spikes: SpikeColumns, unitCount: number, columns: readonly Float64Array[]): Float64Array {
  const boxes = new Float64Array(unitCount * 6);
  for (let unit = 0; unit < unitCount; unit += 1) {
    for (const [axis, column] of columns.entries()) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let place = spikes.offsets[unit]; place < spikes.offsets[unit + 1]; place += 1) {
        const value = column[spikes.rows[place]];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      boxes[unit * 6 + axis * 2] = low;
      boxes[unit * 6 + axis * 2 + 1] = high;
    }
  }
  return boxes;
}

/** Whether one of the units can have a spike within `reach` of the point. */
function isNearAny(boxes: Float64Array, units: readonly number[], x: number, y: number, z: number, reach: number): boolean {
  const limit = reach * reach * (1 + 1e-9);
  for (const unit of units) {
    const box = unit * 6;
    const dx = Math.max(boxes[box] - x, x - boxes[box + 1], 0);
    const dy = Math.max(boxes[box + 2] - y, y - boxes[box + 3], 0);
    const dz = Math.max(boxes[box + 4] - z, z - boxes[box + 5], 0);
    if (dx * dx + dy * dy + dz * dz <= limit) return true;
  }
  return false;
}

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
