import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../../main/core/db/open.ts';
import { createFlush, unflushed } from '../../../../main/core/db/unflushed.ts';
import { answer, planFor, storedSession } from '../support/stored-session.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('only the one write goes without waiting for the disk, also where it fails', () => {
  const { database } = storedSession([]);
  const level = () => database.pragma('synchronous', { simple: true });
  const [full, normal] = [2, 1];
  expect(level()).toBe(full);
  expect(unflushed(database, level)).toBe(normal);
  expect(level()).toBe(full);
  expect(() =>
    unflushed(database, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(level()).toBe(full);
  expect(database.transaction(() => unflushed(database, level))()).toBe(full);
});

test('a verdict that was flushed stands in the files as they are then', async () => {
  const { store, sessionId, groupIds, folder } = storedSession([[1, 2]]);
  const batchId = store.create(planFor(sessionId, groupIds));
  store.finish(store.claimNext(batchId)?.itemId ?? '', answer);
  await store.flush();
  const copy = temporaryFolder();
  for (const name of ['samecell.sqlite', 'samecell.sqlite-wal']) copyFileSync(join(folder, name), join(copy, name));
  const found = openDatabase(copy);
  expect(found.prepare('SELECT COUNT(*) AS count FROM verdicts').get()).toEqual({ count: 1 });
  found.close();
});

test('flushes asked for at the same time share one, and each sees its own write', async () => {
  const { database } = storedSession([]);
  const flush = createFlush(database);
  const first = flush();
  const later = [flush(), flush(), flush()];
  expect(new Set([first, ...later]).size).toBe(2);
  await Promise.all([first, ...later]);
  await flush();
});

test('a disk that fails is told', async () => {
  const { database } = storedSession([]);
  const gone = { name: join(temporaryFolder(), 'nowhere', 'x.sqlite') } as typeof database;
  const flush = createFlush(gone);
  const results = await Promise.allSettled([flush(), flush()]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
