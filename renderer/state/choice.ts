import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Answer, Ask, GroupRow } from '../../app/contract/calls.ts';
import { useAct } from './queries.ts';

/** Ticks groups or takes ticks off; what is on screen follows at once, the core's word a moment later. */
export function useChoice(sessionId: string) {
  const queries = useQueryClient();
  const { act } = useAct('group.choose');
  const choose = useCallback((change: Omit<Ask<'group.choose'>, 'sessionId'>) => act({ sessionId, ...change }), [act, sessionId]);
  const tick = useCallback(
    (row: GroupRow) => {
      const chosen = !row.chosen;
      queries.setQueriesData<Answer<'group.list'>>({ queryKey: ['group.list'] }, (old) => {
        if (!old?.groups.some(({ groupId }) => groupId === row.groupId)) return old;
        return { ...old, groups: old.groups.map((one) => (one.groupId === row.groupId ? { ...one, chosen } : one)) };
      });
      void choose({ change: chosen ? 'add' : 'drop', groupIds: [row.groupId] });
    },
    [queries, choose],
  );
  return { choose, tick };
}
