import { z } from 'zod';
import { Failure } from '../../../failure.ts';
import { elementBytes, float64Type } from '../../npy-bytes.ts';
import { createBreather } from '../breathe.ts';
import { pointSource } from '../point-source.ts';
import { templatesOf, type ViewTemplates } from '../templates.ts';
import { channelsNear, peakToPeak } from '../unit-locations.ts';
import { defineComputation } from './computation.ts';
import { gridConvolution } from './grid-convolution.ts';

/** Where each unit is, by one of SpikeInterface's three methods with its default arguments. */
export const unitLocations = defineComputation({
  id: 'unit_locations',
  className: 'spikeinterface.postprocessing.unit_locations.ComputeUnitLocations',
  params: z.strictObject({
    method: z.enum(['monopolar_triangulation', 'center_of_mass', 'grid_convolution']).default('monopolar_triangulation'),
  }),
  needs: () => ({ extensions: ['templates'], recording: false, probe: true }),
  async run({ view, signal, onProgress }, { method }) {
    if (view.channelPositionsUm.length === 0) {
      throw new Failure('analyzer.missingFile', 'Unit locations need the probe, and this analyzer has none.', { file: 'probegroup.json' });
    }
    const templates = await templatesOf(view, { signal });
    const mainChannels = await view.mainChannels({ signal });
    const unitCount = view.unitIds.length;
    const dimensionCount = method === 'center_of_mass' ? 2 : 3;
    const locations = new Float64Array(unitCount * dimensionCount);
    const place = method === 'grid_convolution' ? gridConvolution(view.channelPositionsUm, templates, view.samplingFrequencyHz) : undefined;
    const breathe = createBreather(signal);
    for (let unit = 0; unit < unitCount; unit += 1) {
      const main = mainChannels[unit];
      const found =
        place === undefined
          ? fromHeights(view.channelPositionsUm, templates, unit, channelsNear(view, unit, main), method)
          : place(unit, main);
      locations.set(found, unit * dimensionCount);
      onProgress?.(unit + 1, unitCount);
      const turn = breathe();
      if (turn) await turn;
    }
    return {
      params: { method },
      arrays: [{ name: 'unit_locations', dtype: float64Type, shape: [unitCount, dimensionCount], content: elementBytes(locations) }],
    };
  },
});

function fromHeights(
  positionsUm: Float64Array,
  templates: ViewTemplates,
  unit: number,
  channels: readonly number[],
  method: 'monopolar_triangulation' | 'center_of_mass' | 'grid_convolution',
): number[] {
  const heights = channels.map((channel) => peakToPeak(templates, unit, channel));
  const positions = channels.map((channel) => [positionsUm[2 * channel], positionsUm[2 * channel + 1]] as const);
  if (method === 'monopolar_triangulation') return [...pointSource(heights, positions)];
  const total = heights.reduce((sum, height) => sum + height, 0);
  return [0, 1].map((axis) => heights.reduce((sum, height, at) => sum + height * positions[at][axis], 0) / total);
}
