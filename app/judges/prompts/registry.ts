import { Failure } from '../../failure.ts';
import { mergePanelV1 } from './merge-panel.v1.ts';
import { mergePanelV2 } from './merge-panel.v2.ts';
import { mergeReviewV1 } from './merge-review.v1.ts';
import { mergeReviewV2 } from './merge-review.v2.ts';
import type { AskingMode, Prompt } from './prompt.ts';

/** Every version that verdicts may name, newest of each id last. */
export const prompts = [mergeReviewV1, mergePanelV1, mergeReviewV2, mergePanelV2] as const satisfies readonly Prompt[];

const known = new Set<string>();
for (const { id, version } of prompts) {
  if (known.has(`${id} ${version}`)) throw new Error(`Two prompts are version ${version} of "${id}".`);
  known.add(`${id} ${version}`);
}

/** What is asked where nothing else was chosen. */
export const defaultPrompt: Prompt = mergeReviewV2;

/** What is asked in that way where nothing else was chosen. */
export function defaultPromptFor(mode: AskingMode): Prompt {
  return mode === 'panel' ? mergePanelV2 : defaultPrompt;
}

/** The prompt of that id, in that version or the newest; throws `input.notFound`. */
export function findPrompt(id: string, version?: string): Prompt {
  const prompt = prompts.findLast((one) => one.id === id && (version === undefined || one.version === version));
  if (prompt) return prompt;
  throw new Failure('input.notFound', `There is no prompt "${id}"${version === undefined ? '' : ` of version ${version}`}.`, {
    prompt: id,
  });
}
