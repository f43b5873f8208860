import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, assets and the built page: found upwards, from the sources and from the build alike. */
export function installFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) || !existsSync(join(folder, 'assets'))) {
    const above = dirname(folder);
    if (above === folder)
      throw new Error('The files of Samecell are not where they belong: no package.json with assets above the program.');
    folder = above;
  }
  return folder;
}
