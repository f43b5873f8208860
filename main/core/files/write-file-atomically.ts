import { randomBytes } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { writeProblem } from './write-problem.ts';

/** The operating system's functions that writing one file uses; tests give failing ones. */
export type WritingFiles = Pick<typeof nodeFiles, 'mkdir' | 'open' | 'rename' | 'rm'>;

/**
 * Writes one file of our own in one step: whole and flushed, or not at all; an earlier one is replaced. Missing parent
 * folders are made. Throws `output.failed` naming the file.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array, files: WritingFiles = nodeFiles): Promise<void> {
  const target = resolve(path);
  const partial = join(dirname(target), `.${basename(target)}.partial-${randomBytes(6).toString('hex')}`);
  try {
    const handle = await files.open(partial, 'wx').catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await files.mkdir(dirname(target), { recursive: true });
      return files.open(partial, 'wx');
    });
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(partial, target);
  } catch (error) {
    await files.rm(partial, { force: true }).catch(() => undefined);
    throw writeProblem(error, target);
  }
}
