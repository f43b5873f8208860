import { open } from 'node:fs/promises';
import type { Database } from 'better-sqlite3';
import { inCommon } from '../in-common.ts';

/**
 * Commits without holding this thread up for the disk: there after a crash of the process, and after a power cut once a
 * `flush` or any ordinary commit has followed. Inside a transaction it is part of that.
 */
export function unflushed<Result>(database: Database, write: () => Result): Result {
  if (database.inTransaction) return write();
  database.pragma('synchronous = NORMAL');
  try {
    return write();
  } finally {
    database.pragma('synchronous = FULL');
  }
}

/**
 * Brings to the disk what was committed until now, beside this thread. What is asked for while one is under way shares the
 * next. Rejects with what the disk says.
 */
export function createFlush(database: Database): () => Promise<void> {
  return inCommon(async () => {
    // SQLite holds no lock on this file, so that closing it here lets go of none.
    const handle = await open(`${database.name}-wal`, 'r+');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  });
}
