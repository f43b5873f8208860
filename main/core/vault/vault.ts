import { randomBytes } from 'node:crypto';
import { Failure } from '../../../app/failure.ts';
import { openKeytar } from './keytar.ts';
import { openNapiKeyring } from './napi-keyring.ts';
import type { SecretStore } from './secret-store.ts';
import { openSession } from './session.ts';

export interface VaultState {
  /** Keys outlive this session and are protected by the system. */
  readonly protected: boolean;
  readonly backend: 'keychain' | 'session';
  /** Which of the ways to the keychain works; "session" where none does. */
  readonly store: string;
  /** In words, where keys are not kept: why not, and what would help. */
  readonly why: string | undefined;
}

/** Keys of providers. Only the core reads them; a window can set, ask whether there is one, and remove. */
export interface Vault {
  /** `kept`: it outlives this session. Throws `input.invalid` for an unusable key or name. */
  set(provider: string, key: string): Promise<{ kept: boolean }>;
  get(provider: string): Promise<string | undefined>;
  has(provider: string): Promise<{ present: boolean; kept: boolean }>;
  remove(provider: string): Promise<{ removed: boolean }>;
  readonly state: VaultState;
}

export interface VaultOptions {
  /** Ways to the keychain, in order of preference. */
  readonly stores?: readonly { readonly name: string; readonly open: () => Promise<SecretStore> }[];
  /** A locked keychain may wait for a person who never comes. */
  readonly timeoutMs?: number;
}

const ways = [
  { name: 'keytar', open: openKeytar },
  { name: '@napi-rs/keyring', open: openNapiKeyring },
];

/**
 * The system's keychain through the first way that proves itself: an entry is written, read back and removed. Where
 * none does, keys live in memory until the session ends, and `state.why` says so.
 */
export async function openVault(options: VaultOptions = {}): Promise<Vault> {
  const timeoutMs = options.timeoutMs ?? 5000;
  const problems: string[] = [];
  for (const { name, open } of options.stores ?? ways) {
    try {
      const store = await within(timeoutMs, open());
      await prove(store, timeoutMs);
      return createVault(store, { protected: true, backend: 'keychain', store: name, why: undefined }, timeoutMs);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      // It is the keychain itself that hangs; another way to it would hang as well.
      if (error instanceof TooSlow) break;
    }
  }
  const why = `The system's keychain can't be used, so keys are remembered until Samecell is closed. On Linux a running and unlocked keyring (gnome-keyring, KWallet) is needed. (${problems.join('; ')})`;
  return createVault(undefined, { protected: false, backend: 'session', store: 'session', why }, timeoutMs);
}

async function prove(store: SecretStore, timeoutMs: number): Promise<void> {
  const account = `probe-${process.pid}`;
  const secret = randomBytes(12).toString('hex');
  await within(timeoutMs, store.set(account, secret));
  const read = await within(timeoutMs, store.get(account));
  await within(timeoutMs, store.remove(account));
  if (read !== secret) throw new Error('it did not give back what was put in');
  if ((await within(timeoutMs, store.get(account))) !== undefined) throw new Error('it did not remove what was to go');
}

function createVault(keychain: SecretStore | undefined, state: VaultState, timeoutMs: number): Vault {
  const session = openSession();
  const ask = async <T>(work: (store: SecretStore) => Promise<T>): Promise<T | undefined> => {
    if (!keychain) return undefined;
    try {
      return await within(timeoutMs, work(keychain));
    } catch (error) {
      throw new Failure('vault.unavailable', "The system's keychain does not answer. Unlock it, or start Samecell again.", {}, error);
    }
  };
  return {
    state,
    async set(provider, key) {
      const account = accountOf(provider);
      const clean = key.trim();
      if (!/^[\x21-\x7e]{1,1000}$/.test(clean))
        throw new Failure('input.invalid', 'A key is one line of plain letters and digits. Copy it again from the provider.', {
          field: 'key',
        });
      if (keychain) {
        try {
          await ask((store) => store.set(account, clean));
          await session.remove(account);
          return { kept: true };
        } catch {
          // Not kept, and the answer says so; the key still serves this session.
        }
      }
      await session.set(account, clean);
      return { kept: false };
    },
    async get(provider) {
      const account = accountOf(provider);
      return (await session.get(account)) ?? (await ask((store) => store.get(account)));
    },
    async has(provider) {
      const account = accountOf(provider);
      if ((await session.get(account)) !== undefined) return { present: true, kept: false };
      const present = (await ask((store) => store.get(account))) !== undefined;
      return { present, kept: present };
    },
    async remove(provider) {
      const account = accountOf(provider);
      const forgotten = await session.remove(account);
      const removed = (await ask((store) => store.remove(account))) ?? false;
      return { removed: forgotten || removed };
    },
  };
}

function accountOf(provider: string): string {
  if (/^[a-z0-9-]{1,50}$/.test(provider)) return `key-${provider}`;
  throw new Failure('input.invalid', 'That is not the name of a provider.', { field: 'provider' });
}

class TooSlow extends Error {}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TooSlow(`no answer within ${ms / 1000} s`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
