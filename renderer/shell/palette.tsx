import { Modal } from '@mantine/core';
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { keyLabel } from '../../app/commands/key.ts';
import { keysOf } from '../../app/commands/keymaps/registry.ts';
import { commands } from '../../app/commands/registry.ts';
import { keyPlatform, useKeymap } from '../commands/keys.ts';
import { giveCommand, useLiveCommands } from '../commands/live-commands.ts';
import { KeyHint } from '../parts/key-hint.tsx';
import { usePlace } from '../state/place.ts';
import { fits } from './fits.ts';
import styles from './shell.module.css';

function PaletteList(props: { close: () => void }) {
  const claims = useLiveCommands((live) => live.claims);
  const keymap = useKeymap();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const offered = useMemo(
    () =>
      commands
        .filter((command) => command.id !== 'palette.open' && claims.has(command.id))
        .map((command) => ({ command, rank: fits(query, command.title) }))
        .filter(({ rank }) => rank >= 0)
        .sort((a, b) => (query === '' ? 0 : a.rank - b.rank))
        .map(({ command }) => command),
    [claims, query],
  );
  const chosen = Math.min(active, offered.length - 1);

  const give = (index: number) => {
    const command = offered[index];
    if (!command) return;
    props.close();
    requestAnimationFrame(() => giveCommand(command.id));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(Math.min(offered.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(0, chosen - 1));
    else if (event.key === 'Enter') give(chosen);
    else return;
    event.preventDefault();
  };

  return (
    <div className={styles['palette']}>
      <input
        className={styles['paletteInput']}
        role="combobox"
        aria-label="Find a command"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={offered[chosen] ? `${listId}-${offered[chosen].id}` : undefined}
        placeholder="Find a command…"
        value={query}
        data-autofocus
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="Commands" tabIndex={-1} className={styles['paletteList']}>
        {offered.map((command, index) => {
          const [key] = keysOf(command.id, keymap);
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: reached through the combobox
            // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the keys
            <div
              key={command.id}
              id={`${listId}-${command.id}`}
              role="option"
              aria-selected={index === chosen}
              className={styles['paletteItem']}
              onMouseMove={() => setActive(index)}
              onClick={() => give(index)}
            >
              {command.title}
              <KeyHint>{key === undefined ? '' : keyLabel(key, keyPlatform)}</KeyHint>
            </div>
          );
        })}
        {offered.length === 0 && <div className={styles['paletteNone']}>No command is called that.</div>}
      </div>
    </div>
  );
}

/** Every command that can be given now, found by typing. */
export function Palette() {
  const open = usePlace((place) => place.paletteOpen);
  const close = () => usePlace.getState().setPaletteOpen(false);
  return (
    <Modal.Root opened={open} onClose={close} size={520} yOffset="12vh" lockScroll={false} transitionProps={{ duration: 120 }}>
      <Modal.Overlay />
      <Modal.Content aria-label="Find a command">
        <PaletteList close={close} />
      </Modal.Content>
    </Modal.Root>
  );
}
