import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { presenceDistance, presenceHistogram } from '../../analyzer/compute/presence-distance.ts';
import { unitTrains } from '../../analyzer/compute/unit-trains.ts';
import type { AnalyzerView } from '../../analyzer/view.ts';
import { Failure } from '../../failure.ts';
import { finding } from '../finding.ts';
import { keepWhere, listPairs } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const presenceDistanceStep = defineStep({
  id: 'presence_distance',
  title: 'Active at different times',
  purpose: 'Keeps pairs of which one stops as the other starts. The distance is in seconds and grows with the recording.',
  needs: [],
  params: z.strictObject({
    presence_distance_thresh: z.number().default(100).describe('Keep pairs whose presence distance is above this many seconds.'),
    bin_duration_s: z.number().min(0.01).default(2).describe('Stretches in which spikes are counted, in seconds.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const trains = await unitTrains(view, options);
    const { unitCount } = pairs;
    const breathe = createBreather(options?.signal);
    const histograms = new Map<number, Float64Array>();
    const histogramOf = (unit: number): Float64Array => {
      const known = histograms.get(unit);
      if (known) return known;
      const inSegments = view.segmentSampleCounts.map((_, segment) =>
        presenceHistogram(trains, unit, params.bin_duration_s, view.samplingFrequencyHz, segment),
      );
      const silent = inSegments.findIndex((counts) => !counts.some((count) => count > 0));
      if (silent >= 0) throw noDistance(view, unit, silent);
      const last = inSegments[inSegments.length - 1];
      histograms.set(unit, last);
      return last;
    };
    const distances = new Float64Array(unitCount * unitCount).fill(1);
    for (const [first, second] of listPairs(pairs)) {
      distances[first * unitCount + second] = presenceDistance(histogramOf(first), histogramOf(second), params.bin_duration_s);
      const turn = breathe();
      if (turn) await turn;
    }
    keepWhere(pairs, (first, second) => distances[first * unitCount + second] > params.presence_distance_thresh);
    outputs['presence_distances'] = distances;
  },
  explain({ outputs, unitCount, first, second }, params) {
    const value = outputs['presence_distances'][first * unitCount + second];
    const said = { what: 'presence distance', parameter: 'presence_distance_thresh', must: 'be above', unit: 's' } as const;
    return [finding({ ...said, value, limit: params.presence_distance_thresh })];
  },
});

/** SpikeInterface stops there too, with a ValueError about weights: it measures every segment, and keeps the last. */
function noDistance({ unitIds, segmentSampleCounts }: AnalyzerView, unit: number, segment: number): Failure {
  const where = segmentSampleCounts.length > 1 ? ` of segment ${segment}` : '';
  return new Failure(
    'input.invalid',
    `The step presence_distance has no distance for unit ${JSON.stringify(unitIds[unit])}: it has no spike within the whole stretches of bin_duration_s${where}, so SpikeInterface stops there. Leave presence_distance out, or drop the unit by a step before it.`,
    { field: 'steps', step: 'presence_distance', unit: unitIds[unit] },
  );
}
