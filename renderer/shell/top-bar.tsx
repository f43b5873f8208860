import { VisuallyHidden } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useKeyOf } from '../commands/keys.ts';
import { KeyHint } from '../parts/key-hint.tsx';
import { usePlace } from '../state/place.ts';
import { type Screen, screens } from './screens.ts';
import styles from './shell.module.css';

function PlaceButton(props: { screen: Screen; className: string | undefined }) {
  const current = usePlace((place) => place.screen === props.screen.id);
  return (
    <button
      type="button"
      className={props.className}
      aria-current={current ? 'page' : undefined}
      onClick={() => usePlace.getState().goTo(props.screen.id)}
    >
      {props.screen.title}
    </button>
  );
}

/** Product, session and its steps, and the places of the whole application. */
export function TopBar(props: { sessionTitle: string | undefined }) {
  const key = useKeyOf('palette.open');
  const all: readonly Screen[] = screens;
  return (
    <header className={styles['bar']}>
      <button type="button" className={styles['product']} onClick={() => usePlace.getState().goTo('start')} title="Start">
        Samecell
      </button>
      {props.sessionTitle !== undefined && (
        <>
          <div className={styles['session']} title={props.sessionTitle}>
            <span>{props.sessionTitle}</span>
          </div>
          <nav className={styles['tabs']} aria-label="Steps of the session">
            {all
              .filter((screen) => screen.of === 'session')
              .map((screen) => (
                <PlaceButton key={screen.id} screen={screen} className={styles['tab']} />
              ))}
          </nav>
        </>
      )}
      <nav className={styles['places']} aria-label="Application">
        <button type="button" className={styles['place']} onClick={() => usePlace.getState().setPaletteOpen(true)}>
          <IconSearch size={14} aria-hidden />
          <VisuallyHidden>Find a command</VisuallyHidden>
          <KeyHint>{key}</KeyHint>
        </button>
        {all
          .filter((screen) => screen.of === 'application' && screen.id !== 'start')
          .map((screen) => (
            <PlaceButton key={screen.id} screen={screen} className={styles['place']} />
          ))}
      </nav>
    </header>
  );
}
