import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef } from 'react';
import type { Answer } from '../../app/contract/calls.ts';
import type { Failure } from '../../app/failure.ts';
import { say } from './live.ts';
import { usePlace } from './place.ts';
import { type ActProgress, askKey, rememberAnswer, useAct, useAsk } from './queries.ts';

/** Opening an analyzer or a session, from wherever it was asked: button, menu, drop, command line. */
export interface OpeningState {
  /** Asks for a folder in the host's dialog; in a browser goes to the start screen, where a path is typed. */
  choose(): void;
  openGrant(grant: string): void;
  openPath(path: string): void;
  openSession(sessionId: string): void;
  readonly busy: boolean;
  readonly progress: ActProgress | undefined;
  readonly failure: Failure | undefined;
  cancel(): void;
  forget(): void;
}

const OpeningContext = createContext<OpeningState | undefined>(undefined);

export function useOpening(): OpeningState {
  const opening = useContext(OpeningContext);
  if (!opening) throw new Error('useOpening is used outside Opening');
  return opening;
}

export function Opening(props: { children: ReactNode }) {
  const queries = useQueryClient();
  const host = useAsk('app.state', {}).data?.host;
  const choosing = useAct('grant.chooseFolder', { failureShown: true });
  const granting = useAct('grant.folder', { failureShown: true });
  const opening = useAct('analyzer.open', { failureShown: true });
  const continuing = useAct('session.open', { failureShown: true });
  const acts = [choosing, granting, opening, continuing] as const;
  const { act: ask } = choosing;
  const { act: grantPath } = granting;
  const { act: open } = opening;
  const { act: proceed } = continuing;
  const latestActs = useRef<readonly { forget(): void; cancel(): void }[]>(acts);
  useEffect(() => {
    latestActs.current = acts;
  });
  const forget = useCallback(() => {
    for (const act of latestActs.current) act.forget();
  }, []);
  const cancel = useCallback(() => {
    for (const act of latestActs.current) act.cancel();
  }, []);

  const show = useCallback(
    ({ session, info }: Answer<'session.open'>) => {
      rememberAnswer(queries, 'session.open', { sessionId: session.sessionId }, { session, info });
      void queries.invalidateQueries({ queryKey: askKey('analyzer.recent') });
      void queries.invalidateQueries({ queryKey: askKey('session.list') });
      usePlace.getState().openSession(session.sessionId, session.groupCount > 0 ? 'review' : 'overview');
      say(`${session.title} is open: ${info.unitCount} units.`);
    },
    [queries],
  );
  // A failure to open is shown by the start screen.
  const openGrant = useCallback(
    async (grant: string) => {
      forget();
      const answer = await open({ grant });
      if (answer) show(answer);
      else usePlace.getState().goTo('start');
    },
    [forget, open, show],
  );
  const openPath = useCallback(
    async (path: string) => {
      forget();
      const granted = await grantPath({ path, purpose: 'analyzer' });
      if (granted) await openGrant(granted.grant);
      else usePlace.getState().goTo('start');
    },
    [forget, grantPath, openGrant],
  );
  const openSession = useCallback(
    async (sessionId: string) => {
      forget();
      const answer = await proceed({ sessionId });
      if (answer) show(answer);
      else usePlace.getState().goTo('start');
    },
    [forget, proceed, show],
  );
  const choose = useCallback(async () => {
    if (host === 'web') {
      usePlace.getState().goTo('start');
      requestAnimationFrame(() => document.getElementById('analyzer-path')?.focus());
      return;
    }
    forget();
    const chosen = await ask({ purpose: 'analyzer' });
    if (chosen?.grant !== undefined) await openGrant(chosen.grant);
  }, [host, forget, ask, openGrant]);

  const busy = granting.busy || opening.busy || continuing.busy;
  const progress = opening.progress ?? continuing.progress;
  const failure = acts.find((act) => act.failure)?.failure;
  const value = useMemo<OpeningState>(
    () => ({
      choose: () => void choose(),
      openGrant: (grant) => void openGrant(grant),
      openPath: (path) => void openPath(path),
      openSession: (sessionId) => void openSession(sessionId),
      busy,
      progress,
      failure,
      cancel,
      forget,
    }),
    [choose, openGrant, openPath, openSession, busy, progress, failure, cancel, forget],
  );
  return <OpeningContext.Provider value={value}>{props.children}</OpeningContext.Provider>;
}
