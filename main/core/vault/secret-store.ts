/** Somewhere outside Samecell's own files that keeps secrets. May be missing, locked or slow. */
export interface SecretStore {
  set(account: string, secret: string): Promise<void>;
  /** `undefined` where there is none. */
  get(account: string): Promise<string | undefined>;
  /** Whether there was one. */
  remove(account: string): Promise<boolean>;
}

/** Name under which every entry stands in the keychain. */
export const serviceName = 'Samecell';
