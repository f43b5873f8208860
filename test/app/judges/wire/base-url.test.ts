import { describe, expect, it } from 'vitest';
import { checkedBaseUrl, isLoopbackHost, isPrivateHost, withoutPath, withPath } from '../../../../app/judges/wire/base-url.ts';

describe('an address that a person entered', () => {
  it.each([
    ['https://api.example.com/v1/', 'https://api.example.com/v1'],
    [' http://127.0.0.1:11434/v1 ', 'http://127.0.0.1:11434/v1'],
    ['http://LOCALHOST:1234', 'http://localhost:1234'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1'],
    ['http://192.168.1.20:8000', 'http://192.168.1.20:8000'],
    ['http://10.0.0.7/v1', 'http://10.0.0.7/v1'],
    ['http://172.31.255.1', 'http://172.31.255.1'],
    ['http://gpu-server:8000/v1', 'http://gpu-server:8000/v1'],
    ['http://gpu.lab.local/v1', 'http://gpu.lab.local/v1'],
    ['http://[fd00::1]/v1', 'http://[fd00::1]/v1'],
    ['http://0x7f.1/v1', 'http://127.0.0.1/v1'],
  ])('%s is taken', (text, expected) => {
    expect(checkedBaseUrl(text, 'the server')).toBe(expected);
  });

  it.each([
    'http://api.example.com/v1',
    'http://8.8.8.8',
    'http://172.32.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[2001:db8::1]/v1',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@example.com',
    'https://good.example@evil.example/v1',
    'https://example.com/v1?key=1',
    'https://example.com/v1#x',
    'api.example.com',
    '//example.com',
    '',
  ])('%s is refused, in one sentence', (text) => {
    expect(() => checkedBaseUrl(text, 'the server')).toThrow(expect.objectContaining({ kind: 'input.invalid' }));
    expect(() => checkedBaseUrl(text, 'the server')).toThrow(/^The address for the server .*\.$/);
  });

  it('does not repeat a password in the message', () => {
    expect(() => checkedBaseUrl('https://user:hunter2@example.com', 'the server')).not.toThrow(/hunter2/);
  });

  it('gets its path where it has none, and loses the one an SDK adds', () => {
    expect(withPath('http://localhost:1', '/v1')).toBe('http://localhost:1/v1');
    expect(withPath('http://localhost:1/api', '/v1')).toBe('http://localhost:1/api');
    expect(withoutPath('http://localhost:1/v1', '/v1')).toBe('http://localhost:1');
  });

  it('knows this machine and private networks', () => {
    expect(['localhost', 'a.localhost', '127.8.8.8', '[::1]'].every(isLoopbackHost)).toBe(true);
    expect(['127.0.0.1.evil.com', '10.0.0.1', 'localhost.evil.com', '128.0.0.1'].some(isLoopbackHost)).toBe(false);
    expect(['169.254.1.1', '100.64.0.1', 'printer', 'a.home.arpa', '[fe80::1]'].every(isPrivateHost)).toBe(true);
    expect(['100.128.0.1', '11.0.0.1', '[fec0::1]', 'a.locals'].some(isPrivateHost)).toBe(false);
  });
});
