import { Failure } from '../failure.ts';
import type { Provider } from './judge.ts';
import { anthropic } from './providers/anthropic.ts';
import { google } from './providers/google.ts';
import { openai } from './providers/openai.ts';
import { openaiCompatible } from './providers/openai-compatible.ts';

/** Everyone beyond Samecell who can be asked. The offline judge is not among them: it needs no connection. */
export const providers = [openai, anthropic, google, openaiCompatible] as const satisfies readonly Provider[];

export type ProviderId = (typeof providers)[number]['id'];

const byId = new Map<string, Provider>();
for (const provider of providers) {
  if (byId.has(provider.id)) throw new Error(`Two providers are called "${provider.id}".`);
  byId.set(provider.id, provider);
}

/** The provider of that id; throws `input.invalid`. */
export function providerById(id: string): Provider {
  const provider = byId.get(id);
  if (provider) return provider;
  throw new Failure('input.invalid', `There is no judge called "${id}". Choose one of: offline, ${[...byId.keys()].join(', ')}.`, {
    field: 'judge',
  });
}
