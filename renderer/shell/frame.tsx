import { Button, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useApplicationCommands } from '../commands/application.ts';
import { useKeyboard } from '../commands/keys.ts';
import { useUndo } from '../commands/undo.ts';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useClient } from '../state/client-context.tsx';
import { announceFailure } from '../state/failures.ts';
import { useLiveSentence } from '../state/live.ts';
import { Opening, useOpening } from '../state/opening.tsx';
import { usePlace } from '../state/place.ts';
import { useAsk, useEvent } from '../state/queries.ts';
import { SessionProvider } from '../state/session.tsx';
import { DropTarget } from './drop-target.tsx';
import { FailureBoundary } from './failure-boundary.tsx';
import { FailureList } from './failure-list.tsx';
import { KeyList } from './key-list.tsx';
import { Palette } from './palette.tsx';
import { screenById } from './screens.ts';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';

function InSession(props: { sessionId: string; children: ReactNode }) {
  const open = useAsk('session.open', { sessionId: props.sessionId });
  useUndo(props.sessionId);
  if (open.data) return <SessionProvider value={open.data}>{props.children}</SessionProvider>;
  return (
    <div className={styles['pad']}>
      {open.error ? (
        <>
          <FailurePanel failure={open.error} onRetry={() => void open.refetch()} />
          <Button mt={8} onClick={() => usePlace.getState().goTo('start')}>
            Open another analyzer
          </Button>
        </>
      ) : (
        <Waiting what="Opening the session" />
      )}
    </div>
  );
}

function CurrentScreen() {
  const wanted = usePlace((place) => place.screen);
  const sessionId = usePlace((place) => place.sessionId);
  const screen = screenById(sessionId === undefined && screenById(wanted).of === 'session' ? 'start' : wanted);
  const Shown = screen.component;
  const main = useRef<HTMLElement>(null);
  // Whoever changes the screen goes on inside it: keys are not caught by the button that brought them here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the screen is what it waits for
  useEffect(() => main.current?.focus({ preventScroll: true }), [screen.id, sessionId]);
  const shown = (
    <Suspense fallback={null}>
      <Shown />
    </Suspense>
  );
  return (
    <main ref={main} tabIndex={-1} className={styles['main']} aria-label={screen.title}>
      <FailureBoundary key={`${screen.id} ${sessionId}`}>
        {screen.of === 'session' && sessionId !== undefined ? <InSession sessionId={sessionId}>{shown}</InSession> : shown}
      </FailureBoundary>
    </main>
  );
}

function useChosenTheme(): void {
  const client = useClient();
  const { setColorScheme } = useMantineColorScheme();
  const theme = useAsk('settings.get', {}).data?.theme;
  useEffect(() => {
    if (theme === undefined) return;
    setColorScheme(theme === 'system' ? 'auto' : theme);
    client.ask('app.setTheme', { theme }).catch(announceFailure);
  }, [client, theme, setColorScheme]);
}

/** Tells the host's menu what its commands can act on. */
function useScope(): void {
  const client = useClient();
  const scope = usePlace((place) => {
    if (place.sessionId === undefined) return 'always';
    return place.screen === 'review' && place.groupId !== undefined ? 'group' : 'session';
  });
  useEffect(() => {
    client.ask('app.setScope', { scope }).catch(announceFailure);
  }, [client, scope]);
}

function useTitle(sessionTitle: string | undefined): void {
  const screen = usePlace((place) => place.screen);
  useEffect(() => {
    document.title = [sessionTitle, screenById(screen).title, 'Samecell'].filter((part) => part !== undefined).join(' – ');
  }, [sessionTitle, screen]);
}

function useSessionTitle(): string | undefined {
  const sessionId = usePlace((place) => place.sessionId);
  const opened = useAsk('session.open', sessionId === undefined ? undefined : { sessionId });
  const listed = useAsk('session.list', {});
  if (sessionId === undefined || opened.error) return undefined;
  return listed.data?.sessions.find((session) => session.sessionId === sessionId)?.title ?? opened.data?.session.title;
}

function FrameInside() {
  const [keysOpen, setKeysOpen] = useState(false);
  const opening = useOpening();
  const sessionTitle = useSessionTitle();
  const state = useAsk('app.state', {});
  const sentence = useLiveSentence((live) => live.sentence);
  const { openGrant, openPath, choose } = opening;
  const openAtStart = state.data?.openAtStart;

  useKeyboard();
  useChosenTheme();
  useTitle(sessionTitle);
  useScope();
  useApplicationCommands({ openAnalyzer: choose, openGrant, showKeys: () => setKeysOpen(true) });
  useEvent(
    'grant.arrived',
    useCallback(({ grant }) => openGrant(grant), [openGrant]),
  );
  const openedAtStart = useRef<string | undefined>(undefined);
  useEffect(() => {
    // Once, whatever came of it: a folder that can't be opened is not tried again and again.
    if (openAtStart === undefined || openedAtStart.current === openAtStart) return;
    openedAtStart.current = openAtStart;
    if (usePlace.getState().sessionId === undefined) openGrant(openAtStart);
  }, [openAtStart, openGrant]);

  return (
    <div className={styles['window']}>
      <TopBar sessionTitle={sessionTitle} />
      <CurrentScreen />
      <div aria-live="polite" className={styles['hidden']}>
        {sentence}
      </div>
      <FailureList />
      <Palette />
      <KeyList open={keysOpen} close={() => setKeysOpen(false)} />
      <DropTarget openPath={openPath} />
    </div>
  );
}

/** The window: bar, screen, palette, what is said and what failed. */
export function Frame() {
  return (
    <Opening>
      <FrameInside />
    </Opening>
  );
}
