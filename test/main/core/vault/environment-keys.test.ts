import { expect, test } from 'vitest';
import { environmentBaseUrl, environmentKey, withEnvironmentKeys } from '../../../../main/core/vault/environment-keys.ts';
import { openVault } from '../../../../main/core/vault/vault.ts';

test('each provider has its own variable', () => {
  const environment = { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: ' a ', GEMINI_API_KEY: 'g' };
  expect(environmentKey('openai', environment)).toBe('o');
  expect(environmentKey('anthropic', environment)).toBe('a');
  expect(environmentKey('google', environment)).toBe('g');
  expect(environmentKey('google', { GOOGLE_API_KEY: 'first', GEMINI_API_KEY: 'second' })).toBe('first');
  expect(environmentKey('google', { GOOGLE_API_KEY: '  ' })).toBeUndefined();
  expect(environmentKey('constructor', environment)).toBeUndefined();
});

test('OpenAI’s key goes to a compatible server only when its address stands beside it', () => {
  expect(environmentKey('openai-compatible', { OPENAI_API_KEY: 'o' })).toBeUndefined();
  const both = { OPENAI_API_KEY: 'o', OPENAI_API_BASE: 'http://127.0.0.1:4000/v1' };
  expect(environmentKey('openai-compatible', both)).toBe('o');
  for (const provider of ['openai', 'openai-compatible']) expect(environmentBaseUrl(provider, both)).toBe('http://127.0.0.1:4000/v1');
  expect(environmentBaseUrl('anthropic', both)).toBeUndefined();
});

test('keys of the environment go before the vault and never into it', async () => {
  const vault = await openVault({ stores: [] });
  await vault.set('openai', 'kept');
  const both = withEnvironmentKeys(vault, { ANTHROPIC_API_KEY: 'environment', OPENAI_API_KEY: 'environment' });
  expect(await both.get('openai')).toBe('environment');
  expect(await both.get('anthropic')).toBe('environment');
  expect(await both.has('anthropic')).toEqual({ present: true, kept: false });
  expect(await vault.get('openai')).toBe('kept');
  expect(await vault.has('anthropic')).toEqual({ present: false, kept: false });
  expect(both.state).toEqual(vault.state);
});
