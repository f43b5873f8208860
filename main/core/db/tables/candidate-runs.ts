import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';

export interface CandidateRun {
  readonly sessionId: string;
  readonly request: unknown;
  readonly steps: readonly unknown[];
  readonly computed: readonly string[];
  readonly ms: number;
  readonly groups: readonly { readonly groupId: string; readonly templateDiff: number | null }[];
}

export interface CandidateRunSummary {
  readonly runId: string;
  readonly at: string;
  readonly request: { readonly preset?: string; readonly steps?: readonly string[] };
  readonly groupCount: number;
}

/** Searches for candidates and what each found. */
export function candidateRunsTable(database: Database, now: () => string) {
  const insert = database.prepare(
    'INSERT INTO candidate_runs (run_id, session_id, created_at, request, steps, computed, ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const insertGroup = database.prepare('INSERT INTO candidate_run_groups (run_id, position, group_id, template_diff) VALUES (?, ?, ?, ?)');
  const ofSession = database.prepare(
    `SELECT r.run_id AS runId, r.created_at AS at, r.request, (SELECT COUNT(*) FROM candidate_run_groups g WHERE g.run_id = r.run_id) AS groupCount
     FROM candidate_runs r WHERE r.session_id = ? ORDER BY r.seq`,
  );

  return {
    add(run: CandidateRun): string {
      const runId = randomUUID();
      insert.run(runId, run.sessionId, now(), JSON.stringify(run.request), JSON.stringify(run.steps), JSON.stringify(run.computed), run.ms);
      for (const [position, group] of run.groups.entries()) insertGroup.run(runId, position, group.groupId, group.templateDiff);
      return runId;
    },
    ofSession: (sessionId: string) =>
      (ofSession.all(sessionId) as (Omit<CandidateRunSummary, 'request'> & { request: string })[]).map(
        (row): CandidateRunSummary => ({ ...row, request: JSON.parse(row.request) }),
      ),
  };
}
