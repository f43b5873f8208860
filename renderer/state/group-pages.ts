import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Answer, Ask, GroupRow } from '../../app/contract/calls.ts';
import type { GroupView } from '../../app/contract/group-view.ts';
import type { Failure } from '../../app/failure.ts';
import { useClient } from './client-context.tsx';
import { askKey, useAsk } from './queries.ts';

const pageRows = 50;
/** Pages out of sight are kept this long, so that scrolling back asks nothing. */
const keepMs = 30_000;
const noNumbers: readonly string[] = [];

export interface GroupPages {
  readonly total: number;
  /** Nothing before the first answer. */
  readonly counts: Answer<'group.list'>['counts'] | undefined;
  /** The group at a place of the view, once its page is here. */
  rowAt(place: number): GroupRow | undefined;
  /** Tells which places are on screen: their pages are asked for. */
  show(first: number, last: number): void;
  readonly error: Failure | null;
  retry(): void;
}

/** A session's list as a view shows it; of a hundred thousand groups only the pages on screen are ever here. */
export function useGroupPages(sessionId: string, view: GroupView, numbers = noNumbers): GroupPages {
  const client = useClient();
  const [shown, setShown] = useState({ first: 0, last: 0 });
  const asked = (page: number): Ask<'group.list'> => ({
    sessionId,
    view,
    from: page * pageRows,
    count: pageRows,
    ...(numbers.length > 0 ? { numbers: [...numbers] } : {}),
  });
  const head = useAsk('group.list', asked(0), { keepPrevious: true });
  const last = Math.min(shown.last, Math.max(0, Math.ceil((head.data?.total ?? 0) / pageRows) - 1));
  const wanted = Array.from({ length: Math.max(0, last - shown.first + 1) }, (_, index) => shown.first + index).filter((page) => page > 0);
  const pages = useQueries({
    queries: wanted.map((page) => {
      const input = asked(page);
      return {
        queryKey: askKey('group.list', input),
        queryFn: ({ signal }: { signal: AbortSignal }) => client.ask('group.list', input, { signal }),
        gcTime: keepMs,
      };
    }),
    combine: (answers) => answers.map(({ data }) => data),
  });
  const rows = useMemo(() => {
    const all = new Map<number, GroupRow>();
    for (const answer of [head.data, ...pages])
      for (const [index, group] of (answer?.groups ?? []).entries()) all.set((answer?.from ?? 0) + index, group);
    return all;
  }, [head.data, pages]);
  const show = useCallback((from: number, to: number) => {
    const next = { first: Math.floor(from / pageRows), last: Math.floor(to / pageRows) };
    setShown((before) => (before.first === next.first && before.last === next.last ? before : next));
  }, []);
  const rowAt = useCallback((place: number) => rows.get(place), [rows]);
  return { total: head.data?.total ?? 0, counts: head.data?.counts, rowAt, show, error: head.error, retry: () => void head.refetch() };
}
