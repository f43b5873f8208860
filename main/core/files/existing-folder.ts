import { promises, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { Failure } from '../../../app/failure.ts';

/**
 * A folder that is there, as a whole path without a separator at its end. Throws `input.notFound` or `input.invalid` naming it.
 * `look` is `statSync` where nobody else waits for this thread: starting others takes longer.
 */
export async function existingFolder(
  path: string,
  home: string = homedir(),
  look: (folder: string) => Pick<Stats, 'isDirectory'> | Promise<Pick<Stats, 'isDirectory'>> = promises.stat,
): Promise<string> {
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
    isFolder = (await look(folder)).isDirectory();
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
