import type { CandidateStep } from './step.ts';
import { correlogramStep } from './steps/correlogram.ts';
import { crossContaminationStep } from './steps/cross-contamination.ts';
import { knnStep } from './steps/knn.ts';
import { numSpikesStep } from './steps/num-spikes.ts';
import { presenceDistanceStep } from './steps/presence-distance.ts';
import { qualityScoreStep } from './steps/quality-score.ts';
import { removeContaminatedStep } from './steps/remove-contaminated.ts';
import { slayScoreStep } from './steps/slay-score.ts';
import { snrStep } from './steps/snr.ts';
import { templateSimilarityStep } from './steps/template-similarity.ts';
import { unitLocationsStep } from './steps/unit-locations.ts';

/** Every step, in the order SpikeInterface documents them. */
export const candidateSteps = [
  numSpikesStep,
  snrStep,
  removeContaminatedStep,
  unitLocationsStep,
  correlogramStep,
  templateSimilarityStep,
  presenceDistanceStep,
  crossContaminationStep,
  knnStep,
  qualityScoreStep,
  slayScoreStep,
] as const satisfies readonly CandidateStep[];

const byId = new Map<string, CandidateStep>();
for (const step of candidateSteps) {
  if (byId.has(step.id)) throw new Error(`The candidate step ${step.id} is listed twice.`);
  byId.set(step.id, step);
}

/** The step of that id, or `undefined`. */
export function stepById(id: string): CandidateStep | undefined {
  return byId.get(id);
}
