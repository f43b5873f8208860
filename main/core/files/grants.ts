import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, sep } from 'node:path';
import type { Granted } from '../../../app/contract/link.ts';
import { Failure } from '../../../app/failure.ts';
import { existingFolder } from './existing-folder.ts';

export type GrantPurpose = 'analyzer' | 'output' | 'recording';

export interface Grants {
  /** A token for a folder that a person chose. Throws `input.notFound` or `input.invalid` naming it. */
  grant(path: string, purpose: GrantPurpose): Promise<Granted>;
  /** The folder behind a token; throws `ipc.forbidden` for an unknown one or another purpose. */
  folder(token: string, purpose: GrantPurpose): string;
}

/** Folders the window may name, by tokens that say nothing. They live as long as the core. */
export function createGrants(home: string = homedir()): Grants {
  const granted = new Map<string, { path: string; purpose: GrantPurpose }>();

  return {
    async grant(path, purpose) {
      const folder = await existingFolder(path, home);
      for (const [token, known] of granted) {
        if (known.path === folder && known.purpose === purpose) return described(token, folder, home);
      }
      const token = randomBytes(24).toString('hex');
      granted.set(token, { path: folder, purpose });
      return described(token, folder, home);
    },
    folder(token, purpose) {
      const known = granted.get(token);
      if (!known || known.purpose !== purpose) {
        throw new Failure('ipc.forbidden', 'The permission for this folder has ended. Choose the folder again.');
      }
      return known.path;
    },
  };
}

function described(token: string, folder: string, home: string): Granted {
  return { grant: token, name: basename(folder), display: shortened(folder, home) };
}

/** For people: the home folder as "~". */
export function shortened(path: string, home: string = homedir()): string {
  if (path === home) return '~';
  return path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}
