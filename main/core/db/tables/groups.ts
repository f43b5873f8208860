import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { UnitId } from '../../../../app/analyzer/view.ts';

export type GroupOrigin = 'search' | 'hand' | 'import';

export interface GroupRecord {
  readonly groupId: string;
  readonly sessionId: string;
  /** In the analyzer's unit order; 12 and "12" are different ids. */
  readonly units: readonly UnitId[];
  readonly spikeCounts: readonly number[];
  readonly origin: GroupOrigin;
  readonly templateDiff: number | null;
  readonly listed: boolean;
  /** Its place in the list; of two with the same, the one with the smaller `seq` comes first. */
  readonly position: number;
  readonly seq: number;
}

export interface NewGroup {
  readonly units: readonly UnitId[];
  readonly spikeCounts: readonly number[];
  readonly templateDiff: number | null;
}

interface Raw {
  groupId: string;
  sessionId: string;
  units: string;
  spikeCounts: string;
  origin: GroupOrigin;
  templateDiff: number | null;
  listed: number;
  position: number;
  seq: number;
}

/** Groups of units a session has seen. A group is never deleted, only taken off the list. */
export function groupsTable(database: Database, now: () => string) {
  const select = `SELECT group_id AS groupId, session_id AS sessionId, units, spike_counts AS spikeCounts, origin, template_diff AS templateDiff, listed, position, seq
    FROM groups`;
  const byId = database.prepare([select, 'WHERE group_id = ?'].join(' '));
  const byUnits = database.prepare([select, 'WHERE session_id = ? AND units = ?'].join(' '));
  const listed = database.prepare([select, 'WHERE session_id = ? AND listed = 1 ORDER BY position, seq'].join(' '));
  const all = database.prepare([select, 'WHERE session_id = ? ORDER BY position, seq'].join(' '));
  const listedIds = database.prepare('SELECT group_id AS groupId FROM groups WHERE session_id = ? AND listed = 1');
  const changedSince = database.prepare([select, 'WHERE revision > ? AND session_id = ? ORDER BY position, seq'].join(' '));
  const newestRevision = database.prepare('SELECT COALESCE(MAX(revision), 0) AS newest FROM groups');
  const insert = database.prepare(
    `INSERT INTO groups (group_id, session_id, units, spike_counts, origin, template_diff, position, created_at, revision)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(revision), 0) + 1 FROM groups))`,
  );
  const relist = database.prepare(
    `UPDATE groups SET listed = 1, position = ?, template_diff = COALESCE(?, template_diff), revision = (SELECT MAX(revision) + 1 FROM groups)
     WHERE group_id = ?`,
  );
  const unlist = database.prepare('UPDATE groups SET listed = 0, revision = (SELECT MAX(revision) + 1 FROM groups) WHERE group_id = ?');
  const lastPosition = database.prepare('SELECT COALESCE(MAX(position), -1) AS position FROM groups WHERE session_id = ?');
  const isTouched = database.prepare(
    `SELECT EXISTS (SELECT 1 FROM decision_events WHERE group_id = @id) OR EXISTS (SELECT 1 FROM verdicts WHERE group_id = @id)
       OR EXISTS (SELECT 1 FROM examples WHERE group_id = @id)
       OR EXISTS (SELECT 1 FROM batch_items i JOIN batches b ON b.batch_id = i.batch_id
                  WHERE i.group_id = @id AND i.state IN ('planned', 'running') AND b.state IN ('running', 'paused')) AS touched`,
  );
  const unlistUntouched = database.prepare(
    `UPDATE groups SET listed = 0, revision = (SELECT MAX(revision) + 1 FROM groups) WHERE session_id = @session AND listed = 1 AND origin = 'search'
       AND NOT EXISTS (SELECT 1 FROM group_sources s WHERE s.group_id = groups.group_id AND s.origin <> 'search')
       AND NOT EXISTS (SELECT 1 FROM decision_events d WHERE d.group_id = groups.group_id)
       AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.group_id = groups.group_id)
       AND NOT EXISTS (SELECT 1 FROM examples e WHERE e.group_id = groups.group_id)
       AND NOT EXISTS (SELECT 1 FROM batch_items i JOIN batches b ON b.batch_id = i.batch_id
                       WHERE i.group_id = groups.group_id AND i.state IN ('planned', 'running') AND b.state IN ('running', 'paused'))`,
  );

  const put = (sessionId: string, group: NewGroup, origin: GroupOrigin, position: number): string => {
    const units = JSON.stringify(group.units);
    const known = byUnits.get(sessionId, units) as Raw | undefined;
    if (known) {
      relist.run(position, group.templateDiff, known.groupId);
      return known.groupId;
    }
    const groupId = randomUUID();
    insert.run(groupId, sessionId, units, JSON.stringify(group.spikeCounts), origin, group.templateDiff, position, now());
    return groupId;
  };

  const nextPosition = (sessionId: string): number => (lastPosition.get(sessionId) as { position: number }).position + 1;

  return {
    byId(groupId: string): GroupRecord | undefined {
      const raw = byId.get(groupId) as Raw | undefined;
      return raw && record(raw);
    },
    byUnits(sessionId: string, units: readonly UnitId[]): GroupRecord | undefined {
      const raw = byUnits.get(sessionId, JSON.stringify(units)) as Raw | undefined;
      return raw && record(raw);
    },
    /** On the list, in the order of the newest search, hand-made ones where they were added. */
    listed: (sessionId: string) => (listed.all(sessionId) as Raw[]).map(record),
    listedIds: (sessionId: string) => (listedIds.all(sessionId) as { groupId: string }[]).map((row) => row.groupId),
    all: (sessionId: string) => (all.all(sessionId) as Raw[]).map(record),
    /** The number of the newest change of any group of any session: in its row, sources, verdicts, failures or examples. */
    newestRevision: () => (newestRevision.get() as { newest: number }).newest,
    /** Groups of the session, listed or not, that changed after that revision. */
    changedSince: (sessionId: string, revision: number) => (changedSince.all(revision, sessionId) as Raw[]).map(record),
    /** Puts one at the end of the list (or back on it); its id comes back. */
    add(sessionId: string, group: NewGroup, origin: GroupOrigin): string {
      return put(sessionId, group, origin, nextPosition(sessionId));
    },
    /** The place after the last one; for many groups ask once and count on. */
    nextPosition,
    /** Puts one at a place of the list. */
    place: put,
    /** Somebody decided, judged or kept it as an example, or a run is going to ask about it. */
    isTouched: (groupId: string) => (isTouched.get({ id: groupId }) as { touched: number }).touched === 1,
    unlist(groupId: string): void {
      unlist.run(groupId);
    },
    /** Before a new search: earlier findings nobody touched leave the list. */
    unlistUntouched(sessionId: string): void {
      unlistUntouched.run({ session: sessionId });
    },
  };
}

function record(raw: Raw): GroupRecord {
  return { ...raw, units: JSON.parse(raw.units), spikeCounts: JSON.parse(raw.spikeCounts), listed: raw.listed === 1 };
}
