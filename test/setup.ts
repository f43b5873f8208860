import { afterEach, beforeEach, vi } from 'vitest';

// No test leaves the machine: a test that needs HTTP passes its own fetch bound to a loopback server.
// The real one is kept for test/fixtures/servers/loopback-fetch.ts, which lets it go no further than this machine.
const kept = globalThis as Record<symbol, unknown>;
kept[Symbol.for('samecell.test.fetch')] ??= globalThis.fetch;
globalThis.fetch = () => {
  throw new Error('A test called the global fetch. Pass a fetch of its own, bound to a loopback server.');
};

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
