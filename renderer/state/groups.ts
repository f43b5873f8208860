import { useMemo } from 'react';
import type { GroupRow } from '../../app/contract/calls.ts';
import { useAsk } from './queries.ts';

/** The group without its verdict where the review is blind and the person has not decided yet. */
export function asShown(group: GroupRow, blind: boolean): GroupRow {
  return blind && group.decision === null && group.verdict !== null ? { ...group, verdict: null } : group;
}

/** The groups of a session as a person may see them: in a blind review no verdict before the decision. */
export function useGroups(sessionId: string) {
  const answer = useAsk('group.list', { sessionId });
  const blind = useAsk('settings.get', {}).data?.hideVerdictUntilDecided ?? false;
  const all = answer.data?.groups;
  const data = useMemo(() => all && { groups: all.map((group) => asShown(group, blind)) }, [all, blind]);
  return { data, error: answer.error, refetch: answer.refetch };
}

/** A person decided otherwise than the newest verdict says. */
export function isDisputed(group: GroupRow): boolean {
  return group.decision !== null && group.verdict !== null && group.decision !== group.verdict.verdict;
}
