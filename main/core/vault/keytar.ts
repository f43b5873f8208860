import { type SecretStore, serviceName } from './secret-store.ts';

/** The keychain through keytar. Throws where the package or its native part is not there. */
export async function openKeytar(): Promise<SecretStore> {
  const { default: keytar } = await import('keytar');
  return {
    set: (account, secret) => keytar.setPassword(serviceName, account, secret),
    get: async (account) => (await keytar.getPassword(serviceName, account)) ?? undefined,
    remove: (account) => keytar.deletePassword(serviceName, account),
  };
}
