import type { AskingMode } from '../../../app/judges/prompts/prompt.ts';

/** How a run asks, read from the parameters that are kept with it. */
export interface AskingParams {
  readonly mode: AskingMode;
  readonly votes: number;
  /** Decides in which order each group shows its units. */
  readonly seed: number;
  /** Examples are those nearest to each group, out of the plan's; otherwise all of the plan's are shown. */
  readonly nearestExamples: boolean;
  readonly examplesOfEach: number;
  /** Answers of before are not re-used. */
  readonly fresh: boolean;
  readonly providerBatch: boolean;
  /** All pictures of a group on one sheet. */
  readonly sheet: boolean;
  readonly temperature: number | undefined;
  readonly timeoutS: number | undefined;
  readonly baseUrl: string | undefined;
  readonly maxCostUsd: number | undefined;
  readonly maxCalls: number | undefined;
}

export function askingParams(params: Readonly<Record<string, unknown>>): AskingParams {
  const numberIn = (name: string) => (typeof params[name] === 'number' ? params[name] : undefined);
  return {
    mode: params['mode'] === 'panel' ? 'panel' : 'one call',
    votes: numberIn('votes') ?? 1,
    seed: numberIn('seed') ?? 0,
    nearestExamples: params['nearestExamples'] === true,
    examplesOfEach: numberIn('examplesOfEach') ?? 2,
    fresh: params['fresh'] === true,
    providerBatch: params['providerBatch'] === true,
    sheet: params['pictures'] === 'sheet',
    temperature: numberIn('temperature'),
    timeoutS: numberIn('timeoutS'),
    baseUrl: typeof params['baseUrl'] === 'string' ? params['baseUrl'] : undefined,
    maxCostUsd: numberIn('maxCostUsd'),
    maxCalls: numberIn('maxCalls'),
  };
}
