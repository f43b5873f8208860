import { expect, test } from 'vitest';
import { Failure, type FailureKind } from '../../../../app/failure.ts';
import { createPace } from '../../../../main/core/batch/pace.ts';

/** A pace on a clock of its own: sleeping moves the clock and is written down. */
function clocked() {
  let nowMs = 0;
  const slept: number[] = [];
  const pace = createPace({
    now: () => nowMs,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += ms;
    },
  });
  return { pace, slept, now: () => nowMs };
}

const calm = () => ({ signal: new AbortController().signal, pausing: new AbortController().signal });

function failing(kind: FailureKind, times: number, details: Record<string, number | boolean> = {}) {
  let tries = 0;
  return {
    send: async () => {
      if (++tries <= times) throw new Failure(kind, 'No.', details);
      return 'answer';
    },
    get tries() {
      return tries;
    },
  };
}

test('what every other question would meet too is never asked again, whatever kind it is', async () => {
  const { pace, slept } = clocked();
  const request = failing('provider.unreachable', 1, { wholeRun: true });
  await expect(pace.run(request.send, calm())).rejects.toMatchObject({ kind: 'provider.unreachable' });
  expect(request.tries).toBe(1);
  expect(slept).toEqual([]);
});

test.each([
  'provider.auth',
  'provider.quota',
  'provider.refused',
  'provider.badRequest',
  'provider.badReply',
  'provider.offlineOnly',
  'bug',
] as const)('%s is never asked again', async (kind) => {
  const { pace, slept } = clocked();
  const request = failing(kind, 1);
  await expect(pace.run(request.send, calm())).rejects.toMatchObject({ kind });
  expect(request.tries).toBe(1);
  expect(slept).toEqual([]);
});

test('passing failures are asked again with growing waits, up to a limit', async () => {
  const { pace, slept } = clocked();
  const request = failing('provider.server', 3);
  await expect(pace.run(request.send, calm())).resolves.toBe('answer');
  expect(slept).toEqual([750, 1500, 3000]);
  const hopeless = failing('provider.server', 99);
  await expect(pace.run(hopeless.send, calm())).rejects.toMatchObject({ kind: 'provider.server' });
  expect(hopeless.tries).toBe(6);
  const slow = failing('provider.timeout', 99);
  await expect(pace.run(slow.send, calm())).rejects.toMatchObject({ kind: 'provider.timeout' });
  expect(slow.tries).toBe(2);
});

test('waits are spread by jitter', async () => {
  const slept: number[] = [];
  let next = 0;
  const randoms = [0, 1, 0.25];
  const pace = createPace({ random: () => randoms[next++], sleep: async (ms) => void slept.push(ms) });
  await pace.run(failing('provider.unreachable', 3).send, calm());
  expect(slept).toEqual([500, 2000, 2500]);
});

test('Retry-After is honoured to the millisecond, and a little more', async () => {
  const { pace, slept, now } = clocked();
  const limited = failing('provider.rateLimited', 1, { retryAfterMs: 7000 });
  await pace.run(limited.send, calm());
  expect(slept).toEqual([7500]);
  expect(now()).toBeGreaterThanOrEqual(7000);
});

test('workers wait together when one of them is told to slow down', async () => {
  let nowMs = 0;
  const waiting: (() => void)[] = [];
  const pace = createPace({
    now: () => nowMs,
    random: () => 0,
    sleep: (_ms) => new Promise((resolve) => waiting.push(resolve)),
  });
  const sent: string[] = [];
  const first = failing('provider.rateLimited', 1, { retryAfterMs: 5000 });
  const one = pace.run(first.send, calm());
  await Promise.resolve();
  await Promise.resolve();
  const two = pace.run(async () => void sent.push('two'), calm());
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(sent).toEqual([]);
  expect(waiting).toHaveLength(2);
  nowMs = 5000;
  for (const resolve of waiting) resolve();
  await Promise.all([one, two]);
  expect(sent).toEqual(['two']);
});

test('a wait longer than ten minutes stops the run instead of holding it', async () => {
  const { pace, slept } = clocked();
  await expect(pace.run(failing('provider.rateLimited', 1, { retryAfterMs: 3_600_000 }).send, calm())).rejects.toMatchObject({
    kind: 'provider.rateLimited',
    details: { wholeRun: true, retryAfterMs: 3_600_000 },
  });
  expect(slept).toEqual([]);
});

test.each(['signal', 'pausing'] as const)('%s ends a wait at once', async (name) => {
  const pace = createPace();
  const controller = new AbortController();
  const request = failing('provider.server', 99);
  const run = pace.run(request.send, { ...calm(), [name]: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const started = performance.now();
  controller.abort();
  await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
  expect(performance.now() - started).toBeLessThan(200);
  expect(request.tries).toBe(1);
});
