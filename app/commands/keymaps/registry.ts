import { isPressed, type KeyPlatform, type Pressed } from '../key.ts';
import type { Keymap } from '../keymap.ts';
import { commandById, commands, type ReviewCommandId, yieldsToField } from '../registry.ts';
import { phyKeymap } from './phy.ts';
import { samecellKeymap } from './samecell.ts';
import { spikeinterfaceGuiKeymap } from './spikeinterface-gui.ts';

export const keymaps: readonly Keymap[] = [samecellKeymap, phyKeymap, spikeinterfaceGuiKeymap];

export function keymapById(id: Keymap['id']): Keymap {
  return keymaps.find((keymap) => keymap.id === id)!;
}

/** The keys of a command under a keymap; its own key where it has the same one everywhere. */
export function keysOf(commandId: string, keymap: Keymap): readonly string[] {
  if (Object.hasOwn(keymap.keys, commandId)) return keymap.keys[commandId as ReviewCommandId];
  const key = commandById(commandId)?.key;
  return key === undefined ? [] : [key];
}

/**
 * The command that a press orders, or undefined. While a person writes in a field only keys that hold everywhere and
 * carry a modifier (or are a function key) count, so that letters, arrows and the field's own undo stay the field's.
 */
export function commandOfPress(pressed: Pressed, keymap: Keymap, platform: KeyPlatform, writing: boolean): string | undefined {
  for (const command of commands) {
    if (writing && yieldsToField(command)) continue;
    if (keysOf(command.id, keymap).some((key) => isPressed(key, pressed, platform))) return command.id;
  }
  return undefined;
}
