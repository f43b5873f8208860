import { describe, expect, test } from 'vitest';
import { isPressed, keyAccelerator, keyLabel, parseKey } from '../../../app/commands/key.ts';
import { commandOfPress, keymapById, keymaps, keysOf } from '../../../app/commands/keymaps/registry.ts';
import { commandById, commands } from '../../../app/commands/registry.ts';
import { settingsSchema } from '../../../app/contract/settings.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('commands', () => {
  test('every id is its own and reads domain.verb', () => {
    expect(new Set(commands.map((command) => command.id)).size).toBe(commands.length);
    for (const command of commands) expect(command.id).toMatch(/^[a-z]+\.[a-z]+$/);
  });

  test('a key that holds everywhere and one of a keymap exclude each other', () => {
    for (const command of commands) expect('key' in command && 'review' in command).toBe(false);
  });

  test('the setting offers exactly the keymaps there are', () => {
    const offered = settingsSchema.shape.keymap.removeDefault().options;
    expect([...offered].sort()).toEqual(keymaps.map((keymap) => keymap.id).sort());
  });

  test.each(keymaps.map((keymap) => [keymap.id, keymap] as const))(
    'in keymap %s no key orders two commands, on any system',
    (_, keymap) => {
      for (const platform of ['mac', 'other'] as const) {
        const labels = commands.flatMap((command) => keysOf(command.id, keymap).map((key) => keyLabel(key, platform)));
        expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
      }
    },
  );

  test.each(keymaps.map((keymap) => [keymap.id, keymap] as const))(
    'keymap %s binds every review command to keys that parse',
    (_, keymap) => {
      const review = commands.filter((command) => 'review' in command).map((command) => command.id);
      expect(Object.keys(keymap.keys).sort()).toEqual([...review].sort());
      for (const keys of Object.values(keymap.keys)) {
        expect(keys.length).toBeGreaterThan(0);
        for (const key of keys) expect(parseKey(key).key).not.toBe('');
      }
    },
  );

  test('the accept key of each tool accepts', () => {
    expect(commandOfPress(press('g'), keymapById('samecell'), 'other', false)).toBe('review.same');
    expect(commandOfPress(press('g'), keymapById('phy'), 'other', false)).toBe('review.same');
    expect(commandOfPress(press('a', { ctrlKey: true }), keymapById('spikeinterface-gui'), 'other', false)).toBe('review.same');
    expect(commandOfPress(press('g'), keymapById('spikeinterface-gui'), 'other', false)).toBeUndefined();
  });

  test('a letter typed into a field decides nothing, while Mod+O still opens', () => {
    expect(commandOfPress(press('g'), keymapById('samecell'), 'other', true)).toBeUndefined();
    expect(commandOfPress(press('Backspace'), keymapById('samecell'), 'other', true)).toBeUndefined();
    expect(commandOfPress(press('z', { ctrlKey: true }), keymapById('samecell'), 'other', true)).toBeUndefined();
    expect(commandOfPress(press('o', { ctrlKey: true }), keymapById('samecell'), 'other', true)).toBe('analyzer.open');
  });

  test('an unknown id is absent', () => {
    expect(commandById('toString')).toBeUndefined();
  });
});

describe('keys', () => {
  test('Mod is Command on macOS and Control elsewhere, and no other modifier may be held', () => {
    expect(isPressed('Mod+Z', press('z', { metaKey: true }), 'mac')).toBe(true);
    expect(isPressed('Mod+Z', press('z', { ctrlKey: true }), 'mac')).toBe(false);
    expect(isPressed('Mod+Z', press('z', { ctrlKey: true }), 'other')).toBe(true);
    expect(isPressed('Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }), 'other')).toBe(false);
    expect(isPressed('G', press('G', { shiftKey: true }), 'other')).toBe(false);
    expect(isPressed('Space', press(' '), 'other')).toBe(true);
    expect(isPressed('Mod+,', press(',', { ctrlKey: true }), 'other')).toBe(true);
  });

  test('they are printed as each system prints them', () => {
    expect(keyLabel('Mod+Shift+Z', 'mac')).toBe('⇧⌘Z');
    expect(keyLabel('Mod+Shift+Z', 'other')).toBe('Ctrl+Shift+Z');
    expect(keyLabel('Backspace', 'other')).toBe('⌫');
    expect(keyAccelerator('Mod+Shift+Z')).toBe('CmdOrCtrl+Shift+Z');
    expect(keyAccelerator('Alt+ArrowDown')).toBe('Alt+Down');
  });

  test.each(['', 'Mod+', 'Hyper+G', 'Mod+Mod+G'])('"%s" is refused', (written) => {
    expect(() => parseKey(written)).toThrow(/is not a key/);
  });
});
