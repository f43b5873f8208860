import { Failure } from '../failure.ts';
import type { StepOutputs } from './step.ts';

/** What an earlier step of the same run left behind; throws `input.invalid` naming the step that must come first. */
export function needsEarlierStep(outputs: StepOutputs, output: string, step: string, earlier: string): StepOutputs[string] {
  if (Object.hasOwn(outputs, output)) return outputs[output];
  throw new Failure('input.invalid', `The step ${step} needs ${earlier} before it in the same run; put ${earlier} first.`, {
    field: 'steps',
    step,
    earlier,
  });
}
