import { randomBytes } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { UnitId } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import { writeFileAtomically } from '../../core/files/write-file-atomically.ts';

const runFileName = 'samecell-run.json';

const runSchema = z.object({
  version: z.literal(1),
  sessionId: z.string(),
  batchId: z.string(),
  fingerprint: z.string(),
  judge: z.string(),
  model: z.string(),
  /** The library that examples were taken from. */
  library: z.string().optional(),
  /** The search that chose the groups; left out where a file did. */
  search: z.unknown().optional(),
  /** The merges that were written, where `run` has come that far. */
  applied: z.array(z.array(z.union([z.number(), z.string()]))).optional(),
});

/** Which run an output folder belongs to, so that the same command goes on with it. */
export interface RunFile {
  readonly version: 1;
  readonly sessionId: string;
  readonly batchId: string;
  readonly fingerprint: string;
  readonly judge: string;
  readonly model: string;
  readonly library?: string | undefined;
  readonly search?: unknown;
  readonly applied?: readonly (readonly UnitId[])[] | undefined;
}

/** The run in that folder, or `undefined` where there is none; throws `input.invalid` for a file that is no such thing. */
export async function readRunFile(folder: string): Promise<RunFile | undefined> {
  const file = join(folder, runFileName);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') throw new Failure('input.invalid', `${folder} is a file. Give a folder as --out.`, { folder }, error);
    throw error;
  }
  try {
    return runSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Failure('input.invalid', `${file} is not a run of Samecell that can be continued. Choose another --out.`, { file }, error);
  }
}

export async function writeRunFile(folder: string, run: RunFile): Promise<void> {
  await writeFileAtomically(join(folder, runFileName), `${JSON.stringify(run, null, 1)}\n`);
}

/** Writes it where there is none yet; `false`, and nothing is changed, where another process was quicker. */
export async function writeFirstRunFile(folder: string, run: RunFile): Promise<boolean> {
  const own = join(folder, `.${runFileName}.${randomBytes(6).toString('hex')}`);
  await writeFileAtomically(own, `${JSON.stringify(run, null, 1)}\n`);
  try {
    await link(own, join(folder, runFileName));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A file system without links: there nothing better can be had.
    await writeRunFile(folder, run);
    return true;
  } finally {
    await rm(own, { force: true });
  }
}
