import type { Database } from 'better-sqlite3';

/** One step of the database's form. Shipped ones are never changed, renumbered or removed. */
export interface Migration {
  /** `user_version` after it; the first is 1, without gaps. */
  readonly version: number;
  readonly what: string;
  /** Runs inside a transaction with foreign keys off; they are checked before it is committed. */
  up(database: Database): void;
}
