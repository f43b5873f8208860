import { z } from 'zod';
import { Failure } from '../../../failure.ts';
import { elementBytes, float32Type } from '../../npy-bytes.ts';
import { refuseOversized } from '../../stored-array.ts';
import { createBreather } from '../breathe.ts';
import { IncrementalPca } from '../incremental-pca.ts';
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
    const unitCount = view.unitIds.length;
    const { widest } = unitChannels(view);
    const byteLength = rows.length * componentCount * widest * 4;
    refuseOversized(byteLength, 'extensions/principal_components/pca_projection.npy');
    const shared = mode === 'by_channel_global' ? new IncrementalPca(componentCount, sampleCount, whiten) : undefined;
    const models = view.channelIds.map(() => shared ?? new IncrementalPca(componentCount, sampleCount, whiten));
    const breathe = createBreather(signal);

    for (let unit = 0; unit < unitCount; unit += 1) {
      const { values, rowCount } = await waveforms.ofUnit(unit, { signal });
      const channels = waveforms.channelsOf(unit);
      const width = channels.length;
      if (shared) {
        if (rowCount * width >= componentCount) shared.fit(perChannel(values, rowCount, sampleCount, width), rowCount * width);
      } else if (rowCount >= componentCount) {
        for (let place = 0; place < width; place += 1) {
          models[channels[place]].fit(ofChannel(values, rowCount, sampleCount, width, place), rowCount);
          const turn = breathe();
          if (turn) await turn;
        }
      }
      onProgress?.(unit + 1, 2 * unitCount);
      const turn = breathe();
      if (turn) await turn;
    }
    if (shared && !shared.fitted) {
      throw new Failure('input.invalid', `No unit has enough waveforms for ${componentCount} components.`, { field: 'n_components' });
    }

    const projections = new Float32Array(rows.length * componentCount * widest);
    const positions = positionsPerUnit(rows, unitIndex, unitCount);
    const cut = new Float64Array(sampleCount);
    for (let unit = 0; unit < unitCount; unit += 1) {
      const { values, rowCount } = await waveforms.ofUnit(unit, { signal });
      const channels = waveforms.channelsOf(unit);
      const width = channels.length;
      for (let row = 0; row < rowCount; row += 1) {
        const base = positions[unit][row] * componentCount * widest;
        for (let place = 0; place < width; place += 1) {
          const model = models[channels[place]];
          if (!model.fitted) continue;
          for (let sample = 0; sample < sampleCount; sample += 1) cut[sample] = values[(row * sampleCount + sample) * width + place];
          for (let component = 0; component < componentCount; component += 1) {
            projections[base + component * widest + place] = model.project(cut, component);
          }
        }
        const turn = breathe();
        if (turn) await turn;
      }
      onProgress?.(unitCount + unit + 1, 2 * unitCount);
    }
    return {
      params: { n_components: componentCount, mode, whiten, dtype: 'float32' },
      arrays: [
        { name: 'pca_projection', dtype: float32Type, shape: [rows.length, componentCount, widest], content: elementBytes(projections) },
      ],
    };
  },
});

/** (rows, T, width) → the rows of one channel (rows, T). */
function ofChannel(values: Float32Array, rowCount: number, sampleCount: number, width: number, place: number): Float64Array {
  const out = new Float64Array(rowCount * sampleCount);
  for (let cell = 0; cell < out.length; cell += 1) out[cell] = values[cell * width + place];
  return out;
}

/** (rows, T, width) → (rows · width, T). */
function perChannel(values: Float32Array, rowCount: number, sampleCount: number, width: number): Float64Array {
  const out = new Float64Array(rowCount * width * sampleCount);
  for (let row = 0; row < rowCount; row += 1) {
    for (let place = 0; place < width; place += 1) {
      for (let sample = 0; sample < sampleCount; sample += 1) {
        out[(row * width + place) * sampleCount + sample] = values[(row * sampleCount + sample) * width + place];
      }
    }
  }
  return out;
}

/** For each unit the rows of the array that are its spikes, ascending. */
function positionsPerUnit(rows: Int32Array, unitIndex: Int32Array, unitCount: number): number[][] {
  const positions = Array.from({ length: unitCount }, (): number[] => []);
  for (const [position, row] of rows.entries()) positions[unitIndex[row]].push(position);
  return positions;
}
