import { Failure } from '../failure.ts';

/** Newest SpikeInterface whose layout is known here. */
export const newestKnownVersion = '0.105';

/** Compares SpikeInterface versions by their first two numbers; a version that can't be read counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => /^(\d+)\.(\d+)/.exec(version) ?? ['', '0', '0']);
  return Number(left[1]) - Number(right[1]) || Number(left[2]) - Number(right[2]);
}

/** Refuses formats of a later generation, and gives a sentence for a version that is merely newer. */
export function checkVersion(version: string, file: string): string | undefined {
  if (/^[1-9]\d*\./.test(version)) {
    throw new Failure(
      'analyzer.unsupported',
      `${file} says SpikeInterface ${version} wrote this analyzer; Samecell reads 0.101 to ${newestKnownVersion}. Update Samecell, or save the analyzer again with SpikeInterface ${newestKnownVersion}.`,
      { file, version },
    );
  }
  if (compareVersions(version, newestKnownVersion) <= 0) return undefined;
  return `SpikeInterface ${version} wrote this analyzer, which is newer than the ${newestKnownVersion} Samecell was tested with: check what you see, or update Samecell.`;
}
