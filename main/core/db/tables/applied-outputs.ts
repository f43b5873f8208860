import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { UnitId } from '../../../../app/analyzer/view.ts';

export interface AppliedOutput {
  readonly sessionId: string;
  readonly source: 'review' | 'verdicts' | 'file';
  readonly path: string;
  readonly files: readonly string[];
  readonly merged: readonly { readonly newUnitId: UnitId; readonly units: readonly UnitId[] }[];
  readonly unitCount: number;
}

/** What was written, and where. */
export function appliedOutputsTable(database: Database, now: () => string) {
  const insert = database.prepare(
    'INSERT INTO applied_outputs (output_id, session_id, source, path, files, merged, unit_count, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const ofSession = database.prepare(
    'SELECT path, merged, unit_count AS unitCount, created_at AS at FROM applied_outputs WHERE session_id = ? ORDER BY seq',
  );
  const last = database.prepare('SELECT path FROM applied_outputs WHERE session_id = ? ORDER BY seq DESC LIMIT 1');

  return {
    add(output: AppliedOutput): void {
      insert.run(
        randomUUID(),
        output.sessionId,
        output.source,
        output.path,
        JSON.stringify(output.files),
        JSON.stringify(output.merged),
        output.unitCount,
        now(),
      );
    },
    ofSession: (sessionId: string) =>
      (ofSession.all(sessionId) as { path: string; merged: string; unitCount: number; at: string }[]).map((row) => ({
        path: row.path,
        at: row.at,
        unitCount: row.unitCount,
        mergedCount: (JSON.parse(row.merged) as unknown[]).length,
      })),
    lastPath: (sessionId: string) => (last.get(sessionId) as { path: string } | undefined)?.path,
  };
}
