import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { calls } from '../../../../app/contract/calls.ts';
import { links, openableLink } from '../../../../main/shell/harden/links.ts';
import { guardEveryPage } from '../../../../main/shell/harden/navigation.ts';
import { refusedSwitch } from '../../../../main/shell/harden/switches.ts';

describe('navigation', () => {
  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('%s is prevented on every page', (name) => {
    const app = new EventEmitter();
    const blocked: string[] = [];
    guardEveryPage(app as never, (what) => blocked.push(what));
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: () => undefined });
    app.emit('web-contents-created', {}, contents);
    let prevented = 0;
    contents.emit(name, { preventDefault: () => prevented++ });
    expect(prevented).toBe(1);
    expect(blocked).toHaveLength(1);
  });

  test('no page opens a window', () => {
    const app = new EventEmitter();
    let handler: (() => { action: string }) | undefined;
    guardEveryPage(app as never, () => undefined);
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: (given: typeof handler) => (handler = given) });
    app.emit('web-contents-created', {}, contents);
    expect(handler?.()).toEqual({ action: 'deny' });
  });
});

describe('addresses that are handed to the system', () => {
  test('every link of the contract has one, and it may be opened', () => {
    const names = calls['app.openLink'].input.shape.link.options;
    expect(Object.keys(links).sort()).toEqual([...names].sort());
    for (const link of Object.values(links)) expect(openableLink(link)).toBe(link);
  });

  test.each([
    'http://platform.openai.com/api-keys',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://host/share',
    'ms-settings:privacy',
    'https://platform.openai.com@evil.example/',
    'https://good@platform.openai.com/',
    'https://platform.openai.com.evil.example/',
    'https://evil.example/?next=https://platform.openai.com/',
    'https://evil.example/?next=app://samecell/',
    'https://platform.openai.com:8443/',
    ' https://platform.openai.com/',
    'https://platform.openai.com/\n',
    '//platform.openai.com/',
    '',
    undefined,
    { toString: () => 'https://platform.openai.com/' },
  ])('%j is not opened', (address) => {
    expect(openableLink(address)).toBeUndefined();
  });

  test('upper case is read as the same host', () => {
    expect(openableLink('HTTPS://PLATFORM.OPENAI.COM/x')).toBe('https://platform.openai.com/x');
  });
});

describe('switches', () => {
  test('an installed copy refuses those that let others in', () => {
    const started = (name: string) => new Set(['remote-debugging-port', 'no-first-run']).has(name);
    expect(refusedSwitch(started)).toBe('remote-debugging-port');
    expect(refusedSwitch((name) => name === 'no-first-run')).toBeUndefined();
  });
});
