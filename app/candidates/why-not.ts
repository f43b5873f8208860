import type { CandidateRequest, CandidateResult } from './run.ts';
import { planSteps } from './run.ts';
import type { StepFinding } from './step.ts';

export interface StepAnswer {
  readonly id: string;
  readonly title: string;
  /** `kept` and `dropped` where the pair came to this step, `not reached` after it was dropped. */
  readonly outcome: 'kept' | 'dropped' | 'not reached';
  readonly findings: readonly StepFinding[];
}

/** What a run made of one pair. */
export interface WhyNot {
  readonly isPair: boolean;
  /** In one group without being a pair itself: joined over other units (resolve_graph). */
  readonly isJoined: boolean;
  readonly steps: readonly StepAnswer[];
}

/**
 * For two positions of units: which step of the run dropped the pair, and what each step up to there measured against its
 * limit.
 */
export function whyNot(
  found: Pick<CandidateResult, 'groups' | 'outputs' | 'droppedBy'>,
  request: CandidateRequest,
  unitCount: number,
  units: readonly [number, number],
): WhyNot {
  const first = Math.min(...units);
  const second = Math.max(...units);
  const dropped = found.droppedBy[first * unitCount + second];
  const steps = planSteps(request).map(({ step, params }, index): StepAnswer => {
    const reached = dropped === 0 || index < dropped;
    return {
      id: step.id,
      title: step.title,
      outcome: !reached ? 'not reached' : index + 1 === dropped ? 'dropped' : 'kept',
      findings: reached ? step.explain({ outputs: found.outputs, unitCount, first, second }, params) : [],
    };
  });
  const together = found.groups.some((group) => group.includes(first) && group.includes(second));
  return { isPair: dropped === 0, isJoined: dropped !== 0 && together, steps };
}
