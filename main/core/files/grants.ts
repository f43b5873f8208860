import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, normalize, sep } from 'node:path';
import type { Granted } from '../../../app/contract/link.ts';
import { Failure } from '../../../app/failure.ts';

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

async function existingFolder(path: string, home: string): Promise<string> {
  const named = path.startsWith(`~${sep}`) || path.startsWith('~/') ? join(home, path.slice(2)) : path;
  if (named.includes('\0') || !isAbsolute(named)) {
    throw new Failure(
      'input.invalid',
      `“${path.slice(0, 200)}” is no full path. Give the folder from the root, such as ${join(home, 'data')}.`,
    );
  }
  const folder = withoutEndingSeparator(normalize(named));
  let isFolder: boolean;
  try {
    isFolder = (await stat(folder)).isDirectory();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const why = code === 'EACCES' || code === 'EPERM' ? 'can’t be read with your rights' : 'does not exist';
    throw new Failure('input.notFound', `The folder ${folder} ${why}.`, { folder }, error);
  }
  if (!isFolder) throw new Failure('input.invalid', `${folder} is a file. Choose a folder.`, { folder });
  return folder;
}

function withoutEndingSeparator(path: string): string {
  return path.length > 1 && path.endsWith(sep) && !/^[A-Za-z]:\\$/.test(path) ? path.slice(0, -1) : path;
}

function described(token: string, folder: string, home: string): Granted {
  return { grant: token, name: basename(folder), display: shortened(folder, home) };
}

/** For people: the home folder as "~". */
export function shortened(path: string, home: string = homedir()): string {
  if (path === home) return '~';
  return path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}
