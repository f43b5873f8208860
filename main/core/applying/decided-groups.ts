import type { DecidedGroup } from '../../../app/curation/decided-group.ts';
import type { ResultRow } from '../../../app/curation/results-csv.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { groupRows } from '../sessions/group-rows.ts';

/** The session's list as merging sees it: letters of a verdict's cells become unit ids. */
export function decidedGroups(core: Pick<Core, 'tables'>, sessionId: string): DecidedGroup[] {
  const newest = core.tables.verdicts.newestBySession(sessionId);
  return groupRows(core, sessionId).map(({ groupId, units, decision, note, verdict }): DecidedGroup => {
    if (!verdict) return { units, decision, note, verdict: null };
    const labels = groupLabels(units.length);
    const cells = newest.get(groupId)?.cells?.map((cell) => cell.map((label) => units[labels.indexOf(label)]));
    return { units, decision, note, verdict: cells ? { ...verdict, cells } : verdict };
  });
}

/** The session's list as the results table, numbered in list order. */
export function resultRows(core: Pick<Core, 'tables'>, sessionId: string): ResultRow[] {
  return groupRows(core, sessionId).map(({ groupId, units, decision, decidedAt, note }, index) => ({
    groupId: index,
    units,
    decision,
    decidedAt,
    note,
    verdict: core.tables.verdicts.ofGroup(groupId)[0] ?? null,
  }));
}
