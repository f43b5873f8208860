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
  const byId = database.prepare('SELECT path, merged, unit_count AS unitCount FROM applied_outputs WHERE output_id = ?');
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
    byId(outputId: string): { path: string; unitCount: number; mergedCount: number } | undefined {
      const row = byId.get(outputId) as { path: string; merged: string; unitCount: number } | undefined;
      return row && { path: row.path, unitCount: row.unitCount, mergedCount: (JSON.parse(row.merged) as unknown[]).length };
    },
    lastPath: (sessionId: string) => (last.get(sessionId) as { path: string } | undefined)?.path,
  };
}
