import type { Database } from 'better-sqlite3';

export interface RequestRecord {
  readonly judge: string;
  readonly host: string;
  readonly method: string;
  readonly sentBytes: number;
  /** HTTP status, or `null` where no answer came. */
  readonly status: number | null;
  readonly ms: number;
}

/** What left this machine. */
export function requestsTable(database: Database, now: () => string) {
  const insert = database.prepare('INSERT INTO requests (at, judge, host, method, sent_bytes, status, ms) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const summary = database.prepare(
    'SELECT host, COUNT(*) AS requestCount, SUM(sent_bytes) AS sentBytes FROM requests GROUP BY host ORDER BY host',
  );
  return {
    add(request: RequestRecord): void {
      insert.run(now(), request.judge, request.host, request.method, request.sentBytes, request.status, request.ms);
    },
    byHost: () => summary.all() as { host: string; requestCount: number; sentBytes: number }[],
  };
}
