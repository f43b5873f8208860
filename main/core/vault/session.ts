import type { SecretStore } from './secret-store.ts';

/** Memory of this process: gone when it ends. */
export function openSession(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    async set(account, secret) {
      secrets.set(account, secret);
    },
    async get(account) {
      return secrets.get(account);
    },
    async remove(account) {
      return secrets.delete(account);
    },
  };
}
