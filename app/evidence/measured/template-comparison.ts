import { type SimilarityMethod, templateDistance } from '../../analyzer/compute/template-similarity.ts';
import { templatesOf } from '../../analyzer/compute/templates.ts';
import { perPair } from '../per-pair.ts';

const maxLagMs = 0.3;

interface Distances {
  readonly atZeroLag: number | undefined;
  readonly atBestLag: number | undefined;
}

export interface TemplateComparison extends Record<SimilarityMethod, Distances> {
  readonly bestLagMs: number | undefined;
}

/** Distances of the two average waveforms. `undefined` where one is silent, or where they share no channel. */
export const templateComparison = perPair(async (view, pair, options): Promise<TemplateComparison> => {
  const templates = await templatesOf(view, options);
  const shiftCount = Math.min(Math.trunc((maxLagMs * view.samplingFrequencyHz) / 1000), Math.floor(templates.sampleCount / 4));
  const unitSize = templates.sampleCount * templates.channelCount;
  const silent = (unit: number) => !templates.average.subarray(unit * unitSize, (unit + 1) * unitSize).some((value) => value !== 0);
  if (silent(pair.first) || silent(pair.second)) {
    const nothing = { atZeroLag: undefined, atBestLag: undefined };
    return { l1: nothing, l2: nothing, cosine: nothing, bestLagMs: undefined };
  }
  const measure = (method: SimilarityMethod, shifts: number) =>
    templateDistance(templates, pair.first, pair.second, { method, support: 'union', shiftCount: shifts }, 'both');
  const said = (value: number) => (Number.isNaN(value) ? undefined : value);
  const both = (method: SimilarityMethod, atBestLag = measure(method, shiftCount)): Distances => ({
    atZeroLag: said(measure(method, 0).distance),
    atBestLag: said(atBestLag.distance),
  });
  const best = measure('cosine', shiftCount);
  const comparable = best.distance < 1;
  return {
    l1: both('l1'),
    l2: both('l2'),
    cosine: both('cosine', best),
    bestLagMs: comparable ? (Math.abs(best.shift) / view.samplingFrequencyHz) * 1000 : undefined,
  };
});
