import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../../../../main/core/db/migrate.ts';
import { migrations } from '../../../../main/core/db/migrations/index.ts';
import type { Migration } from '../../../../main/core/db/migrations/migration.ts';
import { databaseName, openDatabase } from '../../../../main/core/db/open.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function schemaOf(database: Database.Database): unknown {
  return database.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name').all();
}

function thrownBy(work: () => unknown): { kind?: string; message: string; details?: Record<string, unknown> } {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown.');
}

test('a new data folder gets the newest form', () => {
  const folder = temporaryFolder();
  const database = openDatabase(join(folder, 'deep', 'down'));
  expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
  expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
  database.close();
});

test('a database of every earlier version becomes the same as a new one', () => {
  const fresh = new Database(':memory:');
  migrate(fresh, ':memory:');
  for (let version = 0; version < migrations.length; version += 1) {
    const file = join(temporaryFolder(), databaseName);
    const database = new Database(file);
    migrate(database, file, migrations.slice(0, version));
    migrate(database, file);
    expect(schemaOf(database)).toEqual(schemaOf(fresh));
    database.close();
  }
  fresh.close();
});

test('runs of an earlier version keep their groups and verdicts, and what ends is still told to the lists', () => {
  const file = join(temporaryFolder(), databaseName);
  const database = new Database(file);
  migrate(database, file, migrations.slice(0, 5));
  database.pragma('foreign_keys = ON');
  database.exec(`
    INSERT INTO analyzers (analyzer_id, folder, name, format, fingerprint, opened_at) VALUES ('a', '/a', 'a', 'zarr', 'f', '');
    INSERT INTO sessions (session_id, analyzer_id, fingerprint, title, created_at, updated_at) VALUES ('s', 'a', 'f', '', '', '');
    INSERT INTO groups (group_id, session_id, units, spike_counts, origin, position, created_at)
      VALUES ('g1', 's', '[1,2]', '[3,4]', 'hand', 0, ''), ('g2', 's', '[1,3]', '[3,4]', 'hand', 1, '');
    INSERT INTO batches (batch_id, session_id, judge, model, prompt_id, prompt_version, prompt_hash, features, with_numbers, example_ids,
      num_workers, params, state, created_at) VALUES ('b', 's', 'openai', 'm', 'p', '1', 'h', '[]', 1, '[]', 1, '{}', 'paused', '');
    INSERT INTO batch_items (item_id, batch_id, group_id, position, state) VALUES ('i1', 'b', 'g1', 0, 'done'), ('i2', 'b', 'g2', 1, 'planned');
    INSERT INTO provider_batches (provider_batch_id, batch_id, state, submitted_at) VALUES ('pb', 'b', 'waiting', '');
    INSERT INTO provider_requests (request_id, provider_batch_id, item_id, asked) VALUES ('r', 'pb', 'i2', '{}');
  `);
  const before = database.prepare('SELECT * FROM batch_items ORDER BY seq').all();
  migrate(database, file);
  expect(database.prepare('SELECT * FROM batch_items ORDER BY seq').all()).toEqual(before);
  expect(database.pragma('foreign_key_check')).toEqual([]);
  expect(() => database.prepare("DELETE FROM batch_items WHERE item_id = 'i2'").run()).toThrow('FOREIGN KEY');
  const revision = () => (database.prepare("SELECT revision FROM groups WHERE group_id = 'g2'").get() as { revision: number }).revision;
  const old = revision();
  database.prepare("UPDATE batch_items SET state = 'skipped' WHERE item_id = 'i2'").run();
  expect(revision()).toBeGreaterThan(old);
  expect(() => database.prepare("UPDATE batch_items SET state = 'lost'").run()).toThrow('CHECK');
  database.close();
});

test('the migrations are numbered from one without gaps', () => {
  expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1));
  const wrong: Migration[] = [{ version: 2, what: 'late', up: () => undefined }];
  expect(() => migrate(new Database(':memory:'), ':memory:', wrong)).toThrow('wrong place');
});

