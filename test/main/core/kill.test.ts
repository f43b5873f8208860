import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../../main/core/db/open.ts';
import { openTables } from '../../../main/core/db/tables.ts';
import { startProviderServer } from '../../fixtures/servers/provider-server.ts';
import { openService, openSession, splits, tutorial } from './support/open-service.ts';
import type { ChildTask } from './support/service-child.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

// Each starts whole processes: a busy machine needs its time.
vi.setConfig({ testTimeout: 120_000 });

interface Child {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly lines: string[];
  /** The first line that begins so. */
  line(beginning: string): Promise<string>;
  /** SIGKILL; resolves when nothing of it is left. */
  kill(): Promise<void>;
}

function startChild(task: ChildTask): Child {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support', 'service-child.ts'), JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  const waiting: { beginning: string; resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += String(text);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const one of waiting) if (line.startsWith(one.beginning)) one.resolve(line);
  });
  child.on('close', () => {
    for (const one of waiting) one.reject(new Error(`The child ended before "${one.beginning}": ${errors}`));
  });
  return {
    process: child,
    lines,
    line: (beginning) =>
      new Promise((resolve, reject) => {
        const found = lines.find((line) => line.startsWith(beginning));
        if (found) resolve(found);
        else waiting.push({ beginning, resolve, reject });
      }),
    async kill() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A data folder with a session of candidates, closed again. */
async function preparedFolder(analyzer: string, threshold: number, url = '') {
  const dataFolder = temporaryFolder();
  const opened = await openService(dataFolder);
  await opened.ask('settings.set', { openaiCompatibleUrl: url, openaiCompatibleModel: 'local' });
  const { sessionId, groupIds } = await openSession(opened, analyzer, threshold);
  const { groups } = await opened.ask('group.list', { sessionId });
  await opened.service.close();
  return { dataFolder, sessionId, groupIds, groups };
}

test('no decision that was answered is lost and none is doubled, whenever the process is killed', async () => {
  const { dataFolder, sessionId, groupIds } = await preparedFolder(tutorial, 0.9);
  const acknowledged: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const child = startChild({ kind: 'decide', dataFolder, sessionId, groupIds });
    await child.line('ready');
    await soon(Math.random() * 150);
    await child.kill();
    acknowledged.push(...child.lines.filter((line) => line !== 'ready'));

    const database = openDatabase(dataFolder);
    const events = openTables(database).decisionEvents.ofSession(sessionId);
    database.close();
    const stored = events.map((event) => (event.kind === 'decide' ? `decide ${event.groupId} ${event.decision}` : event.kind));
    // The last one may have been committed without its answer having come through.
    expect(stored.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(stored.length - acknowledged.length).toBeLessThanOrEqual(1);
    acknowledged.splice(0, acknowledged.length, ...stored);
  }
  expect(acknowledged.length).toBeGreaterThan(5);
  const opened = await openService(dataFolder);
  expect((await opened.ask('review.state', { sessionId })).canUndo).toBe(true);
});

test('an offline run that is killed again and again ends with one verdict for each group', async () => {
  const { dataFolder, sessionId, groupIds } = await preparedFolder(splits, 0.5);
  expect(groupIds.length).toBeGreaterThan(50);
  let task: ChildTask = { kind: 'begin', dataFolder, sessionId, judge: 'offline' };
  let batchId = '';
  let killed = 0;
  for (let done = false; !done; ) {
    const child = startChild(task);
    batchId = (await child.line('running ')).slice('running '.length);
    task = { kind: 'resume', dataFolder, batchId };
    const ended = child.line('done').then(
      () => true,
      () => false,
    );
    const wait = killed < 4 ? soon(30 + Math.random() * 250).then(() => false) : ended;
    done = await Promise.race([ended, wait]);
    if (!done) {
      await child.kill();
      killed += 1;
    }
  }
  expect(killed).toBeGreaterThan(0);
  const opened = await openService(dataFolder);
  const [batch] = (await opened.ask('batch.list', { sessionId })).batches;
  expect(batch).toMatchObject({ state: 'done', total: groupIds.length, done: groupIds.length, failed: 0, running: 0 });
  const { groups } = await opened.ask('group.list', { sessionId });
  expect(groups.map((group) => group.verdictCount)).toEqual(groupIds.map(() => 1));
});

test('after a kill the run waits as paused, and no answered group is asked about again', async () => {
  const server = await startProviderServer(() => ({ kind: 'answer', delayMs: 15 }));
  onTestFinished(() => server.close());
  const { dataFolder, sessionId, groups } = await preparedFolder(splits, 0.3, `${server.origin}/v1`);
  // Questions name no units, and shuffle them; the spike counts tell which pair it was.
  const nameOfCounts = (counts: readonly number[]) => [...counts].sort((a, b) => a - b).join('+');
  const nameOf = (words: string) => nameOfCounts((/A has (\d+) spikes, B has (\d+) spikes/.exec(words)?.slice(1) ?? []).map(Number));
  const groupOf = new Map(groups.map((group) => [nameOfCounts(group.spikeCounts), group.groupId]));
  expect(groupOf.size).toBe(groups.length);

  const first = startChild({ kind: 'begin', dataFolder, sessionId, judge: 'openai-compatible' });
  const batchId = (await first.line('running ')).slice('running '.length);
  await expect.poll(() => server.arrived.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(7);
  await first.kill();

  const between = await openService(dataFolder);
  const [waiting] = (await between.ask('batch.list', { sessionId })).batches;
  expect(waiting).toMatchObject({ state: 'paused', running: 0, failed: 0 });
  expect(waiting.done).toBeGreaterThan(0);
  expect(waiting.done).toBeLessThan(groups.length);
  const answered = (await between.ask('group.list', { sessionId })).groups.filter((group) => group.verdictCount > 0);
  expect(answered).toHaveLength(waiting.done);
  await between.service.close();

  const already = server.arrived.length;
  await startChild({ kind: 'resume', dataFolder, batchId }).line('done');
  const groupsOf = (questions: typeof server.arrived) => questions.map((one) => groupOf.get(nameOf(one.words)));
  const asked = groupsOf(server.arrived.slice(already));
  const answeredIds = answered.map((group) => group.groupId);
  expect(asked.filter((groupId) => groupId === undefined || answeredIds.includes(groupId))).toEqual([]);
  // An answer is committed a little before its verdict: such a group is not asked about again either.
  expect(new Set([...asked, ...groupsOf(server.arrived.slice(0, already))]).size).toBe(groups.length);
  expect(new Set(asked).size).toBe(asked.length);
  const after = await openService(dataFolder);
  expect((await after.ask('group.list', { sessionId })).groups.every((group) => group.verdictCount === 1)).toBe(true);
});
