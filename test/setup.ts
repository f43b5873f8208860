import { Socket } from 'node:net';
import { afterEach, beforeEach, vi } from 'vitest';

// No test leaves the machine: a test that needs HTTP passes its own fetch bound to a loopback server.
// The real one is kept for test/fixtures/servers/loopback-fetch.ts, which lets it go no further than this machine.
const kept = globalThis as Record<symbol, unknown>;
kept[Symbol.for('samecell.test.fetch')] ??= globalThis.fetch;
globalThis.fetch = () => {
  throw new Error('A test called the global fetch. Pass a fetch of its own, bound to a loopback server.');
};

// Neither does anything that opens connections by itself.
const { connect } = Socket.prototype;
Socket.prototype.connect = function (this: Socket, ...words: unknown[]) {
  const [options] = (Array.isArray(words[0]) ? words[0] : words) as { host?: unknown; path?: unknown }[];
  const host = typeof options === 'object' ? (options.host ?? 'localhost') : (words[1] ?? 'localhost');
  const isHere = (typeof options === 'object' && options.path !== undefined) || ['localhost', '127.0.0.1', '::1'].includes(String(host));
  if (!isHere) throw new Error(`A test wanted to leave the machine: ${String(host)}`);
  return connect.apply(this, words as never);
} as typeof connect;

const silent = ['log', 'info', 'warn', 'error', 'debug'] as const;

beforeEach(() => {
  for (const method of silent) {
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => {
      throw new Error(`Unexpected console.${method}: ${words.map(String).join(' ')}`);
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});
