import { resolve } from 'node:path';
import { openUnidentified } from '../../../app/analyzer/open.ts';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { diskSource } from '../../core/files/disk-source.ts';
import { createGrants } from '../../core/files/grants.ts';

/** The folder as a whole path; throws `input.notFound` or `input.invalid` naming it where there is no such folder. */
export async function analyzerFolder(path: string): Promise<string> {
  const grants = createGrants();
  const { grant } = await grants.grant(resolve(path), 'analyzer');
  return grants.folder(grant, 'analyzer');
}

/** Opens an analyzer for one command, without a database, and closes it afterwards. */
export async function withView<Result>(
  path: string,
  signal: AbortSignal,
  work: (view: AnalyzerView, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await analyzerFolder(path);
  const view = await openUnidentified(diskSource(folder), { signal });
  try {
    return await work(view, folder);
  } finally {
    await view.close();
  }
}
