import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createBreather } from '../../../app/analyzer/compute/breathe.ts';

/** Enough for every folder analyzer and for the metadata and upper folders of a zarr store. */
const mostEntries = 3000;
/** A disk that answers within this, a while to begin with aside, is asked without a thread: waiting for one takes longer. */
const quickMs = 0.2;
const beginMs = 5;

/** Folders whose disk was slower than that. */
const slow = new Set<string>();

/**
 * A cheap mark (names, sizes, times) that changes when files of the folder are changed, added or removed. Not a
 * fingerprint: equal marks may hide a change deep in a large store, a change of mark may mean nothing.
 */
export async function folderState(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const begin = performance.now();
  const breathe = createBreather(undefined);
  let seen = 0;
  let listed = 0;
  const waiting = [''];
  while (waiting.length > 0 && seen < mostEntries) {
    const below = waiting.shift() as string;
    const place = join(folder, below);
    const entries = slow.has(folder)
      ? await readdir(place, { withFileTypes: true }).catch(() => [])
      : (unlessRefused(() => readdirSync(place, { withFileTypes: true })) ?? []);
    listed += entries.length;
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries.slice(0, mostEntries - seen)) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const file = join(folder, path);
      const found = slow.has(folder) ? await stat(file).catch(() => undefined) : unlessRefused(() => statSync(file));
      hash.update(`${path}\n${found?.size ?? -1}\n${found?.mtimeMs ?? -1}\n`);
      if (found?.isDirectory()) waiting.push(path);
      seen += 1;
      if (performance.now() - begin > beginMs + (listed + seen) * quickMs) slow.add(folder);
      const turn = breathe();
      if (turn) await turn;
    }
  }
  return hash.digest('hex');
}

function unlessRefused<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
