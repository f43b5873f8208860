import { existsSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { Failure } from '../../../app/failure.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

/**
 * Brings the database to the newest form, each step in one transaction, after the file was copied beside itself
 * as `<file>.before-<version>`. A database of a newer Samecell is left alone: `storage.newer`.
 */
export function migrate(database: Database, file: string, migrations: readonly Migration[] = allMigrations): void {
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1) throw new Error(`Migration ${migration.what} stands at the wrong place.`);
  }
  const newest = migrations.length;
  const found = versionOf(database);
  if (found > newest) {
    throw new Failure(
      'storage.newer',
      `The database ${file} was written by a newer Samecell (form ${found}, this one knows up to ${newest}). Install that version, or choose another data folder.`,
      { file, found, known: newest },
    );
  }
  if (found === newest) return;
  if (found > 0) copyAside(database, `${file}.before-${newest}`);
  database.pragma('foreign_keys = OFF');
  try {
    for (const migration of migrations) step(database, migration);
  } finally {
    database.pragma('foreign_keys = ON');
  }
}

function versionOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function step(database: Database, migration: Migration): void {
  const run = database.transaction(() => {
    // Another process may have been here while this one waited for the lock.
    if (versionOf(database) >= migration.version) return;
    migration.up(database);
    const broken = database.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) throw new Error(`Migration ${migration.what} would break ${broken.length} references.`);
    database.pragma(`user_version = ${migration.version}`);
  });
  run.immediate();
}

function copyAside(database: Database, copy: string): void {
  if (existsSync(copy)) rmSync(copy);
  database.prepare('VACUUM INTO ?').run(copy);
}
