import type { CandidateStep } from './step.ts';
import { templateSimilarityStep } from './steps/template-similarity.ts';

/** Every step, in the order SpikeInterface documents them. */
export const candidateSteps = [templateSimilarityStep] as const satisfies readonly CandidateStep[];

export type CandidateStepId = (typeof candidateSteps)[number]['id'];

const byId = new Map<string, CandidateStep>();
for (const step of candidateSteps) {
  if (byId.has(step.id)) throw new Error(`The candidate step ${step.id} is listed twice.`);
  byId.set(step.id, step);
}

/** The step of that id, or `undefined`. */
export function stepById(id: string): CandidateStep | undefined {
  return byId.get(id);
}
