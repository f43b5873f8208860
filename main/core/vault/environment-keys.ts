import type { Vault } from './vault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const variables: Readonly<Record<string, readonly string[]>> = {
  openai: ['OPENAI_API_KEY'],
  anthropic: ['ANTHROPIC_API_KEY'],
  google: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
  'openai-compatible': ['OPENAI_API_KEY'],
};

/** The key that the environment holds for a provider. For the command line only: a window never looks there. */
export function environmentKey(provider: string, environment: Environment): string | undefined {
  if (!Object.hasOwn(variables, provider)) return undefined;
  // OPENAI_API_KEY belongs to OpenAI itself unless the address of another server stands beside it.
  if (provider === 'openai-compatible' && !environment['OPENAI_API_BASE']?.trim()) return undefined;
  for (const name of variables[provider]) {
    const key = environment[name]?.trim();
    if (key) return key;
  }
  return undefined;
}

/** The address that the environment holds for a provider. */
export function environmentBaseUrl(provider: string, environment: Environment): string | undefined {
  return provider === 'openai-compatible' || provider === 'openai' ? environment['OPENAI_API_BASE']?.trim() || undefined : undefined;
}

/** A vault in which keys of the environment go before those of the keychain. */
export function withEnvironmentKeys(vault: Vault, environment: Environment): Vault {
  return {
    ...vault,
    get: async (provider) => environmentKey(provider, environment) ?? (await vault.get(provider)),
    has: async (provider) => (environmentKey(provider, environment) === undefined ? vault.has(provider) : { present: true, kept: false }),
  };
}
