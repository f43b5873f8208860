/** What a keyboard event says; a DOM KeyboardEvent fits. */
export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export type KeyPlatform = 'mac' | 'other';

interface Chord {
  readonly mod: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly key: string;
}

const modifiers = new Set(['Mod', 'Ctrl', 'Alt', 'Shift']);

/**
 * Takes apart a key as keymaps write it: modifiers `Mod` (Command on macOS, Control elsewhere), `Ctrl`, `Alt`, `Shift`,
 * then the name that KeyboardEvent.key has ("G", "Backspace", "ArrowRight", "Space" for the space bar).
 */
export function parseKey(written: string): Chord {
  const parts = written.split('+');
  const key = parts[parts.length - 1];
  const held = parts.slice(0, -1);
  if (!key || held.some((part) => !modifiers.has(part)) || new Set(held).size !== held.length)
    throw new Error(`"${written}" is not a key: write modifiers (Mod, Ctrl, Alt, Shift) and one key name, such as Mod+Shift+Z.`);
  return { mod: held.includes('Mod'), ctrl: held.includes('Ctrl'), alt: held.includes('Alt'), shift: held.includes('Shift'), key };
}

/** True where this press is that key, with exactly its modifiers. */
export function isPressed(written: string, pressed: Pressed, platform: KeyPlatform): boolean {
  const chord = parseKey(written);
  const control = chord.ctrl || (chord.mod && platform === 'other');
  const command = chord.mod && platform === 'mac';
  if (pressed.ctrlKey !== control || pressed.metaKey !== command || pressed.altKey !== chord.alt) return false;
  const name = pressed.key === ' ' ? 'Space' : pressed.key;
  // A sign such as "?" already needs Shift on many layouts, so Shift is compared for letters and named keys only.
  const isSign = chord.key.length === 1 && chord.key.toUpperCase() === chord.key.toLowerCase();
  if (!isSign && pressed.shiftKey !== chord.shift) return false;
  return name.length === 1 ? name.toLowerCase() === chord.key.toLowerCase() : name === chord.key;
}

const macSigns: Record<string, string> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };
const shown: Record<string, string> = {
  Backspace: '⌫',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Enter: '⏎',
  Escape: 'Esc',
};

/** The key as a button or menu prints it: "⇧⌘Z" on macOS, "Ctrl+Shift+Z" elsewhere. */
export function keyLabel(written: string, platform: KeyPlatform): string {
  const chord = parseKey(written);
  const held = written.split('+').slice(0, -1);
  const key = shown[chord.key] ?? chord.key;
  if (platform === 'other') return [...held.map((part) => (part === 'Mod' ? 'Ctrl' : part)), key].join('+');
  const order = ['Ctrl', 'Alt', 'Shift', 'Mod'].filter((part) => held.includes(part));
  return order.map((part) => macSigns[part]).join('') + key;
}

/** The key as Electron's menus write it. */
export function keyAccelerator(written: string): string {
  return written
    .split('+')
    .map((part) => (part === 'Mod' ? 'CmdOrCtrl' : part.startsWith('Arrow') ? part.slice('Arrow'.length) : part))
    .join('+');
}
