import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Answer, Ask, CallName } from '../../app/contract/calls.ts';
import type { Failure } from '../../app/failure.ts';
import { useClient } from './client-context.tsx';
import { askKey, useAsk } from './queries.ts';

const pageRows = 50;
/** Pages out of sight are kept this long, so that scrolling back asks nothing. */
const keepMs = 30_000;

/** A stretch of a list as the core answers: where it begins and how long the whole list is. */
export interface Stretch<Row> {
  readonly rows: readonly Row[];
  readonly from: number;
  readonly total: number;
}

export interface Pages<Row, Head> {
  readonly total: number;
  /** The answer that holds the first page. */
  readonly head: Head | undefined;
  /** The row at a place of the list, once its page is here. */
  rowAt(place: number): Row | undefined;
  /** Tells which places are on screen: their pages are asked for. */
  show(first: number, last: number): void;
  readonly error: Failure | null;
  retry(): void;
}

/** A list of any length of which only the pages on screen are ever here. Keep `stretchOf` the same between renders. */
export function usePages<Name extends CallName, Row>(
  name: Name,
  asked: (range: { readonly from: number; readonly count: number }) => Ask<Name>,
  stretchOf: (answer: Answer<Name>) => Stretch<Row>,
): Pages<Row, Answer<Name>> {
  const client = useClient();
  const [shown, setShown] = useState({ first: 0, last: 0 });
  const askedOf = (page: number) => asked({ from: page * pageRows, count: pageRows });
  const head = useAsk(name, askedOf(0), { keepPrevious: true });
  const total = head.data ? stretchOf(head.data).total : 0;
  const last = Math.min(shown.last, Math.max(0, Math.ceil(total / pageRows) - 1));
  const wanted = Array.from({ length: Math.max(0, last - shown.first + 1) }, (_, index) => shown.first + index).filter((page) => page > 0);
  const pages = useQueries({
    queries: wanted.map((page) => {
      const input = askedOf(page);
      return {
        queryKey: askKey(name, input),
        queryFn: ({ signal }: { signal: AbortSignal }) => client.ask(name, input, { signal }),
        gcTime: keepMs,
      };
    }),
    combine: (answers) => answers.map(({ data }) => data),
  });
  const rows = useMemo(() => {
    const all = new Map<number, Row>();
    for (const answer of [head.data, ...pages]) {
      if (!answer) continue;
      const stretch = stretchOf(answer);
      for (const [index, row] of stretch.rows.entries()) all.set(stretch.from + index, row);
    }
    return all;
  }, [head.data, pages, stretchOf]);
  const show = useCallback((from: number, to: number) => {
    const next = { first: Math.floor(from / pageRows), last: Math.floor(to / pageRows) };
    setShown((before) => (before.first === next.first && before.last === next.last ? before : next));
  }, []);
  const rowAt = useCallback((place: number) => rows.get(place), [rows]);
  return { total, head: head.data, rowAt, show, error: head.error, retry: () => void head.refetch() };
}
