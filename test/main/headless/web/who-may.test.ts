import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { isOurHost, isOurOrigin, isToken, tokenOf } from '../../../../main/headless/web/who-may.ts';

describe('who is addressed', () => {
  test.each(['127.0.0.1:5000', 'localhost:9000', 'LOCALHOST', '[::1]:80', 'localhost'])('a loopback host is met as %s', (host) => {
    expect(isOurHost(host, '127.0.0.1')).toBe(true);
  });

  test.each([
    undefined,
    '',
    'evil.example:5000',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    'user@localhost',
    'localhost/..',
    'localhost\\evil',
    ' localhost',
    '192.168.1.5:80',
    '0.0.0.0:80',
    'local;host',
  ])('a loopback host is not met as %s', (host) => {
    expect(isOurHost(host, '127.0.0.1')).toBe(false);
  });

  test('a host bound to the network is met by address and by the name of the machine, never by a name from elsewhere', () => {
    expect(isOurHost('192.168.1.5:80', '0.0.0.0')).toBe(true);
    expect(isOurHost('[fe80::1]:80', '::')).toBe(true);
    expect(isOurHost(`${hostname()}:80`, '0.0.0.0')).toBe(true);
    expect(isOurHost('lab.example:80', 'lab.example')).toBe(true);
    expect(isOurHost('evil.example:80', '0.0.0.0')).toBe(false);
  });
});

describe('where a page comes from', () => {
  test.each([
    ['http://127.0.0.1:5000', '127.0.0.1:5000', true],
    ['http://localhost', 'localhost:80', true],
    ['http://localhost:5000', '127.0.0.1:5000', false],
    ['http://127.0.0.1:5001', '127.0.0.1:5000', false],
    ['http://evil.example', '127.0.0.1:5000', false],
    ['null', '127.0.0.1:5000', false],
    ['file://', '127.0.0.1:5000', false],
    ['chrome-extension://abc', '127.0.0.1:5000', false],
    [undefined, '127.0.0.1:5000', false],
    ['http://127.0.0.1:5000', undefined, false],
  ])('origin %s at host %s: %s', (origin, host, expected) => {
    expect(isOurOrigin(origin, host)).toBe(expected);
  });
});

describe('the token', () => {
  test('is compared whole', () => {
    expect(isToken('abcdef', 'abcdef')).toBe(true);
    expect(isToken('abcde', 'abcdef')).toBe(false);
    expect(isToken('', 'abcdef')).toBe(false);
    expect(isToken(undefined, 'abcdef')).toBe(false);
  });

  test('comes with our protocol only', () => {
    expect(tokenOf('samecell.1, token.abc')).toBe('abc');
    expect(tokenOf('token.abc')).toBeUndefined();
    expect(tokenOf('samecell.1')).toBeUndefined();
    expect(tokenOf(undefined)).toBeUndefined();
  });
});
