import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Failure, type FailureKind } from '../../../../app/failure.ts';
import { type ProviderId, providerById } from '../../../../app/judges/registry.ts';
import { type AskResult, askModel } from '../../../../main/core/batch/ask-model.ts';
import { createPace } from '../../../../main/core/batch/pace.ts';
import { createRemoteFetch, type RequestNote } from '../../../../main/core/batch/remote-fetch.ts';
import { createRunner, type Runner, type RunnerOptions } from '../../../../main/core/batch/runner.ts';
import type { BatchState } from '../../../../main/core/batch/store.ts';
import { sampleInput, sampleQuestion } from '../../../app/judges/sample-question.ts';
import { loopbackSend } from '../../../fixtures/servers/loopback-send.ts';
import { type Arrived, type Behaviour, fittingVerdict, startProviderServer } from '../../../fixtures/servers/provider-server.ts';
import { answer, planFor, storedSession } from '../support/stored-session.ts';

const canary = 'canary.9Zx-7788-do.not.leak';
const pairs = (count: number) => Array.from({ length: count }, (_, index) => [index * 2, index * 2 + 1]);
const good: AskResult = { ok: true, answer };
const failed = (kind: FailureKind, details = {}): AskResult => ({
  ok: false,
  failure: new Failure(kind, 'It failed.', details).toRecord(),
  spent: undefined,
});

function planned(count: number, numWorkers = 4) {
  const session = storedSession(pairs(count));
  const batchId = session.store.create(planFor(session.sessionId, session.groupIds));
  const states: BatchState[] = [];
  const bugs: unknown[] = [];
  const make = (ask: RunnerOptions['ask'], more: Partial<RunnerOptions> = {}): Runner =>
    createRunner({
      store: session.store,
      batchId,
      numWorkers,
      ask,
      onRest: (state) => states.push(state),
      onBug: (error) => bugs.push(error),
      ...more,
    });
  return { ...session, batchId, make, states, bugs, counts: () => session.store.counts(batchId) };
}

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.each([1, 3, 50])('%i workers ask about every group once and no more at a time', async (numWorkers) => {
  const run = planned(20, numWorkers);
  const asked: string[] = [];
  let most = 0;
  let active = 0;
  const runner = run.make(async (item) => {
    asked.push(item.groupId);
    most = Math.max(most, ++active);
    await soon(2);
    active--;
    return good;
  });
  runner.start();
  await runner.rest();
  expect(asked.sort()).toEqual([...run.groupIds].sort());
  expect(most).toBe(Math.min(numWorkers, 20));
  expect(run.counts()).toMatchObject({ total: 20, done: 20, failed: 0, running: 0, planned: 0 });
  expect(run.store.state(run.batchId)).toBe('done');
  expect(run.states).toEqual(['done']);
  expect(run.bugs).toEqual([]);
});

test('a reply is committed before its worker asks again', async () => {
  const run = planned(10, 1);
  const runner = run.make(async (item) => {
    expect(run.counts().done).toBe(item.position);
    return good;
  });
  runner.start();
  await runner.rest();
  expect(run.counts().done).toBe(10);
});

test('one bad group never stops a run', async () => {
  const run = planned(6, 2);
  const runner = run.make(async (item) => {
    if (item.position === 1) return failed('provider.refused');
    if (item.position === 2) throw new Failure('analyzer.damaged', 'The file x is cut off.');
    if (item.position === 3) throw new TypeError('undefined is not a function');
    return good;
  });
  runner.start();
  await runner.rest();
  expect(run.counts()).toMatchObject({ done: 3, failed: 3 });
  expect(
    run.tables.batches
      .failures(run.batchId)
      .map((one) => one.failure.kind)
      .sort(),
  ).toEqual(['analyzer.damaged', 'bug', 'provider.refused']);
  expect(JSON.stringify(run.tables.batches.failures(run.batchId))).not.toContain('undefined is not a function');
  expect(run.bugs).toHaveLength(1);
  expect(run.states).toEqual(['done']);
});

