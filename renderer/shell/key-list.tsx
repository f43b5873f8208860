import { Modal } from '@mantine/core';
import { keyLabel } from '../../app/commands/key.ts';
import { keysOf } from '../../app/commands/keymaps/registry.ts';
import { commands } from '../../app/commands/registry.ts';
import { keyPlatform, useKeymap } from '../commands/keys.ts';
import { KeyHint } from '../parts/key-hint.tsx';
import styles from './shell.module.css';

/** All keys of the chosen keymap. */
export function KeyList(props: { open: boolean; close: () => void }) {
  const keymap = useKeymap();
  return (
    <Modal opened={props.open} onClose={props.close} title={`Keyboard shortcuts (${keymap.title} keymap)`} size={480}>
      <dl className={styles['keys']}>
        {commands.map((command) => {
          const keys = keysOf(command.id, keymap);
          if (keys.length === 0) return null;
          return (
            <div key={command.id} style={{ display: 'contents' }}>
              <dt>{command.title}</dt>
              <dd>
                {keys.map((key) => (
                  <KeyHint key={key} spoken>
                    {keyLabel(key, keyPlatform)}
                  </KeyHint>
                ))}
              </dd>
            </div>
          );
        })}
      </dl>
    </Modal>
  );
}
