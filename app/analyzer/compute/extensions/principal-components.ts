import { z } from 'zod';
import { Failure } from '../../../failure.ts';
import type { UnitRows } from '../../extensions/data.ts';
import { elementBytes, float32Type } from '../../npy-bytes.ts';
import { createBreather } from '../breathe.ts';
import { IncrementalPca, type Projection } from '../incremental-pca.ts';
import { defineComputation, nothingElse } from './computation.ts';
import { unitChannels } from './unit-channels.ts';

/**
 * Projections of the waveforms: one model per channel, or one for all. Units are the batches, in their order, as in
 * SpikeInterface; units with fewer waveforms than components don't shape the model. The models themselves, which
 * SpikeInterface keeps as Python pickles, are not written.
 */
export const principalComponents = defineComputation({
  id: 'principal_components',
  className: 'spikeinterface.postprocessing.principal_component.ComputePrincipalComponents',
  params: z.strictObject({
    n_components: z.number().int().min(1).max(50).default(5),
    mode: z.enum(['by_channel_local', 'by_channel_global']).default('by_channel_local'),
    whiten: z.boolean().default(true),
  }),
  needs: () => ({ extensions: ['random_spikes', 'waveforms'], ...nothingElse }),
  async run({ view, signal, onProgress }, params) {
    const { n_components: componentCount, mode, whiten } = params;
    const waveforms = await view.extension('waveforms', { signal });
    const { rows } = await view.extension('random_spikes', { signal });
    const { unitIndex } = await view.spikes({ signal });
    const { sampleCount } = waveforms;
    if (componentCount > sampleCount) {
      throw new Failure('input.invalid', `Waveforms of ${sampleCount} samples have no ${componentCount} components; choose fewer.`, {
        field: 'n_components',
      });
    }
    const { widest } = unitChannels(view);
    const shared = mode === 'by_channel_global' ? new IncrementalPca(componentCount, sampleCount, whiten) : undefined;
    const models = view.channelIds.map(() => shared ?? new IncrementalPca(componentCount, sampleCount, whiten));
    const breathe = createBreather(signal);

    let columns = new Float64Array(0);
    let done = 0;
    for await (const rowsOfUnit of waveforms.byUnit({ signal })) {
      const { unit, before, total, positions } = rowsOfUnit;
      const channels = waveforms.channelsOf(unit);
      const isLast = before + positions.length === total;
      const counted = shared === undefined ? total : total * channels.length;
      done += positions.length;
      if (counted < componentCount || channels.length === 0) continue;
      const size = sampleCount * positions.length;
      if (columns.length < size) columns = new Float64Array(size);
      for (const [place, channel] of channels.entries()) {
        columnsOf(rowsOfUnit, sampleCount, place, columns);
        models[channel].add(columns.subarray(0, size), positions.length);
        if (isLast && shared === undefined) models[channel].fit();
        const turn = breathe();
        if (turn) await turn;
      }
      if (isLast) shared?.fit();
      onProgress?.(done, 2 * rows.length);
    }
    if (shared && !shared.fitted) {
      throw new Failure('input.invalid', `No unit has enough waveforms for ${componentCount} components.`, { field: 'n_components' });
    }

    const projections = models.map((model) => (model.fitted ? model.projection() : undefined));
    async function* content(): AsyncGenerator<Uint8Array> {
      for await (const { first, rowCount, stride, values } of waveforms.inOrder({ signal })) {
        const projected = new Float32Array(rowCount * componentCount * widest);
        for (let row = 0; row < rowCount; row += 1) {
          const channels = waveforms.channelsOf(unitIndex[rows[first + row]]);
          for (let place = 0; place < channels.length; place += 1) {
            const projection = projections[channels[place]];
            if (projection === undefined) continue;
            const from = row * sampleCount * stride + place;
            project(values, from, stride, projection, projected, row * componentCount * widest + place, widest);
          }
        }
        yield elementBytes(projected);
        onProgress?.(rows.length + first + rowCount, 2 * rows.length);
        const turn = breathe();
        if (turn) await turn;
      }
    }
    return {
      params: { n_components: componentCount, mode, whiten, dtype: 'float32' },
      arrays: [{ name: 'pca_projection', dtype: float32Type, shape: [rows.length, componentCount, widest], content: content() }],
    };
  },
});

/** Rows of one channel, (T, rows); some rows at a time, so that what is read and written lies together. */
function columnsOf({ positions, stride, values }: UnitRows, sampleCount: number, place: number, columns: Float64Array): void {
  const count = positions.length;
  const size = sampleCount * stride;
  for (let low = 0; low < count; low += 8) {
    const high = Math.min(count, low + 8);
    for (let sample = 0; sample < sampleCount; sample += 1) {
      const from = sample * stride + place;
      for (let row = low; row < high; row += 1) columns[sample * count + row] = values[positions[row] * size + from];
    }
  }
}

/** Writes one channel's places along the components of one row, `step` apart. */
function project(
  values: Float32Array,
  from: number,
  stride: number,
  { weights, offsets }: Projection,
  out: Float32Array,
  to: number,
  step: number,
): void {
  const size = weights.length / offsets.length;
  let component = 0;
  // Four at once read every value once for four products.
  for (; component + 4 <= offsets.length; component += 4) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let at = from, first = component * size; first < (component + 1) * size; first += 1, at += stride) {
      const value = values[at];
      a += value * weights[first];
      b += value * weights[first + size];
      c += value * weights[first + 2 * size];
      d += value * weights[first + 3 * size];
    }
    out[to + component * step] = a - offsets[component];
    out[to + (component + 1) * step] = b - offsets[component + 1];
    out[to + (component + 2) * step] = c - offsets[component + 2];
    out[to + (component + 3) * step] = d - offsets[component + 3];
  }
  for (; component < offsets.length; component += 1) {
    let sum = 0;
    for (let at = from, cell = component * size; cell < (component + 1) * size; cell += 1, at += stride) sum += values[at] * weights[cell];
    out[to + component * step] = sum - offsets[component];
  }
}