test.each([
  ['provider.auth', {}],
  ['provider.quota', {}],
  ['provider.offlineOnly', {}],
  ['vault.unavailable', {}],
  ['provider.badRequest', { wholeRun: true }],
] as const)('%s %j pauses the run early, names the reason, and goes on when it is mended', async (kind, details) => {
  const run = planned(30, 3);
  let mended = false;
  let asks = 0;
  const runner = run.make(async () => {
    asks++;
    await soon(1);
    return mended ? good : failed(kind, details);
  });
  runner.start();
  await runner.rest();
  expect(asks).toBe(3);
  expect(run.counts()).toMatchObject({ planned: 30, running: 0, done: 0, failed: 0 });
  expect(run.store.state(run.batchId)).toBe('paused');
  expect(run.store.stoppedBy(run.batchId)).toMatchObject({ kind });
  expect(run.states).toEqual(['paused']);
  mended = true;
  runner.start();
  await runner.rest();
  expect(run.counts().done).toBe(30);
  expect(run.store.stoppedBy(run.batchId)).toBeUndefined();
  expect(run.states).toEqual(['paused', 'done']);
});

test('a server that cannot be reached at all pauses the run after a few groups', async () => {
  const run = planned(30, 1);
  const runner = run.make(async () => failed('provider.unreachable'));
  runner.start();
  await runner.rest();
  expect(run.counts()).toMatchObject({ failed: 2, planned: 28 });
  expect(run.store.stoppedBy(run.batchId)?.kind).toBe('provider.unreachable');
});

test('pausing keeps what is on its way, and resuming asks for the rest only', async () => {
  const run = planned(20, 4);
  const asked: string[] = [];
  const runner = run.make(async (item) => {
    asked.push(item.groupId);
    await soon(20);
    return good;
  });
  runner.start();
  await soon(30);
  const started = performance.now();
  runner.pause();
  expect(run.store.state(run.batchId)).toBe('paused');
  await runner.rest();
  expect(performance.now() - started).toBeLessThan(1000);
  const before = asked.length;
  expect(before).toBeLessThan(20);
  expect(run.counts()).toMatchObject({ running: 0, done: before, planned: 20 - before });
  runner.start();
  await runner.rest();
  expect(new Set(asked).size).toBe(20);
  expect(asked).toHaveLength(20);
  expect(run.states).toEqual(['paused', 'done']);
});

test('resuming while the last replies are still on their way works too', async () => {
  const run = planned(12, 3);
  const runner = run.make(async () => {
    await soon(15);
    return good;
  });
  runner.start();
  runner.pause();
  runner.start();
  await runner.rest();
  expect(run.counts().done).toBe(12);
  expect(run.states).toEqual(['done']);
});

test('cancelling gives up what is on its way within a second, even where nobody listens', async () => {
  const run = planned(20, 5);
  const late: (() => void)[] = [];
  const runner = run.make(async (item) => {
    if (item.position < 2) return good;
    await new Promise<void>((resolve) => late.push(resolve));
    return good;
  });
  runner.start();
  await soon(20);
  const started = performance.now();
  runner.cancel();
  await runner.rest();
  expect(performance.now() - started).toBeLessThan(1000);
  expect(run.store.state(run.batchId)).toBe('cancelled');
  expect(run.counts()).toMatchObject({ done: 2, running: 0, planned: 0, failed: 0, skipped: 18 });
  for (const resolve of late) resolve();
  await soon(5);
  expect(run.counts().done).toBe(2);
  expect(run.states).toEqual(['cancelled']);
  expect(() => runner.start()).toThrow(expect.objectContaining({ kind: 'input.invalid' }));
});

test('a question that somebody else gave up is planned again, and the run pauses', async () => {
  const run = planned(6, 2);
  const runner = run.make(async (item) => {
    if (item.position === 3) throw new DOMException('closing', 'AbortError');
    return good;
  });
  runner.start();
  await runner.rest();
  expect(run.store.state(run.batchId)).toBe('paused');
  expect(run.counts()).toMatchObject({ failed: 0, running: 0 });
  expect(run.counts().planned).toBeGreaterThanOrEqual(1);
});

test('a run with nothing left to ask is done', async () => {
  const run = planned(1);
  const runner = run.make(async () => good);
  runner.start();
  await runner.rest();
  const again = run.make(async () => {
    throw new Error('Asked again.');
  });
  again.start();
  await again.rest();
  expect(run.states).toEqual(['done', 'done']);
});

