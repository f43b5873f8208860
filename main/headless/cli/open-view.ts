import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openUnidentified } from '../../../app/analyzer/open.ts';
import type { Source } from '../../../app/analyzer/source.ts';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import { diskSource } from '../../core/files/disk-source.ts';
import { existingFolder } from '../../core/files/existing-folder.ts';
import type { CommandContext, CommonOptions } from './command.ts';

const isAddress = (path: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(path);

/** The folder as a whole path; throws `input.notFound` or `input.invalid` naming it where there is no such folder. */
export async function analyzerFolder(path: string): Promise<string> {
  if (isAddress(path)) {
    throw new Failure(
      'input.invalid',
      'An address can be looked at with info, candidates, evidence and figures; for anything else copy the analyzer to this machine and give its folder.',
    );
  }
  return existingFolder(resolve(path), undefined, statSync);
}

/** Opens an analyzer (a folder, or an address of one) for one command, without a session, and closes it afterwards. */
export async function withView<Result>(
  path: string,
  { signal, common }: Pick<CommandContext, 'signal' | 'common'>,
  work: (view: AnalyzerView) => Promise<Result>,
): Promise<Result> {
  const source = isAddress(path) ? await addressSource(path, common) : diskSource(await analyzerFolder(path), { alone: true });
  const view = await openUnidentified(source, { signal });
  try {
    return await work(view);
  } finally {
    await view.close();
  }
}

async function addressSource(address: string, common: CommonOptions): Promise<Source> {
  const [{ httpSource }, offlineOnly] = await Promise.all([import('../../core/files/http-source.ts'), isOfflineOnly(common)]);
  return httpSource(address, { offlineOnly: () => offlineOnly });
}

/** The setting of the data folder; where there is none yet it has its default. */
async function isOfflineOnly(common: CommonOptions): Promise<boolean> {
  const { coreOptions } = await import('./core-options.ts');
  const { databaseName, openDatabase } = await import('../../core/db/open.ts');
  const { dataFolder } = coreOptions(common);
  if (!existsSync(join(dataFolder, databaseName))) return false;
  const { settingsTable } = await import('../../core/db/tables/settings.ts');
  const database = openDatabase(dataFolder);
  try {
    return settingsTable(database).read().offlineOnly;
  } finally {
    database.close();
  }
}
