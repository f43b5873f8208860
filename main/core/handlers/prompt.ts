import type { HandlersOf } from '../../../app/contract/calls.ts';
import { type Prompt, promptHash } from '../../../app/judges/prompts/prompt.ts';
import { findPrompt, prompts } from '../../../app/judges/prompts/registry.ts';
import type { Core } from '../core.ts';
import { sha256 } from '../files/sha256.ts';
import { keepPrompt, modeOf } from '../judging/prompts.ts';

export function promptHandlers({ tables, emit }: Core): HandlersOf<'prompt'> {
  return {
    'prompt.list': () => ({
      prompts: [
        ...newestFirst(prompts).map((prompt) => ({
          ...textsOf(prompt),
          hash: promptHash(prompt, sha256),
          basedOn: null,
          createdAt: null,
        })),
        ...tables.prompts
          .all()
          .map((prompt) => ({ ...textsOf(prompt), hash: prompt.hash, basedOn: prompt.basedOn, createdAt: prompt.createdAt })),
      ],
    }),
    'prompt.keep': (edited) => {
      const { id, version } = keepPrompt(tables, edited);
      emit('settings.changed', {});
      return { id, version };
    },
  };
}

/** Of each prompt its newest version, then the older ones. */
function newestFirst(shipped: readonly Prompt[]): Prompt[] {
  const isNewest = (prompt: Prompt) => findPrompt(prompt.id) === prompt;
  return [...shipped.filter(isNewest), ...shipped.filter((prompt) => !isNewest(prompt)).reverse()];
}

function textsOf(prompt: Prompt) {
  const { id, version, title, system, expert, guidance } = prompt;
  return { id, version, name: title, mode: modeOf(prompt), system, ...(expert === undefined ? {} : { expert }), guidance };
}