test('failed groups can be planned again', async () => {
  const run = planned(5, 2);
  let well = false;
  const runner = run.make(async (item) => (item.position % 2 === 0 || well ? good : failed('provider.server')));
  runner.start();
  await runner.rest();
  expect(run.counts()).toMatchObject({ done: 3, failed: 2 });
  well = true;
  expect(run.store.replanFailed(run.batchId)).toBe(2);
  runner.start();
  await runner.rest();
  expect(run.counts()).toMatchObject({ done: 5, failed: 0 });
});

test('an answer that cannot be stored is the failure of its group alone', async () => {
  const run = planned(4, 1);
  const pictures = [{ feature: 'waveform_single', sha256: 'e'.repeat(64) }];
  const runner = run.make(async (item) => (item.position === 1 ? { ok: true, answer: { ...answer, pictures } } : good));
  runner.start();
  await runner.rest();
  expect(run.counts()).toMatchObject({ done: 3, failed: 1 });
  expect(run.tables.verdicts.ofGroup(run.groupIds[1])).toEqual([]);
  expect(run.bugs).toHaveLength(1);
});

test('a database that can no longer be written stops the run instead of asking on', async () => {
  const run = planned(20, 2);
  let asks = 0;
  const runner = run.make(async () => {
    if (++asks === 4) run.database.close();
    return good;
  });
  runner.start();
  await runner.rest();
  expect(asks).toBeLessThanOrEqual(5);
  expect(run.bugs.length).toBeGreaterThan(0);
});

test('after a crash the rest is asked, and nothing twice', async () => {
  const run = planned(10, 3);
  const asked: string[] = [];
  const crashing = run.make(async (item) => {
    asked.push(item.groupId);
    if (asked.length > 5) return new Promise<AskResult>(() => undefined);
    return good;
  });
  crashing.start();
  await vi.waitFor(() => expect(run.counts()).toMatchObject({ done: 5, running: 3 }));
  // The process is gone here; another one opens the same file.
  expect(run.store.resetRunning()).toBe(3);
  const finished = new Set(asked.slice(0, 5));
  const next = run.make(async (item) => {
    expect(finished.has(item.groupId)).toBe(false);
    return good;
  });
  next.start();
  await next.rest();
  expect(run.counts()).toMatchObject({ done: 10, planned: 0, running: 0 });
  for (const groupId of run.groupIds) expect(run.tables.verdicts.ofGroup(groupId)).toHaveLength(1);
});

/** How many groups each misbehaving provider is asked about. */
const faultyCount = 1000;
const timeoutMs = 2500;

