import { z } from 'zod';
import { int64Bytes, int64Type } from '../../npy-bytes.ts';
import { NumpyRandom } from '../numpy-random.ts';
import { defineComputation, nothingElse } from './computation.ts';

/**
 * Spikes that waveforms are cut out for: of each unit at most `max_spikes_per_unit`, over all segments. With a seed the same
 * spikes as SpikeInterface 0.105 with that seed; SpikeInterface's own default has none, so its choice differs each time.
 */
export const randomSpikes = defineComputation({
  id: 'random_spikes',
  className: 'spikeinterface.core.analyzer_extension_core.ComputeRandomSpikes',
  params: z.strictObject({
    method: z.enum(['uniform', 'all']).default('uniform'),
    max_spikes_per_unit: z.number().int().min(1).default(500),
    margin_size: z.number().int().min(0).nullable().default(null),
    seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  }),
  needs: () => ({ extensions: [], ...nothingElse }),
  async run({ view, signal }, params) {
    const spikes = await view.spikes({ signal });
    const seed = params.seed ?? (params.method === 'all' ? null : 0);
    const random = new NumpyRandom(seed ?? 0);
    const chosen = new Uint8Array(spikes.count);
    for (let unit = 0; unit < view.unitIds.length; unit += 1) {
      let rows = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
      if (params.method === 'uniform') {
        const { margin_size: margin } = params;
        if (margin !== null) {
          rows = rows.filter((row) => {
            const sample = spikes.sampleIndex[row];
            return sample >= margin && sample < view.segmentSampleCounts[spikes.segmentIndex[row]] - margin;
          });
        }
        const places = random.choose(rows.length, Math.min(params.max_spikes_per_unit, rows.length));
        for (const place of places) chosen[rows[place]] = 1;
      } else {
        for (const row of rows) chosen[row] = 1;
      }
    }
    const rows: number[] = [];
    for (let row = 0; row < chosen.length; row += 1) if (chosen[row] === 1) rows.push(row);
    return {
      params: { ...params, seed },
      arrays: [{ name: 'random_spikes_indices', dtype: int64Type, shape: [rows.length], content: int64Bytes(rows) }],
    };
  },
});
