import type { Database } from 'better-sqlite3';

/** Something that happened in a session, and the row that says what. */
export interface SessionEvent {
  readonly kind: 'began' | 'search' | 'batch' | 'decision' | 'output';
  readonly at: string;
  /** The session, run, batch, group or output it is about. */
  readonly id: string;
  /** Of its row in its own table. */
  readonly seq: number;
}

/** What happened in sessions, of all tables together, newest first. */
export function sessionEventsTable(database: Database) {
  // Of what has the same time, the later kind of this list came later.
  const events = `SELECT 0 AS rank, 'began' AS kind, created_at AS at, session_id AS id, seq FROM sessions WHERE session_id = @session
    UNION ALL SELECT 1, 'search', created_at, run_id, seq FROM candidate_runs WHERE session_id = @session
    UNION ALL SELECT 2, 'batch', created_at, batch_id, seq FROM batches WHERE session_id = @session
    UNION ALL SELECT 3, 'decision', at, group_id, seq FROM decision_events WHERE session_id = @session
    UNION ALL SELECT 4, 'output', created_at, output_id, seq FROM applied_outputs WHERE session_id = @session`;
  const page = database.prepare(
    ['SELECT kind, at, id, seq FROM (', events, ') ORDER BY at DESC, rank DESC, seq DESC LIMIT @count OFFSET @from'].join(' '),
  );
  const total = database.prepare(['SELECT COUNT(*) FROM (', events, ')'].join(' ')).pluck();
  return {
    page: (session: string, range: { readonly from: number; readonly count: number }) => page.all({ session, ...range }) as SessionEvent[],
    total: (session: string) => total.get({ session }) as number,
  };
}
