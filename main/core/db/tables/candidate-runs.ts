import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { CandidateRequest, StepReport } from '../../../../app/candidates/run.ts';

export interface CandidateRun {
  readonly sessionId: string;
  readonly request: unknown;
  readonly steps: readonly unknown[];
  readonly computed: readonly string[];
  readonly ms: number;
  readonly groups: readonly { readonly groupId: string; readonly templateDiff: number | null }[];
}

/** A run as it was asked and what it reported. */
export interface StoredRun {
  readonly runId: string;
  readonly sessionId: string;
  readonly at: string;
  readonly request: CandidateRequest & { readonly pipeline?: string | undefined };
  readonly steps: readonly StepReport[];
  readonly computed: readonly string[];
  readonly ms: number;
  readonly groupCount: number;
}

interface RawColumns {
  request: string;
  steps: string;
  computed: string;
}

/** Searches for candidates and what each found. */
export function candidateRunsTable(database: Database, now: () => string) {
  const insert = database.prepare(
    'INSERT INTO candidate_runs (run_id, session_id, created_at, request, steps, computed, ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const insertGroup = database.prepare('INSERT INTO candidate_run_groups (run_id, position, group_id, template_diff) VALUES (?, ?, ?, ?)');
  const byId = database.prepare(
    `SELECT run_id AS runId, session_id AS sessionId, created_at AS at, request, steps, computed, ms FROM candidate_runs WHERE run_id = ?`,
  );
  const newest = database.prepare('SELECT run_id AS runId FROM candidate_runs WHERE session_id = ? ORDER BY seq DESC LIMIT 1');
  const groupCount = database.prepare('SELECT COUNT(*) AS count FROM candidate_run_groups WHERE run_id = ?');

  const groupIds = database.prepare('SELECT group_id AS groupId FROM candidate_run_groups WHERE run_id = ? ORDER BY position');

  const read = (runId: string): StoredRun | undefined => {
    const raw = byId.get(runId) as (Omit<StoredRun, 'request' | 'steps' | 'computed' | 'groupCount'> & RawColumns) | undefined;
    if (!raw) return undefined;
    const { count } = groupCount.get(runId) as { count: number };
    return {
      ...raw,
      request: JSON.parse(raw.request),
      steps: JSON.parse(raw.steps),
      computed: JSON.parse(raw.computed),
      groupCount: count,
    };
  };

  return {
    byId: read,
    /** What a search found, in its order. */
    groupIds: (runId: string) => (groupIds.all(runId) as { groupId: string }[]).map((row) => row.groupId),
    newestOf(sessionId: string): StoredRun | undefined {
      const row = newest.get(sessionId) as { runId: string } | undefined;
      return row && read(row.runId);
    },
    add(run: CandidateRun): string {
      const runId = randomUUID();
      insert.run(runId, run.sessionId, now(), JSON.stringify(run.request), JSON.stringify(run.steps), JSON.stringify(run.computed), run.ms);
      for (const [position, group] of run.groups.entries()) insertGroup.run(runId, position, group.groupId, group.templateDiff);
      return runId;
    },
  };
}
