// What the build is made from, and whether it looks as it did. Quick to load: every `npm run samecell` begins here.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const out = join(root, 'out');
export const stampFile = join(out, 'built.json');

const always = ['package-lock.json', 'scripts/build.mjs', 'scripts/parts.mjs', 'tsconfig.base.json'];

/** Each part and what it is made from: files, and folders seen whole. */
const sources = {
  renderer: ['app', 'renderer', 'assets/fonts'],
  preload: ['app/contract', 'preload'],
  shell: ['app/contract', 'app/commands', 'app/failure.ts', 'main/shell'],
  core: ['app', 'main/core', 'main/headless', 'assets'],
};

export const partNames = Object.keys(sources);

export function sourcesOf(part) {
  return [...always, ...sources[part]];
}

/** The demo's arrays are data that no build looks into. */
export function isSource(name) {
  return name !== 'demo' && name !== 'node_modules';
}

/** By part: the SHA-256 of its sources when it was built (`print`), and how they looked then (`look`). */
export function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Files and folders a part is made from, their bytes and their times, added up. Another sum says that something may have
 * changed; the SHA-256 says whether it did.
 */
export function lookOf(part) {
  let [count, bytes, times] = [0, 0, 0];
  const add = (path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    count += 1;
    times += Math.floor(found.mtimeMs);
    if (!found.isDirectory()) bytes += found.size;
    else for (const name of readdirSync(path)) if (isSource(name)) add(join(path, name));
  };
  for (const name of sourcesOf(part)) add(join(root, name));
  return `${process.version} ${count} ${bytes} ${times}`;
}

/** True where these parts are built and everything looks as it did then. */
export function looksBuilt(parts = partNames) {
  const stamps = readStamps();
  return parts.every(
    (part) =>
      stamps[part]?.look !== undefined && stamps[part].look === lookOf(part) && lstatSync(join(out, part), { throwIfNoEntry: false }),
  );
}