test.each(['openai', 'anthropic', 'google', 'openai-compatible'] as const)(
  `${faultyCount} pairs with 10 workers at a misbehaving %s: each ends done or failed with a reason, none twice, each with its own answer`,
  async (id: ProviderId) => {
    const triesOf = new Map<string, number>();
    const wellAnswered = new Map<string, number>();
    const kinds = new Set<string>();
    const markOf = (request: Arrived) => /A has (\d+) spikes/.exec(request.words)?.[1] ?? '';
    const server = await startProviderServer((request): Behaviour => {
      const mark = markOf(request);
      const tries = (triesOf.get(mark) ?? 0) + 1;
      triesOf.set(mark, tries);
      const dice = createHash('sha256').update(`${mark} ${tries}`).digest();
      const one = dice[0];
      const misbehave = (): Behaviour => {
        if (Number(mark) % 40 === 7) return { kind: 'refusal' };
        if (Number(mark) % 40 === 11) return { kind: 'answer', text: `Merge them. Key: ${canary}` };
        if (Number(mark) % 40 === 13) return { kind: 'status', status: 418, body: { error: { message: `no ${canary}` } } };
        // A burst: whoever asks is told to wait, in one of the ways of saying so.
        if (request.index % 120 < 8)
          return { kind: 'status', status: 429, headers: one < 128 ? { 'retry-after-ms': '40' } : { 'retry-after': '0.04' } };
        if (one < 15) return { kind: 'status', status: 500, body: `oops ${canary}` };
        if (one < 25) return { kind: 'broken' };
        if (one < 26) return dice[1] < 128 ? { kind: 'silent' } : { kind: 'answer', delayMs: timeoutMs + 500 };
        if (one < 29) return { kind: 'huge', bytes: 3_000_000 };
        if (one < 33) return { kind: 'notJson' };
        if (one < 53) return { kind: 'answer', text: '{"verdict": "merge"}' };
        wellAnswered.set(mark, (wellAnswered.get(mark) ?? 0) + 1);
        const fitting = { ...fittingVerdict(request.schema ?? {}), reasoning: `About ${mark}.` };
        return { kind: 'answer', text: JSON.stringify(fitting), delayMs: dice[2] % 20 };
      };
      const behaviour = misbehave();
      kinds.add(behaviour.kind === 'status' ? String(behaviour.status) : behaviour.kind);
      return behaviour;
    });
    onTestFinished(() => server.close());
    const notes: RequestNote[] = [];
    const fetch = createRemoteFetch({
      hosts: [],
      baseUrl: server.origin,
      offlineOnly: () => false,
      timeoutMs,
      maxReplyBytes: 1024 * 1024,
      title: providerById(id).title,
      send: loopbackSend,
      onRequest: (note) => notes.push(note),
    });
    const connection = providerById(id).connect({ key: canary, baseUrl: server.origin, fetch });
    const pace = createPace({ firstWaitMs: 4 });
    const run = planned(faultyCount, 10);
    for (const { sha256, bytes } of sampleInput.pictures)
      run.tables.pictures.add({ sha256, mediaType: 'image/png', sizeBytes: bytes.length, widthPx: 640, heightPx: 480 });
    const ended: number[] = [];
    const runner = run.make(async (item, signals) => {
      const result = await askModel({
        connection,
        title: providerById(id).title,
        model: 'model-here',
        built: sampleQuestion({ spikeCounts: [1000 + item.position, 5] }),
        numbers: {},
        params: {},
        costOf: () => 0.001,
        pace,
        signals,
      });
      ended.push(item.position);
      return result;
    });
    runner.start();
    await runner.rest();

    const counts = run.counts();
    expect(run.bugs).toEqual([]);
    expect(run.store.stoppedBy(run.batchId)).toBeUndefined();
    expect(run.states).toEqual(['done']);
    expect(counts).toMatchObject({ total: faultyCount, planned: 0, running: 0 });
    expect(counts.done + counts.failed).toBe(faultyCount);
    expect(counts.done).toBeGreaterThan(0.75 * faultyCount);
    expect(counts.failed).toBeGreaterThanOrEqual(Math.floor((3 * faultyCount) / 40));
    for (const [position, groupId] of run.groupIds.entries()) {
      const verdicts = run.tables.verdicts.ofGroup(groupId);
      expect(verdicts.length).toBeLessThanOrEqual(1);
      for (const verdict of verdicts) expect(verdict.reasoning).toBe(`About ${1000 + position}.`);
      // Where a good answer was given, it was the last time that was asked.
      expect(wellAnswered.get(String(1000 + position)) ?? 0).toBe(verdicts.length);
    }
    const failures = run.tables.batches.failures(run.batchId).map((one) => one.failure);
    expect(failures).toHaveLength(counts.failed);
    for (const failure of failures) expect(failure.message).toMatch(/^[A-Z“].*[.”]$/s);
    expect(new Set(failures.map((failure) => failure.kind))).toContain('provider.refused');
    expect([...kinds].sort()).toEqual(['418', '429', '500', 'answer', 'broken', 'huge', 'notJson', 'refusal', 'silent']);
    expect(ended).not.toEqual([...ended].sort((a, b) => a - b));
    expect(server.mostAtOnce).toBeLessThanOrEqual(10);
    expect(notes.length).toBe(server.arrived.length);

    // The key is in no row, no file and no note, although the server repeats it.
    expect(JSON.stringify([failures, notes])).not.toContain(canary);
    run.database.close();
    for (const name of readdirSync(run.folder)) expect(readFileSync(join(run.folder, name)).includes(canary)).toBe(false);
  },
  600_000,
);
