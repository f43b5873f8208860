import { Failure } from '../../../app/failure.ts';
import { type AskingMode, type Prompt, promptHash } from '../../../app/judges/prompts/prompt.ts';
import { defaultPromptFor, prompts } from '../../../app/judges/prompts/registry.ts';
import type { OwnPrompt } from '../db/tables/prompts.ts';
import type { Tables } from '../db/tables.ts';
import { sha256 } from '../files/sha256.ts';

/** The prompt in that version, shipped or written by a person; throws `input.notFound`. */
export function promptOf(tables: Pick<Tables, 'prompts'>, id: string, version: string): Prompt {
  const shipped = (prompts as readonly Prompt[]).find((one) => one.id === id && one.version === version);
  const prompt = shipped ?? tables.prompts.byVersion(id, version);
  if (prompt) return prompt;
  throw new Failure('input.notFound', `There is no prompt “${id}” of version ${version} in this data folder.`, { prompt: id, version });
}

/** The prompt a run asks with: the one named, or the one that ships. Throws where it is for another way of asking. */
export function promptFor(tables: Pick<Tables, 'prompts'>, mode: AskingMode, named: { id: string; version: string } | undefined): Prompt {
  if (named === undefined) return defaultPromptFor(mode);
  const prompt = promptOf(tables, named.id, named.version);
  if (modeOf(prompt) !== mode)
    throw new Failure('input.invalid', `The prompt “${prompt.title}” is for asking in ${words[modeOf(prompt)]}, not in ${words[mode]}.`, {
      field: 'prompt',
    });
  return prompt;
}

const words: Record<AskingMode, string> = { 'one call': 'one call', panel: 'a panel' };

export function modeOf(prompt: Prompt): AskingMode {
  return prompt.mode ?? 'one call';
}

export interface EditedPrompt {
  readonly id: string;
  readonly basedOn: string;
  readonly name: string;
  readonly system: string;
  readonly expert?: string | undefined;
  readonly guidance: Readonly<Record<string, string>>;
}

/**
 * Keeps an edited prompt as a new version ("own-1", "own-2", …) of its id. The texts are kept letter for letter: nothing in them
 * is filled in. Throws `input.invalid` where nothing was changed or a text is empty.
 */
export function keepPrompt(tables: Pick<Tables, 'prompts' | 'atOnce'>, edited: EditedPrompt): OwnPrompt {
  const based = promptOf(tables, edited.id, edited.basedOn);
  const mode = modeOf(based);
  const { name, system, guidance } = edited;
  const expert = mode === 'panel' ? (edited.expert ?? based.expert) : undefined;
  if (system.trim() === '' || expert?.trim() === '')
    throw new Failure('input.invalid', 'A prompt can not be empty.', { field: system.trim() === '' ? 'system' : 'expert' });
  const same = system === based.system && expert === based.expert && JSON.stringify(guidance) === JSON.stringify(based.guidance);
  if (same) throw new Failure('input.invalid', 'Nothing was changed, so there is no new version to keep.', { prompt: edited.id });
  return tables.atOnce(() => {
    const version = `own-${tables.prompts.countOf(edited.id) + 1}`;
    const prompt: Prompt = { id: edited.id, version, title: name, mode, system, ...(expert === undefined ? {} : { expert }), guidance };
    const kept = { ...prompt, mode, hash: promptHash(prompt, sha256), basedOn: edited.basedOn };
    tables.prompts.add(kept);
    return tables.prompts.byVersion(edited.id, version) as OwnPrompt;
  });
}
