import { describe, expect, test, vi } from 'vitest';
import { hardenSession, mayDo, mayLoad } from '../../../../main/shell/harden/session.ts';

describe('what a page may load', () => {
  test.each([
    ['app://samecell/index.html', true],
    ['blob:app://samecell/1', true],
    ['data:image/png;base64,AA', true],
    ['app://elsewhere/index.html', false],
    ['https://example.com/', false],
    ['http://127.0.0.1:80/', false],
    ['ws://127.0.0.1/', false],
    ['file:///etc/passwd', false],
    ['devtools://devtools/x', false],
    ['javascript:alert(1)', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(mayLoad(address, true)).toBe(expected);
  });

  test('developer tools load in a clone', () => {
    expect(mayLoad('devtools://devtools/x', false)).toBe(true);
  });
});

describe('what a page may do', () => {
  const every = [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'hid',
    'usb',
    'serial',
    'fullscreen',
    'openExternal',
    'midi',
    'unknown',
  ];

  test.each(every)('%s is refused', (permission) => {
    expect(mayDo(permission, 'app://samecell/', true)).toBe(false);
  });

  test('text is written to the clipboard from the main frame of our page only', () => {
    expect(mayDo('clipboard-sanitized-write', 'app://samecell/index.html', true)).toBe(true);
    expect(mayDo('clipboard-sanitized-write', 'app://samecell/index.html', false)).toBe(false);
    expect(mayDo('clipboard-sanitized-write', 'app://evil/', true)).toBe(false);
    expect(mayDo('clipboard-sanitized-write', 'https://app.example/', true)).toBe(false);
    expect(mayDo('clipboard-sanitized-write', undefined, true)).toBe(false);
  });
});

test('a session gets all guards: requests, both permission handlers, devices and downloads', () => {
  const set: Record<string, unknown[]> = {};
  const keep =
    (name: string) =>
    (...words: unknown[]) => {
      set[name] = words;
    };
  const blocked: string[] = [];
  hardenSession(
    {
      webRequest: { onBeforeRequest: keep('onBeforeRequest') },
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      on: keep('on'),
    } as never,
    { packaged: true, onBlocked: (address) => blocked.push(address) },
  );
  const before = set['onBeforeRequest'][0] as (details: { url: string }, respond: (answer: { cancel: boolean }) => void) => void;
  const answers: boolean[] = [];
  for (const url of ['app://samecell/x.js', 'https://example.com/']) before({ url }, ({ cancel }) => answers.push(cancel));
  expect(answers).toEqual([false, true]);
  expect(blocked).toEqual(['https://example.com/']);
  const ask = set['request'][0] as (...words: unknown[]) => void;
  let isAllowed: boolean | undefined;
  ask(null, 'notifications', (allowed: boolean) => (isAllowed = allowed), { requestingUrl: 'app://samecell/', isMainFrame: true });
  expect(isAllowed).toBe(false);
  expect((set['check'][0] as (...words: unknown[]) => boolean)(null, 'media', 'app://samecell', { isMainFrame: true })).toBe(false);
  expect((set['device'][0] as () => boolean)()).toBe(false);
  const prevented = vi.fn();
  expect(set['on'][0]).toBe('will-download');
  (set['on'][1] as (event: object) => void)({ preventDefault: prevented });
  expect(prevented).toHaveBeenCalledOnce();
});
