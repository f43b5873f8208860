import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';

export interface SessionRow {
  readonly sessionId: string;
  readonly analyzerId: string;
  readonly analyzerName: string;
  readonly folder: string;
  readonly fingerprint: string;
  readonly title: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly shownGroupId: string | null;
}

export interface SessionCounts {
  readonly groupCount: number;
  readonly verdictCount: number;
  readonly appliedCount: number;
}

/** Work on one state of one analyzer. */
export function sessionsTable(database: Database, now: () => string) {
  const select = `SELECT s.session_id AS sessionId, s.analyzer_id AS analyzerId, a.name AS analyzerName, a.folder, s.fingerprint, s.title,
      s.created_at AS createdAt, s.updated_at AS updatedAt, s.shown_group_id AS shownGroupId
    FROM sessions s JOIN analyzers a ON a.analyzer_id = s.analyzer_id`;
  const insert = database.prepare(
    'INSERT INTO sessions (session_id, analyzer_id, fingerprint, title, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const byId = database.prepare([select, 'WHERE s.session_id = ?'].join(' '));
  const list = database.prepare([select, 'WHERE s.archived_at IS NULL ORDER BY s.updated_at DESC, s.seq DESC'].join(' '));
  const newestOf = database.prepare(
    [select, 'WHERE s.analyzer_id = ? AND s.fingerprint = ? AND s.archived_at IS NULL ORDER BY s.seq DESC LIMIT 1'].join(' '),
  );
  const newestOfAnyContent = database.prepare([select, 'WHERE s.analyzer_id = ? ORDER BY s.seq DESC LIMIT 1'].join(' '));
  const withFingerprint = database.prepare([select, 'WHERE s.fingerprint = ? AND s.archived_at IS NULL ORDER BY s.seq DESC'].join(' '));
  const move = database.prepare('UPDATE sessions SET analyzer_id = ? WHERE session_id = ?');
  const rename = database.prepare('UPDATE sessions SET title = ?, updated_at = ? WHERE session_id = ?');
  const archive = database.prepare('UPDATE sessions SET archived_at = ? WHERE session_id = ?');
  const touch = database.prepare('UPDATE sessions SET updated_at = ? WHERE session_id = ?');
  const show = database.prepare('UPDATE sessions SET shown_group_id = ? WHERE session_id = ?');
  const counts = database.prepare(
    `SELECT (SELECT COUNT(*) FROM groups WHERE session_id = @id AND listed = 1) AS groupCount,
       (SELECT COUNT(*) FROM verdicts WHERE session_id = @id) AS verdictCount,
       (SELECT COUNT(*) FROM applied_outputs WHERE session_id = @id) AS appliedCount`,
  );

  return {
    create(analyzerId: string, fingerprint: string, title: string): string {
      const sessionId = randomUUID();
      const at = now();
      insert.run(sessionId, analyzerId, fingerprint, title, at, at);
      return sessionId;
    },
    byId: (sessionId: string) => byId.get(sessionId) as SessionRow | undefined,
    /** Those not archived, newest work first. */
    list: () => list.all() as SessionRow[],
    /** The newest one of this analyzer and content. */
    newestOf: (analyzerId: string, fingerprint: string) => newestOf.get(analyzerId, fingerprint) as SessionRow | undefined,
    /** The newest one of this analyzer, whatever its content was then, archived or not. */
    newestOfAnyContent: (analyzerId: string) => newestOfAnyContent.get(analyzerId) as SessionRow | undefined,
    /** All with this content, wherever the folder was, newest first. */
    withFingerprint: (fingerprint: string) => withFingerprint.all(fingerprint) as SessionRow[],
    /** The folder was moved: the session goes along. */
    moveTo(sessionId: string, analyzerId: string): void {
      move.run(analyzerId, sessionId);
    },
    rename(sessionId: string, title: string): void {
      rename.run(title, now(), sessionId);
    },
    archive(sessionId: string): void {
      archive.run(now(), sessionId);
    },
    touch(sessionId: string): void {
      touch.run(now(), sessionId);
    },
    show(sessionId: string, groupId: string | null): void {
      show.run(groupId, sessionId);
    },
    counts: (sessionId: string) => counts.get({ id: sessionId }) as SessionCounts,
  };
}
