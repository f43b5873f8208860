import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Enough for every folder analyzer and for the metadata and upper folders of a zarr store. */
const mostEntries = 3000;

/**
 * A cheap mark (names, sizes, times) that changes when files of the folder are changed, added or removed. Not a
 * fingerprint: equal marks may hide a change deep in a large store, a change of mark may mean nothing.
 */
export async function folderState(folder: string): Promise<string> {
  const hash = createHash('sha256');
  let seen = 0;
  const waiting = [''];
  while (waiting.length > 0 && seen < mostEntries) {
    const below = waiting.shift() as string;
    const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries.slice(0, mostEntries - seen)) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const found = await stat(join(folder, path)).catch(() => undefined);
      hash.update(`${path}\n${found?.size ?? -1}\n${found?.mtimeMs ?? -1}\n`);
      if (found?.isDirectory()) waiting.push(path);
      seen += 1;
    }
  }
  return hash.digest('hex');
}
