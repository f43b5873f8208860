import type { Database } from 'better-sqlite3';
import type { VerdictWord } from '../../../../app/contract/verdict.ts';

export interface DecisionEvent {
  readonly seq: number;
  readonly sessionId: string;
  readonly groupId: string;
  readonly kind: 'decide' | 'undo' | 'redo' | 'note';
  readonly decision: VerdictWord | null;
  readonly note: string | null;
  readonly targetSeq: number | null;
  readonly reviewer: string;
  readonly at: string;
}

export interface NewDecisionEvent {
  readonly sessionId: string;
  readonly groupId: string;
  readonly kind: DecisionEvent['kind'];
  readonly decision?: VerdictWord;
  readonly note?: string;
  readonly targetSeq?: number;
  readonly shownAt?: string | undefined;
  readonly sawVerdict?: boolean | undefined;
  /** The verdict that stood beside the group when the person decided. */
  readonly verdictId?: string | undefined;
  readonly reviewer: string;
}

/** What a person decided, took back and wrote, in order. Rows are only ever added; the database refuses anything else. */
export function decisionEventsTable(database: Database, now: () => string) {
  const insert = database.prepare(
    `INSERT INTO decision_events (session_id, group_id, kind, decision, note, target_seq, shown_at, saw_verdict, verdict_id, reviewer, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofSession = database.prepare(
    `SELECT seq, session_id AS sessionId, group_id AS groupId, kind, decision, note, target_seq AS targetSeq, reviewer, at
     FROM decision_events WHERE session_id = ? ORDER BY seq`,
  );

  const bySeq = database.prepare(
    `SELECT seq, session_id AS sessionId, group_id AS groupId, kind, decision, note, target_seq AS targetSeq, reviewer, at
     FROM decision_events WHERE seq = ?`,
  );
  const after = database.prepare(
    `SELECT seq, session_id AS sessionId, group_id AS groupId, kind, decision, note, target_seq AS targetSeq, reviewer, at
     FROM decision_events WHERE session_id = ? AND seq > ? ORDER BY seq`,
  );

  return {
    add(event: NewDecisionEvent): number {
      const { lastInsertRowid } = insert.run(
        event.sessionId,
        event.groupId,
        event.kind,
        event.decision ?? null,
        event.note ?? null,
        event.targetSeq ?? null,
        event.shownAt ?? null,
        event.sawVerdict === undefined ? null : Number(event.sawVerdict),
        event.verdictId ?? null,
        event.reviewer,
        now(),
      );
      return Number(lastInsertRowid);
    },
    bySeq: (seq: number) => bySeq.get(seq) as DecisionEvent | undefined,
    /** Those of the session after that one. */
    after: (sessionId: string, seq: number) => after.all(sessionId, seq) as DecisionEvent[],
    ofSession: (sessionId: string) => ofSession.all(sessionId) as DecisionEvent[],
  };
}
