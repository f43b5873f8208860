import type { Database } from 'better-sqlite3';
import { unflushed } from '../unflushed.ts';

export interface RequestRecord {
  readonly judge: string;
  /** `null` where no model was named, such as for a list of models. */
  readonly model: string | null;
  readonly host: string;
  readonly method: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** HTTP status, or `null` where no answer came. */
  readonly status: number | null;
  /** Kind of failure where no answer came. */
  readonly failure: string | null;
  readonly ms: number;
}

/** What left this machine. */
export function requestsTable(database: Database, now: () => string) {
  const insert = database.prepare(
    'INSERT INTO requests (at, judge, model, host, method, sent_bytes, received_bytes, status, failure, ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const summary = database.prepare(
    'SELECT host, COUNT(*) AS requestCount, SUM(sent_bytes) AS sentBytes FROM requests GROUP BY host ORDER BY host',
  );
  const newest = database.prepare(
    `SELECT at, judge, model, host, method, sent_bytes AS sentBytes, COALESCE(received_bytes, 0) AS receivedBytes, status, failure, ms
     FROM requests ORDER BY seq DESC LIMIT ?`,
  );
  return {
    add(request: RequestRecord): void {
      const { judge, model, host, method, sentBytes, receivedBytes, status, failure, ms } = request;
      unflushed(database, () => insert.run(now(), judge, model, host, method, sentBytes, receivedBytes, status, failure, ms));
    },
    byHost: () => summary.all() as { host: string; requestCount: number; sentBytes: number }[],
    /** Newest first. */
    newest: (limit: number) => newest.all(limit) as (RequestRecord & { at: string })[],
  };
}
