import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { keymapById, keymaps } from '../../../../app/commands/keymaps/registry.ts';
import { commands } from '../../../../app/commands/registry.ts';
import { menuTemplate } from '../../../../main/shell/menu/template.ts';

const choices = { packaged: true, scope: 'group' as const, keymap: keymapById('samecell'), choose: () => undefined };

function flat(items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);
}

function outline(items: MenuItemConstructorOptions[], indent = ''): string {
  return items
    .map((item) => {
      if (item.type === 'separator') return `${indent}—`;
      const key = item.accelerator ? `  ${item.accelerator}${item.registerAccelerator === false ? ' (shown)' : ''}` : '';
      const line = `${indent}${item.label ?? `<${item.role}>`}${key}${item.enabled === false ? '  off' : ''}`;
      return Array.isArray(item.submenu) ? `${line}\n${outline(item.submenu, `${indent}  `)}` : line;
    })
    .join('\n');
}

describe.each(['linux', 'win32', 'darwin'] as const)('the menu on %s', (platform) => {
  const template = menuTemplate({ ...choices, platform });

  test('is this', () => {
    expect(outline(template)).toMatchSnapshot();
  });

  test('holds every command that names a menu, once', () => {
    const ids = flat(template).map((item) => item.id);
    for (const command of commands) if ('menu' in command) expect(ids.filter((id) => id === command.id)).toEqual([command.id]);
  });

  test('takes no key twice and none that a text field needs', () => {
    const taken = flat(template).filter((item) => item.accelerator && item.registerAccelerator !== false);
    const keys = taken.map((item) => String(item.accelerator));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    for (const key of keys) expect(key).toMatch(/CmdOrCtrl|^F\d+$/);
    expect(keys).not.toContain('CmdOrCtrl+Z');
  });
});

test('commands that make no sense yet are off', () => {
  const enabled = (scope: 'always' | 'session' | 'group') =>
    Object.fromEntries(
      flat(menuTemplate({ ...choices, platform: 'linux', scope }))
        .filter((item) => item.id)
        .map((item) => [item.id, item.enabled]),
    );
  expect(enabled('always')).toMatchObject({ 'analyzer.open': true, 'apply.open': false, 'review.same': false });
  expect(enabled('session')).toMatchObject({ 'apply.open': true, 'review.same': false });
  expect(enabled('group')).toMatchObject({ 'review.same': true });
});

test.each(keymaps)('shows the keys of keymap $id', (keymap) => {
  const same = flat(menuTemplate({ ...choices, platform: 'linux', keymap })).find((item) => item.id === 'review.same');
  expect(same?.accelerator).toBe({ samecell: 'G', phy: 'G', 'spikeinterface-gui': 'Ctrl+A' }[keymap.id]);
});

test('a click only names a command', () => {
  const chosen: string[] = [];
  const items = flat(menuTemplate({ ...choices, platform: 'linux', choose: (command) => chosen.push(command) }));
  (items.find((item) => item.id === 'analyzer.open')!.click as () => void)();
  expect(chosen).toEqual(['analyzer.open']);
});
