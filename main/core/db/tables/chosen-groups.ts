import type { Database } from 'better-sqlite3';

/** Groups that a person ticked, by their `seq`. The revision of a session grows with each change, whichever process makes it. */
export function chosenGroupsTable(database: Database) {
  const revision = database.prepare('SELECT revision FROM chosen_groups WHERE session_id = ?').pluck();
  const seqs = database.prepare('SELECT seqs FROM chosen_groups WHERE session_id = ?').pluck();
  const put = database
    .prepare(
      `INSERT INTO chosen_groups (session_id, seqs, revision) VALUES (?, ?, 1)
       ON CONFLICT (session_id) DO UPDATE SET seqs = excluded.seqs, revision = revision + 1 RETURNING revision`,
    )
    .pluck();
  return {
    /** 0 where nothing was ever ticked. */
    revisionOf: (sessionId: string) => (revision.get(sessionId) as number | undefined) ?? 0,
    of(sessionId: string): ReadonlySet<number> {
      const bytes = seqs.get(sessionId) as Buffer | undefined;
      const found = new Set<number>();
      for (let at = 0; bytes && at + 4 <= bytes.length; at += 4) found.add(bytes.readUInt32LE(at));
      return found;
    },
    /** Takes the place of what was ticked before; the new revision comes back. */
    put(sessionId: string, chosen: readonly number[]): number {
      const bytes = Buffer.alloc(4 * chosen.length);
      [...chosen].sort((a, b) => a - b).forEach((seq, index) => void bytes.writeUInt32LE(seq, 4 * index));
      return put.get(sessionId, bytes) as number;
    },
  };
}
