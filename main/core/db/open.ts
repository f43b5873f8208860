import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Failure, isFailure } from '../../../app/failure.ts';
import { migrate } from './migrate.ts';

export type { Database } from 'better-sqlite3';

/** Name of the database inside the data folder. */
export const databaseName = 'samecell.sqlite';

/**
 * Opens the database of a data folder, making both where they are missing, and brings it to the newest form.
 * Throws `storage.unavailable` naming the folder where it is a file, can't be written or is no database, and
 * `storage.newer` where a newer Samecell wrote it. Several processes may have it open.
 */
export function openDatabase(dataFolder: string): Database.Database {
  prepareFolder(dataFolder);
  const file = join(dataFolder, databaseName);
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: 10_000 });
    database.pragma('journal_mode = WAL');
    // FULL: a decision that was answered survives a power cut, not only a crash.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database, file);
    return database;
  } catch (error) {
    database?.close();
    if (isFailure(error)) throw error;
    const code = codeOf(error);
    if (!code.startsWith('SQLITE_')) throw error;
    throw new Failure('storage.unavailable', sentenceFor(code, file), { file, code }, error);
  }
}

function prepareFolder(dataFolder: string): void {
  try {
    mkdirSync(dataFolder, { recursive: true });
  } catch (error) {
    throw unavailable(dataFolder, codeOf(error), error);
  }
  if (!statSync(dataFolder).isDirectory()) throw unavailable(dataFolder, 'ENOTDIR', undefined);
  try {
    accessSync(dataFolder, constants.W_OK | constants.R_OK | constants.X_OK);
  } catch (error) {
    throw unavailable(dataFolder, codeOf(error), error);
  }
}

function unavailable(folder: string, code: string, cause: unknown): Failure {
  const why =
    code === 'EEXIST' || code === 'ENOTDIR'
      ? 'is a file, or lies below one, where a folder is needed'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'can’t be written'
        : `can’t be used (${code})`;
  return new Failure('storage.unavailable', `The data folder ${folder} ${why}. Choose another data folder.`, { folder, code }, cause);
}

function sentenceFor(code: string, file: string): string {
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT'))
    return `The file ${file} is no readable database. Move it away, or choose another data folder.`;
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN')
    return `The database ${file} can’t be written. Choose another data folder.`;
  if (code.startsWith('SQLITE_BUSY')) return `The database ${file} is held by another program. Close that one and try again.`;
  if (code.startsWith('SQLITE_FULL')) return `There is no room left for the database ${file}. Free some space and try again.`;
  return `The database ${file} can’t be opened (${code}). Choose another data folder.`;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
