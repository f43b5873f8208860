import { keepPreviousData, type QueryClient, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, Ask, CallName } from '../../app/contract/calls.ts';
import type { EventData, EventName } from '../../app/contract/events.ts';
import { type Failure, isFailure } from '../../app/failure.ts';
import { useClient } from './client-context.tsx';
import { announceFailure } from './failures.ts';

/** The cache key of one question: its call, then its input. */
export function askKey<Name extends CallName>(name: Name, input?: Ask<Name>): readonly unknown[] {
  return input === undefined ? [name] : [name, input];
}

export interface AskedOptions {
  /** How long an unused answer is kept. Data of pictures is forgotten soon. */
  readonly keepMs?: number;
  /** Shows the previous answer while a new input is asked. */
  readonly keepPrevious?: boolean;
}

/** A cached answer of the core; asked again when an event says so. `undefined` as input means: not yet. */
export function useAsk<Name extends CallName>(
  name: Name,
  input: Ask<Name> | undefined,
  options: AskedOptions = {},
): UseQueryResult<Answer<Name>, Failure> {
  const client = useClient();
  return useQuery<Answer<Name>, Failure>({
    queryKey: askKey(name, input),
    queryFn: ({ signal }) => client.ask(name, input as Ask<Name>, { signal }),
    enabled: input !== undefined,
    ...(options.keepMs === undefined ? {} : { gcTime: options.keepMs }),
    ...(name.startsWith('plot.') ? { structuralSharing: false } : {}),
    ...(options.keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Asks ahead of need, quietly. */
export function useAskAhead() {
  const client = useClient();
  const queries = useQueryClient();
  return useCallback(
    <Name extends CallName>(name: Name, input: Ask<Name>, keepMs: number) =>
      void queries.prefetchQuery({
        queryKey: askKey(name, input),
        queryFn: ({ signal }) => client.ask(name, input, { signal }),
        gcTime: keepMs,
        ...(name.startsWith('plot.') ? { structuralSharing: false } : {}),
      }),
    [client, queries],
  );
}

export interface ActProgress {
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

export interface Act<Name extends CallName> {
  /** Does it; the answer, or `undefined` where it failed or was cancelled. */
  act(input: Ask<Name>): Promise<Answer<Name> | undefined>;
  cancel(): void;
  readonly busy: boolean;
  readonly progress: ActProgress | undefined;
  readonly failure: Failure | undefined;
  readonly answer: Answer<Name> | undefined;
  forget(): void;
}

/**
 * Something done on request, with progress and cancel. A failure is announced unless `failureShown` says the screen
 * shows it itself; cancelling never is.
 */
export function useAct<Name extends CallName>(name: Name, options: { readonly failureShown?: boolean } = {}): Act<Name> {
  const client = useClient();
  const [progress, setProgress] = useState<ActProgress | undefined>(undefined);
  const abort = useRef<AbortController | undefined>(undefined);
  const mutation = useMutation<Answer<Name>, Failure, Ask<Name>>({
    mutationFn: (input) => {
      abort.current?.abort();
      const current = new AbortController();
      abort.current = current;
      setProgress(undefined);
      return client.ask(name, input, { signal: current.signal, onProgress: setProgress });
    },
  });
  const { mutateAsync, reset } = mutation;
  const failureShown = options.failureShown ?? false;

  const act = useCallback(
    async (input: Ask<Name>) => {
      try {
        return await mutateAsync(input);
      } catch (failure) {
        if (!isFailure(failure, 'cancelled') && !failureShown) announceFailure(failure);
        return undefined;
      } finally {
        setProgress(undefined);
      }
    },
    [mutateAsync, failureShown],
  );
  const cancel = useCallback(() => abort.current?.abort(), []);
  const failure = mutation.error && !isFailure(mutation.error, 'cancelled') ? mutation.error : undefined;
  return { act, cancel, busy: mutation.isPending, progress, failure, answer: mutation.data, forget: reset };
}

/** Calls the listener for each event of the core while mounted. */
export function useEvent<Name extends EventName>(name: Name, listener: (data: EventData<Name>) => void): void {
  const client = useClient();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => client.onEvent(name, (data) => latest.current(data)), [client, name]);
}

/** Makes the answers of calls stale: those on screen are asked again at once. */
export function useStale() {
  const queries = useQueryClient();
  return useCallback(
    (...names: CallName[]) => {
      for (const name of names) void queries.invalidateQueries({ queryKey: askKey(name) });
    },
    [queries],
  );
}

/** Puts an answer that came with another call where `useAsk` finds it. */
export function rememberAnswer<Name extends CallName>(queries: QueryClient, name: Name, input: Ask<Name>, answer: Answer<Name>): void {
  queries.setQueryData(askKey(name, input), answer);
}
