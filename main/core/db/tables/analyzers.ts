import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';

export interface AnalyzerRow {
  readonly analyzerId: string;
  readonly folder: string;
  readonly name: string;
  readonly format: string;
  readonly fingerprint: string;
  readonly openedAt: string;
}

/** Folders that were opened, newest content known. One row per folder. */
export function analyzersTable(database: Database, now: () => string) {
  const columns = 'analyzer_id AS analyzerId, folder, name, format, fingerprint, opened_at AS openedAt';
  const upsert = database.prepare(
    `INSERT INTO analyzers (analyzer_id, folder, name, format, fingerprint, opened_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (folder) DO UPDATE SET name = excluded.name, format = excluded.format, fingerprint = excluded.fingerprint,
       opened_at = excluded.opened_at, forgotten = 0
     RETURNING analyzer_id AS analyzerId`,
  );
  const byId = database.prepare(['SELECT', columns, 'FROM analyzers WHERE analyzer_id = ?'].join(' '));
  const recent = database.prepare(
    ['SELECT', columns, 'FROM analyzers WHERE forgotten = 0 ORDER BY opened_at DESC, seq DESC LIMIT 50'].join(' '),
  );
  const forget = database.prepare('UPDATE analyzers SET forgotten = 1 WHERE analyzer_id = ?');

  return {
    /** Notes that the folder was opened now; its id comes back. */
    opened(folder: string, name: string, format: string, fingerprint: string): string {
      return (upsert.get(randomUUID(), folder, name, format, fingerprint, now()) as { analyzerId: string }).analyzerId;
    },
    byId: (analyzerId: string) => byId.get(analyzerId) as AnalyzerRow | undefined,
    recent: () => recent.all() as AnalyzerRow[],
    /** True where there was such an analyzer. */
    forget: (analyzerId: string) => forget.run(analyzerId).changes > 0,
  };
}
