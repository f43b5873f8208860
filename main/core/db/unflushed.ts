import type { Database } from 'better-sqlite3';

/**
 * Writes without waiting for the disk: there after a crash of the process, maybe not after a power cut, and always before
 * what is committed later. Only for what a restart makes good by itself. Inside a transaction it is part of that.
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