test('the file is copied aside before it is changed', () => {
  const folder = temporaryFolder();
  const file = join(folder, databaseName);
  const database = new Database(file);
  migrate(database, file);
  database.prepare('INSERT INTO settings (name, value) VALUES (?, ?)').run('theme', '"dark"');
  const next: Migration = {
    version: migrations.length + 1,
    what: 'next',
    up: (db) => db.exec('ALTER TABLE settings ADD COLUMN more TEXT'),
  };
  migrate(database, file, [...migrations, next]);
  database.close();
  const copy = new Database(`${file}.before-${next.version}`, { readonly: true });
  expect(copy.pragma('user_version', { simple: true })).toBe(migrations.length);
  expect(copy.prepare('SELECT * FROM settings').all()).toEqual([{ name: 'theme', value: '"dark"' }]);
  copy.close();
});

test('a migration that fails leaves the database as it was', () => {
  const file = join(temporaryFolder(), databaseName);
  const database = new Database(file);
  migrate(database, file);
  const before = schemaOf(database);
  const failing: Migration = {
    version: migrations.length + 1,
    what: 'failing',
    up(db) {
      db.exec('CREATE TABLE half (id INTEGER)');
      throw new Error('in the middle');
    },
  };
  expect(() => migrate(database, file, [...migrations, failing])).toThrow('in the middle');
  expect(schemaOf(database)).toEqual(before);
  expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
  expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
  database.close();
});

test('a migration that would break references is refused', () => {
  const file = join(temporaryFolder(), databaseName);
  const database = new Database(file);
  migrate(database, file);
  const breaking: Migration = {
    version: migrations.length + 1,
    what: 'breaking',
    up: (db) =>
      db.exec(
        "INSERT INTO sessions (session_id, analyzer_id, fingerprint, title, created_at, updated_at) VALUES ('a', 'none', '', '', '', '')",
      ),
  };
  expect(() => migrate(database, file, [...migrations, breaking])).toThrow('would break 1 references');
  expect(database.prepare('SELECT COUNT(*) AS n FROM sessions').get()).toEqual({ n: 0 });
  database.close();
});

test('a database of a newer Samecell is refused and left untouched', () => {
  const folder = temporaryFolder();
  openDatabase(folder).close();
  const file = join(folder, databaseName);
  const raw = new Database(file);
  raw.pragma(`user_version = ${migrations.length + 3}`);
  raw.pragma('wal_checkpoint(TRUNCATE)');
  raw.close();
  const before = readFileSync(file);
  const failure = thrownBy(() => openDatabase(folder));
  expect(failure).toMatchObject({ kind: 'storage.newer', details: { found: migrations.length + 3, known: migrations.length } });
  expect(failure.message).toContain(file);
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(existsSync(`${file}.before-${migrations.length}`)).toBe(false);
});

test('a data folder that is a file is named', () => {
  const path = join(temporaryFolder(), 'data');
  writeFileSync(path, 'not a folder');
  for (const folder of [path, join(path, 'below')]) {
    const failure = thrownBy(() => openDatabase(folder));
    expect(failure.kind).toBe('storage.unavailable');
    expect(failure.message).toContain(`The data folder ${folder} is a file`);
  }
  expect(readFileSync(path, 'utf8')).toBe('not a folder');
});

test('a database that is none, or a folder, is named', () => {
  const folder = temporaryFolder();
  const file = join(folder, databaseName);
  writeFileSync(file, 'x'.repeat(5000));
  const garbage = thrownBy(() => openDatabase(folder));
  expect(garbage).toMatchObject({ kind: 'storage.unavailable' });
  expect(garbage.message).toBe(`The file ${file} is no readable database. Move it away, or choose another data folder.`);
  expect(readFileSync(file, 'utf8')).toBe('x'.repeat(5000));

  const other = temporaryFolder();
  mkdirSync(join(other, databaseName));
  expect(thrownBy(() => openDatabase(other))).toMatchObject({ kind: 'storage.unavailable', details: { code: 'SQLITE_CANTOPEN' } });
});
