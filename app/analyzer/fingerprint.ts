import { Failure, throwIfCancelled } from '../failure.ts';
import type { ReadOptions, Source } from './source.ts';

/** SHA-256 over the chunks as if they were one, in lower-case hex. */
export type Sha256 = (chunks: readonly Uint8Array[]) => string;

/** A file that belongs to an analyzer. `decisive` ones are hashed wholly up to a larger size. */
export interface FingerprintedFile {
  readonly key: string;
  readonly decisive: boolean;
}

const wholeBytes = 2 ** 20;
const wholeDecisiveBytes = 2 ** 25;
const blockCount = 64;
const blockBytes = 4096;
const parallel = 8;

/**
 * SHA-256 (hex) over the analyzer's files, by name. A file up to 1 MiB is hashed wholly, a decisive one (spikes, sparsity
 * mask, templates) up to 32 MiB; of a larger file its size and 64 evenly spread blocks of 4 KiB (the first and the last
 * among them). So opening 20 GB reads a few MB, and a change inside a large array that touches none of its blocks and
 * keeps its size goes unseen.
 */
export async function fingerprintOf(
  source: Source,
  files: readonly FingerprintedFile[],
  salt: string,
  sha256: Sha256,
  options?: ReadOptions,
): Promise<string> {
  const sorted = [...files].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const lines = new Array<string>(sorted.length);
  let next = 0;
  async function work(): Promise<void> {
    while (next < sorted.length) {
      const at = next;
      next += 1;
      throwIfCancelled(options?.signal);
      lines[at] = await lineFor(source, sorted[at], sha256, options);
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, sorted.length) }, work));
  return sha256([new TextEncoder().encode([salt, ...lines].join('\n'))]);
}

async function lineFor(source: Source, file: FingerprintedFile, sha256: Sha256, options: ReadOptions | undefined): Promise<string> {
  const limit = file.decisive ? wholeDecisiveBytes : wholeBytes;
  const size = await source.size(file.key);
  if (size === undefined) return `${file.key} absent`;
  const chunks: Uint8Array[] = [];
  if (size <= limit) {
    const whole = await source.get(file.key, options);
    if (whole !== undefined) chunks.push(whole);
  } else {
    for (let block = 0; block < blockCount; block += 1) {
      const offset = Math.floor(((size - blockBytes) * block) / (blockCount - 1));
      const bytes = await source.getRange(file.key, offset, blockBytes, options);
      if (bytes !== undefined) chunks.push(bytes);
    }
  }
  if (chunks.length === 0)
    throw new Failure('analyzer.changed', `${file.key} vanished while it was being read. Open the analyzer again.`, { file: file.key });
  return `${file.key} ${size} ${sha256(chunks)}`;
}
