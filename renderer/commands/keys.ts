import { useEffect } from 'react';
import { type KeyPlatform, keyLabel } from '../../app/commands/key.ts';
import type { Keymap } from '../../app/commands/keymap.ts';
import { commandOfPress, keymapById, keysOf } from '../../app/commands/keymaps/registry.ts';
import type { CommandId } from '../../app/commands/registry.ts';
import { useAsk } from '../state/queries.ts';
import { giveCommand } from './live-commands.ts';

export const keyPlatform: KeyPlatform = /mac/i.test(globalThis.navigator?.platform ?? '') ? 'mac' : 'other';

/** The keymap chosen in the settings. */
export function useKeymap(): Keymap {
  const settings = useAsk('settings.get', {});
  return keymapById(settings.data?.keymap ?? 'samecell');
}

/** The key of a command as a button prints it; empty where it has none. */
export function useKeyOf(id: CommandId): string {
  const [first] = keysOf(id, useKeymap());
  return first === undefined ? '' : keyLabel(first, keyPlatform);
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  return !['checkbox', 'radio', 'button', 'range', 'submit'].includes(target.type);
}

/** Keys that a focused control needs for itself, though nobody writes in it. */
function belongsToControl(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (event.key === ' ' || event.key === 'Enter')
    return target.closest('button, a, input, summary, [role="option"], [role="tab"], [role="row"], [role="switch"]') !== null;
  if (event.key.startsWith('Arrow'))
    return target.closest('[role="tablist"], [role="radiogroup"], [role="slider"], [role="menu"], [role="row"], input') !== null;
  return false;
}

/** Turns key presses anywhere in the window into commands of the chosen keymap. */
export function useKeyboard(): void {
  const keymap = useKeymap();
  const letterKeys = useAsk('settings.get', {}).data?.letterKeys ?? true;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]') && !(event.ctrlKey || event.metaKey)) return;
      if (belongsToControl(event)) return;
      if (!letterKeys && event.key.length === 1 && !(event.ctrlKey || event.metaKey || event.altKey)) return;
      const id = commandOfPress(event, keymap, keyPlatform, isWriting(event.target));
      if (id !== undefined && giveCommand(id)) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [keymap, letterKeys]);
}
