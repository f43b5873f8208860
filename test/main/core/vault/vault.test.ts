import { expect, test } from 'vitest';
import type { SecretStore } from '../../../../main/core/vault/secret-store.ts';
import { openSession } from '../../../../main/core/vault/session.ts';
import { openVault } from '../../../../main/core/vault/vault.ts';

const never = () => new Promise<never>(() => undefined);
const way = (name: string, store: Partial<SecretStore> | Error) => ({
  name,
  open: async () => {
    if (store instanceof Error) throw store;
    return { ...openSession(), ...store };
  },
});

test('the first way to the keychain that proves itself is used', async () => {
  const vault = await openVault({
    stores: [way('broken', new Error('no native part')), way('works', {}), way('unused', new Error('opened'))],
  });
  expect(vault.state).toEqual({ protected: true, backend: 'keychain', store: 'works', why: undefined });
  expect(await vault.set('openai', '  a-key-1\n')).toEqual({ kept: true });
  expect(await vault.get('openai')).toBe('a-key-1');
  expect(await vault.has('openai')).toEqual({ present: true, kept: true });
  expect(await vault.has('google')).toEqual({ present: false, kept: false });
  expect(await vault.remove('openai')).toEqual({ removed: true });
  expect(await vault.remove('openai')).toEqual({ removed: false });
  expect(await vault.get('openai')).toBeUndefined();
});

test.each([
  ['refuses to write', { set: async () => Promise.reject(new Error('locked')) }],
  ['forgets', { get: async () => undefined }],
  ['gives back something else', { get: async () => 'other' }],
  ['keeps what was removed', { remove: async () => true }],
])('a keychain that %s is not trusted; keys last for the session, and it says so', async (_, store) => {
  const vault = await openVault({ stores: [way('bad', store)] });
  expect(vault.state).toMatchObject({ protected: false, backend: 'session', store: 'session' });
  expect(vault.state.why).toMatch(/^The system's keychain can't be used, so keys are remembered until Samecell is closed\./);
  expect(await vault.set('openai', 'a-key-1')).toEqual({ kept: false });
  expect(await vault.get('openai')).toBe('a-key-1');
  expect(await vault.has('openai')).toEqual({ present: true, kept: false });
  expect(await vault.remove('openai')).toEqual({ removed: true });
});

test('a locked keychain that waits for a person does not hold the start', async () => {
  const started = performance.now();
  let opened = 0;
  const vault = await openVault({
    timeoutMs: 60,
    stores: [
      way('locked', { set: never }),
      {
        name: 'same keychain',
        open: async () => {
          opened++;
          return openSession();
        },
      },
    ],
  });
  expect(performance.now() - started).toBeLessThan(500);
  expect(vault.state.backend).toBe('session');
  expect(opened).toBe(0);
});

test('a keychain that locks later: the key still serves this session, and reading says what to do', async () => {
  let locked = false;
  const inner = openSession();
  const guard =
    <Arguments extends unknown[], Result>(work: (...words: Arguments) => Promise<Result>) =>
    (...words: Arguments) =>
      locked ? Promise.reject(new Error('locked: secret-inside')) : work(...words);
  const vault = await openVault({ stores: [way('k', { set: guard(inner.set), get: guard(inner.get), remove: guard(inner.remove) })] });
  await vault.set('openai', 'first');
  locked = true;
  const failure = await vault.get('openai').catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: 'vault.unavailable', details: {} });
  expect((failure as Error).message).not.toContain('secret-inside');
  expect(await vault.set('openai', 'second')).toEqual({ kept: false });
  expect(await vault.get('openai')).toBe('second');
});

test('neither an odd name nor an unusable key gets in, and no message repeats the key', async () => {
  const vault = await openVault({ stores: [] });
  for (const key of ['', ' ', 'two words', 'line\nbreak', 'ключ', 'x'.repeat(1001)]) {
    const failure = await vault.set('openai', key).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'input.invalid' });
    if (key.trim() !== '') expect((failure as Error).message).not.toContain(key);
  }
  for (const provider of ['', '../openai', 'OpenAI', 'a b']) {
    await expect(vault.set(provider, 'key')).rejects.toMatchObject({ kind: 'input.invalid' });
    await expect(vault.get(provider)).rejects.toMatchObject({ kind: 'input.invalid' });
  }
});

test('a vault shows nothing of its keys when it is printed', async () => {
  const vault = await openVault({ stores: [way('works', {})] });
  await vault.set('openai', 'canary-vault-1');
  expect(JSON.stringify(vault)).not.toContain('canary-vault-1');
  expect(JSON.stringify(vault.state)).not.toContain('canary-vault-1');
});
