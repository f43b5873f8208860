import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { createPointTree } from '../../analyzer/compute/nearest-rows.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import type { SpikeColumns } from '../../analyzer/view.ts';
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
    const [amplitude, across, along] = [scaleOf(amplitudes), scaleOf(xUm), scaleOf(yUm)];
    const points = [scaled(amplitudes, amplitude), scaled(xUm, across), scaled(yUm, along)] as const;
    points.forEach((values, axis) => {
      if (!values.every(Number.isFinite)) throw noNeighbours(['amplitudes', 'x', 'y'][axis]);
    });
    const tree = createPointTree(...points);
    const breathe = createBreather(options?.signal);
    const { unitCount, bits } = pairs;
    const met = new Uint8Array(unitCount * unitCount);
    const reach = tree.reachOf(params.k_nn);
    const boxes = boxesOf(spikes, unitCount, [
      [amplitudes, amplitude],
      [xUm, across],
      [yUm, along],
    ]);
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
        const x = (amplitudes[row] - amplitude.mean) / amplitude.deviation;
        const y = (xUm[row] - across.mean) / across.deviation;
        const z = (yUm[row] - along.mean) / along.deviation;
        if (!Number.isFinite(x + y + z)) continue;
        if (!isNearAny(boxes, open, x, y, z, reach[row])) continue;
        tree.nearest(x, y, z, params.k_nn, meet);
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

/** scikit-learn takes no NaN, which a spread of zero leads to as well: SpikeInterface stops there too. */
function noNeighbours(what: string): Failure {
  return new Failure(
    'input.invalid',
    `The step knn has no distances between spikes: their ${what} are all the same, or some are no numbers, and SpikeInterface stops there. Leave knn out, or compute spike_amplitudes and spike_locations again.`,
    { field: 'steps', step: 'knn' },
  );
}

/** Lowest and highest scaled value of each unit's spikes in each column (n, 3, 2). */
function boxesOf(spikes: SpikeColumns, unitCount: number, columns: readonly (readonly [FloatArray, Scale])[]): Float64Array {
  const boxes = new Float64Array(unitCount * 6);
  for (let unit = 0; unit < unitCount; unit += 1) {
    for (const [axis, [column, { mean, deviation }]] of columns.entries()) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let place = spikes.offsets[unit]; place < spikes.offsets[unit + 1]; place += 1) {
        const value = column[spikes.rows[place]];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      boxes[unit * 6 + axis * 2] = (low - mean) / deviation;
      boxes[unit * 6 + axis * 2 + 1] = (high - mean) / deviation;
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

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and standard deviation over all spikes that have a value. */
function scaleOf(values: FloatArray): Scale {
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
  return { mean, deviation: Math.sqrt(squares / count) };
}

/** (value − mean) / deviation of each. */
function scaled(values: FloatArray, { mean, deviation }: Scale): Float64Array {
  const out = new Float64Array(values.length);
  for (let row = 0; row < out.length; row += 1) out[row] = (values[row] - mean) / deviation;
  return out;
}
