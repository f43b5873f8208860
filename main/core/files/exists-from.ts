import { access } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Tells of paths, absolute or relative to a folder, whether there is something. */
export function existsFrom(folder: string): (path: string) => Promise<boolean> {
  return (path) =>
    access(resolve(folder, path)).then(
      () => true,
      () => false,
    );
}
