import { type SecretStore, serviceName } from './secret-store.ts';

/** The keychain through @napi-rs/keyring. Throws where its native part is not there. */
export async function openNapiKeyring(): Promise<SecretStore> {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  // Left to itself it falls back to the kernel keyring, which forgets at the next start while it claims to have kept.
  const entry = (account: string) => new AsyncEntry(serviceName, account, { linux: { store: 'secret-service' } });
  return {
    set: async (account, secret) => await entry(account).setPassword(secret),
    get: async (account) => (await entry(account).getPassword()) ?? undefined,
    remove: async (account) => await entry(account).deleteCredential(),
  };
}
