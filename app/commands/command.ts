/** Where a command makes sense: anywhere, with a session open, or with a group on screen. */
export const commandScopes = ['always', 'session', 'group'] as const;
export type CommandScope = (typeof commandScopes)[number];

export const menuNames = ['file', 'edit', 'view', 'review', 'help'] as const;
export type MenuName = (typeof menuNames)[number];

/** One thing a person can order, wherever they order it: menu, palette or key. */
export interface Command {
  readonly id: string;
  /** Title Case, as the menu shows it; ends in "…" where more is asked before anything happens. */
  readonly title: string;
  readonly when: CommandScope;
  /** The menu it stands in; undefined for the palette and the keyboard only. */
  readonly menu?: MenuName;
  /** A line above it in that menu. */
  readonly separated?: true;
  /** A key that holds in every keymap ("Mod+O": Command on macOS, Control elsewhere). */
  readonly key?: string;
  /** Bound per keymap instead; such keys live in the window and stay silent in a text field. */
  readonly review?: true;
}
