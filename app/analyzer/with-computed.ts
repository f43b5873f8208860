import { type FingerprintedFile, fingerprintOf, type Sha256 } from './fingerprint.ts';
import { describeExtension } from './forms/binary-folder.ts';
import type { ReadOptions, Source } from './source.ts';
import type { StoredAnalyzer } from './stored-analyzer.ts';

/**
 * An analyzer joined by extensions that were computed for it and lie elsewhere, in SpikeInterface's `binary_folder` layout
 * (`extensions/<name>/…`), whichever form the analyzer itself has. The fingerprint then covers both; without any it stays.
 */
export async function withComputed(
  stored: StoredAnalyzer,
  fingerprint: string,
  computed: Source,
  sha256: Sha256,
  options?: ReadOptions,
): Promise<{ stored: StoredAnalyzer; fingerprint: string }> {
  const folders = (await computed.list('extensions')).filter((entry) => entry.isFolder && !entry.name.includes('.'));
  const described = await Promise.all(folders.map(({ name }) => describeExtension(computed, name, options)));
  const usable = described.flatMap(({ name, entries, stored: extension }) =>
    extension === undefined || extension.problem !== undefined ? [] : [{ name, entries, extension: { ...extension, computedHere: true } }],
  );
  if (usable.length === 0) return { stored, fingerprint };
  const files = usable.flatMap(({ name, entries }) =>
    entries
      .filter((entry) => !entry.isFolder && entry.name !== 'run_info.json')
      .map((entry): FingerprintedFile => ({ key: `extensions/${name}/${entry.name}`, decisive: false })),
  );
  const names = new Set(usable.map(({ name }) => name));
  const kept = stored.extensions.filter(({ name }) => !names.has(name));
  return {
    stored: { ...stored, extensions: [...kept, ...usable.map(({ extension }) => extension)] },
    fingerprint: await fingerprintOf(computed, files, `samecell computed 1 ${fingerprint}`, sha256, options),
  };
}
