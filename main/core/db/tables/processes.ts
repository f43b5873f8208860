import { hostname } from 'node:os';
import type { Database } from 'better-sqlite3';

interface ProcessRow {
  readonly pid: number;
  readonly host: string;
  readonly seenAt: string;
  readonly closedAt: string | null;
}

/** A process on another machine (shared disk) that was not seen for this long counts as gone. */
const unseenMs = 120_000;

/** Which processes have the database open, so that nobody takes over a run that another one is still at. */
export function processesTable(database: Database, now: () => string) {
  const insert = database.prepare('INSERT INTO processes (process_id, pid, host, started_at, seen_at) VALUES (?, ?, ?, ?, ?)');
  const see = database.prepare('UPDATE processes SET seen_at = ? WHERE process_id = ?');
  const close = database.prepare('UPDATE processes SET closed_at = ? WHERE process_id = ?');
  const byId = database.prepare('SELECT pid, host, seen_at AS seenAt, closed_at AS closedAt FROM processes WHERE process_id = ?');

  return {
    open(processId: string): void {
      const at = now();
      insert.run(processId, process.pid, hostname(), at, at);
    },
    seen(processId: string): void {
      see.run(now(), processId);
    },
    close(processId: string): void {
      close.run(now(), processId);
    },
    isAlive(processId: string): boolean {
      const row = byId.get(processId) as ProcessRow | undefined;
      if (!row || row.closedAt !== null) return false;
      if (row.host !== hostname()) return Date.parse(now()) - Date.parse(row.seenAt) < unseenMs;
      return isRunning(row.pid);
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
