import type { Database } from 'better-sqlite3';
import type { GroupOrigin } from './groups.ts';

export interface GroupSource {
  readonly origin: GroupOrigin;
  /** The preset, pipeline or file it came from; empty where it has no name. */
  readonly name: string;
  /** What the source itself gave for it. */
  readonly score: number | null;
  /** What else it gave, by its own names. */
  readonly scores?: Readonly<Record<string, number>>;
}

type StoredSource = Omit<GroupSource, 'scores'> & { readonly groupId: string; readonly scores: string | null };

/** Where each group came from, newest first; a group can have several. The newest score of a source stands. */
export function groupSourcesTable(database: Database, now: () => string) {
  const insert = database.prepare(
    `INSERT INTO group_sources (group_id, origin, name, score, scores, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (group_id, origin, name) DO UPDATE SET score = excluded.score, scores = excluded.scores, created_at = excluded.created_at`,
  );
  const ofSession = database.prepare(
    `SELECT s.group_id AS groupId, s.origin, s.name, s.score, s.scores FROM group_sources s JOIN groups g ON g.group_id = s.group_id
     WHERE g.session_id = ? ORDER BY s.created_at DESC, s.seq DESC`,
  );
  const ofGroup = database.prepare(
    'SELECT origin, name, score, scores FROM group_sources WHERE group_id = ? ORDER BY created_at DESC, seq DESC',
  );
  return {
    ofGroup: (groupId: string): GroupSource[] => (ofGroup.all(groupId) as Omit<StoredSource, 'groupId'>[]).map(sourceOf),
    add(groupId: string, { origin, name, score, scores }: GroupSource): void {
      insert.run(groupId, origin, name, score, scores ? JSON.stringify(scores) : null, now());
    },
    ofSession(sessionId: string): Map<string, GroupSource[]> {
      const sources = new Map<string, GroupSource[]>();
      for (const { groupId, ...stored } of ofSession.all(sessionId) as StoredSource[]) {
        const source = sourceOf(stored);
        const known = sources.get(groupId);
        if (known) known.push(source);
        else sources.set(groupId, [source]);
      }
      return sources;
    },
  };
}

function sourceOf({ scores, ...said }: Omit<StoredSource, 'groupId'>): GroupSource {
  return scores === null ? said : { ...said, scores: JSON.parse(scores) };
}
