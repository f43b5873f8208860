import type { MenuItemConstructorOptions } from 'electron';
import type { Command, CommandScope, MenuName } from '../../../app/commands/command.ts';
import { keyAccelerator } from '../../../app/commands/key.ts';
import type { Keymap } from '../../../app/commands/keymap.ts';
import { keysOf } from '../../../app/commands/keymaps/registry.ts';
import { commands, yieldsToField } from '../../../app/commands/registry.ts';

export interface MenuChoices {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  readonly scope: CommandScope;
  readonly keymap: Keymap;
  choose(command: string): void;
}

const rank: Record<CommandScope, number> = { always: 0, session: 1, group: 2 };

/** The native menu of a system, built from the commands; a click only names a command. */
export function menuTemplate(choices: MenuChoices): MenuItemConstructorOptions[] {
  const isMac = choices.platform === 'darwin';

  const item = (command: Command): MenuItemConstructorOptions => {
    const key = keysOf(command.id, choices.keymap)[0];
    const isWindowKey = yieldsToField(command);
    // macOS can't show a key without taking it, and keys of the review page belong to the window.
    const showsKey = key !== undefined && !(isMac && isWindowKey);
    return {
      id: command.id,
      label: command.title,
      enabled: rank[command.when] <= rank[choices.scope],
      ...(showsKey ? { accelerator: keyAccelerator(key) } : {}),
      ...(isWindowKey && !isMac ? { registerAccelerator: false } : {}),
      click: () => choices.choose(command.id),
    };
  };
  const of = (menu: MenuName): MenuItemConstructorOptions[] =>
    (commands as readonly Command[])
      .filter((command) => command.menu === menu)
      .flatMap((command) => (command.separated ? [{ type: 'separator' as const }, item(command)] : [item(command)]));
  const line = { type: 'separator' as const };

  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    { label: 'File', submenu: [...of('file'), line, isMac ? { role: 'close' } : { role: 'quit' }] },
    {
      label: 'Edit',
      submenu: [...of('edit'), line, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }],
    },
    {
      label: 'View',
      submenu: [
        ...of('view'),
        line,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(choices.packaged ? [] : [line, { role: 'reload' as const }, { role: 'toggleDevTools' as const }]),
      ],
    },
    { label: 'Review', submenu: of('review') },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        ...of('help'),
        line,
        { id: 'host.crashes', label: 'Show Crash Reports', click: () => choices.choose('host.crashes') },
        ...(isMac ? [] : [{ role: 'about' as const }]),
      ],
    },
  ];
}
