import { existsSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bridge, Downward } from '../../app/contract/messages.ts';

type Listener = (event: unknown, message: Downward) => void;
const ipc = { sent: [] as unknown[][], listeners: new Map<string, Set<Listener>>() };
const exposed: Record<string, unknown> = {};
const paths = new Map<unknown, string>();

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => (exposed[name] = value) },
  ipcRenderer: {
    send: (...words: unknown[]) => ipc.sent.push(words),
    on: (channel: string, listener: Listener) =>
      ipc.listeners.set(channel, (ipc.listeners.get(channel) ?? new Set<Listener>()).add(listener)),
    off: (channel: string, listener: Listener) => ipc.listeners.get(channel)?.delete(listener),
  },
  webUtils: { getPathForFile: (file: unknown) => paths.get(file) ?? '' },
}));
await import('../../preload/index.ts');
const bridge = exposed['bridge'] as Bridge;

beforeEach(() => {
  ipc.sent = [];
});

describe('the bridge', () => {
  test('is all there is, and has these three parts', () => {
    expect(Object.keys(exposed)).toEqual(['bridge']);
    expect(Object.keys(bridge).sort()).toEqual(['listen', 'pathOfDropped', 'send']);
  });

  test('sends requests and cancellations over one fixed channel, built anew', () => {
    bridge.send({ type: 'ask', id: 1, name: 'app.state', input: {}, extra: 'x' } as never);
    bridge.send({ type: 'cancel', id: 1, name: 'x' } as never);
    expect(ipc.sent).toEqual([
      ['samecell:up', { type: 'ask', id: 1, name: 'app.state', input: {} }],
      ['samecell:up', { type: 'cancel', id: 1 }],
    ]);
  });

  test('lets no other message through, above all none that names a dropped path', () => {
    bridge.send({ type: 'dropped', path: '/etc' } as never);
    bridge.send({ type: 'grant', path: '/etc' } as never);
    expect(ipc.sent).toEqual([]);
  });

  test('hands a listener the message alone, never the event', () => {
    const received: unknown[][] = [];
    const stop = bridge.listen((...words: unknown[]) => received.push(words));
    const message: Downward = { type: 'event', name: 'core.restarted', data: {} };
    for (const listener of ipc.listeners.get('samecell:down') ?? []) listener({ sender: 'ipcRenderer' }, message);
    expect(received).toEqual([[message]]);
    stop();
    expect(ipc.listeners.get('samecell:down')?.size).toBe(0);
  });

  test('names the path of a real dropped file to the page and, beside it, to the shell', () => {
    const file = {};
    paths.set(file, '/data/analyzer');
    expect(bridge.pathOfDropped(file)).toBe('/data/analyzer');
    expect(ipc.sent).toEqual([['samecell:up', { type: 'dropped', path: '/data/analyzer' }]]);
    expect(bridge.pathOfDropped({})).toBe('');
    expect(bridge.pathOfDropped(undefined)).toBe('');
    expect(ipc.sent).toHaveLength(1);
  });
});

const built = new URL('../../out/preload/index.cjs', import.meta.url);

test.runIf(existsSync(built))('the built file requires electron and nothing else', () => {
  const required = [...readFileSync(built, 'utf8').matchAll(/require\(([^)]*)\)/g)].map((match) => match[1]);
  expect(required).toEqual(['"electron"']);
});
