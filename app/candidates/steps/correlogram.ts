import { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { adaptiveWindow, censorCorrelogram, correlogramDifference, correlogramSmoother } from '../../analyzer/compute/correlogram-shape.ts';
import { correlogramsOf } from '../../analyzer/compute/correlograms.ts';
import { spikeCountOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { finding } from '../finding.ts';
import { keepWhere, listPairs } from '../pair-mask.ts';
import { defineStep } from '../step.ts';

export const correlogramStep = defineStep({
  id: 'correlogram',
  title: 'Alike correlograms',
  purpose: "Keeps pairs whose cross-correlogram looks like each unit's own correlogram.",
  needs: ['correlograms'],
  params: z.strictObject({
    corr_diff_thresh: z.number().default(0.16).describe('Keep pairs whose correlogram difference is below this.'),
    censor_correlograms_ms: z.number().default(0.15).describe('Bins whose left edge is within this of zero are emptied first.'),
    sigma_smooth_ms: z.number().positive().default(0.6).describe('Width of the Gaussian the correlograms are smoothed with.'),
    adaptative_window_thresh: z.number().default(0.5).describe('Share of its maximum a peak needs to end the window of a unit.'),
  }),
  async keep(pairs, view, params, outputs, options) {
    const { binCount, edgesMs, computed, row } = await correlogramsOf(view, options);
    if (computed) options?.onComputed?.('correlograms');
    const trains = await unitTrains(view, options);
    const { unitCount } = pairs;
    const breathe = createBreather(options?.signal);
    const censored = Uint8Array.from({ length: binCount }, (_, bin) =>
      edgesMs[bin] >= -params.censor_correlograms_ms && edgesMs[bin] < params.censor_correlograms_ms ? 1 : 0,
    );
    const smooth = correlogramSmoother(edgesMs, params.sigma_smooth_ms);
    const smoothed = (first: number, second: number): Float64Array => smooth(censorCorrelogram(row(first, second), censored));
    const own: Float64Array[] = [];
    const windows = new Int32Array(unitCount);
    for (let unit = 0; unit < unitCount; unit += 1) {
      own.push(smoothed(unit, unit));
      windows[unit] = adaptiveWindow(own[unit], params.adaptative_window_thresh);
      const turn = breathe();
      if (turn) await turn;
    }
    const differences = new Float64Array(unitCount * unitCount).fill(Number.NaN);
    for (const [first, second] of listPairs(pairs)) {
      differences[first * unitCount + second] = correlogramDifference(
        { smoothed: own[first], window: windows[first], spikeCount: spikeCountOf(trains, first) },
        { smoothed: own[second], window: windows[second], spikeCount: spikeCountOf(trains, second) },
        smoothed(first, second),
      );
      const turn = breathe();
      if (turn) await turn;
    }
    keepWhere(pairs, (first, second) => differences[first * unitCount + second] < params.corr_diff_thresh);
    outputs['bins'] = edgesMs;
    outputs['correlogram_diff'] = differences;
    outputs['win_sizes'] = windows;
    outputs['censored_bins'] = censored;
    if (!options?.largeOutputs) return;
    const all = new Float64Array(unitCount * unitCount * binCount);
    const allSmoothed = new Float64Array(all.length);
    for (let first = 0; first < unitCount; first += 1) {
      for (let second = 0; second < unitCount; second += 1) {
        const start = (first * unitCount + second) * binCount;
        all.set(censorCorrelogram(row(first, second), censored), start);
        allSmoothed.set(smoothed(first, second), start);
      }
      const turn = breathe();
      if (turn) await turn;
    }
    outputs['correlograms'] = all;
    outputs['correlograms_smoothed'] = allSmoothed;
  },
  explain({ outputs, unitCount, first, second }, params) {
    const value = outputs['correlogram_diff'][first * unitCount + second];
    const said = { what: 'correlogram difference', parameter: 'corr_diff_thresh', must: 'be below', unit: '' } as const;
    return [finding({ ...said, value, limit: params.corr_diff_thresh })];
  },
});
