import { Modal } from '@mantine/core';
import type { CommandScope } from '../../app/commands/command.ts';
import { keyLabel } from '../../app/commands/key.ts';
import { keysOf } from '../../app/commands/keymaps/registry.ts';
import { commands } from '../../app/commands/registry.ts';
import { keyPlatform, useKeymap } from '../commands/keys.ts';
import { KeyHint } from '../parts/key-hint.tsx';
import styles from './shell.module.css';

const scopeTitles: Readonly<Record<CommandScope, string>> = { always: 'Anywhere', session: 'In a session', group: 'On the review page' };

/** What lists and tables do with a key while they have the focus, beside the commands. */
const listKeys = [
  { title: 'Move', keys: ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'] },
  { title: 'Open the row', keys: ['Enter'] },
  { title: 'Choose the row', keys: ['Space'] },
] as const;

function Lines(props: { title: string; lines: readonly { readonly title: string; readonly keys: readonly string[] }[] }) {
  return (
    <section aria-label={props.title}>
      <h3>{props.title}</h3>
      <dl className={styles['keys']}>
        {props.lines.map(({ title, keys }) => (
          <div key={title} style={{ display: 'contents' }}>
            <dt>{title}</dt>
            <dd>
              {keys.map((key) => (
                <KeyHint key={key} spoken>
                  {keyLabel(key, keyPlatform)}
                </KeyHint>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** All keys of the chosen keymap, by where they hold. */
export function KeyList(props: { open: boolean; close: () => void }) {
  const keymap = useKeymap();
  return (
    <Modal opened={props.open} onClose={props.close} title={`Keyboard shortcuts (${keymap.title} keymap)`} size={800}>
      <div className={styles['keyColumns']}>
        {(['always', 'session', 'group'] as const).map((scope) => (
          <Lines
            key={scope}
            title={scopeTitles[scope]}
            lines={commands
              .filter(({ when }) => when === scope)
              .map(({ id, title }) => ({ title, keys: keysOf(id, keymap) }))
              .filter(({ keys }) => keys.length > 0)}
          />
        ))}
        <Lines title="In lists and tables" lines={listKeys} />
      </div>
    </Modal>
  );
}
