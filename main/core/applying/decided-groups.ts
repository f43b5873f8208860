import type { DecidedGroup } from '../../../app/curation/decided-group.ts';
import type { ResultRow } from '../../../app/curation/results-csv.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';

/** The session's list as merging sees it: letters of a verdict's cells become unit ids. */
export function decidedGroups({ tables, lists }: Pick<Core, 'tables' | 'lists'>, sessionId: string): DecidedGroup[] {
  const newest = tables.verdicts.newestBySession(sessionId);
  const { groups, decisions } = lists.of(sessionId);
  return groups.map(({ groupId, units, decision = null }): DecidedGroup => {
    const note = decisions.notes.get(groupId) ?? '';
    const verdict = newest.get(groupId);
    if (!verdict) return { units, decision, note, verdict: null };
    const labels = groupLabels(units.length);
    const cells = verdict.cells?.map((cell) => cell.map((label) => units[labels.indexOf(label)]));
    return { units, decision, note, verdict: { ...verdict, cells } };
  });
}

/** The session's list as the results table, numbered in list order. */
export function resultRows({ tables, lists }: Pick<Core, 'tables' | 'lists'>, sessionId: string): ResultRow[] {
  const { groups, decisions } = lists.of(sessionId);
  return groups.map(({ groupId, units, decision, decidedAt, verdictCount }, index) => ({
    groupId: index,
    units,
    decision: decision ?? null,
    decidedAt: decidedAt ?? null,
    note: decisions.notes.get(groupId) ?? '',
    verdict: verdictCount > 0 ? (tables.verdicts.ofGroup(groupId)[0] ?? null) : null,
  }));
}
