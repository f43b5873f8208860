import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Fate, type Handover, startBatchServer } from '../../../fixtures/servers/batch-server.ts';
import { openService, openSession, splits } from '../support/open-service.ts';
import type { ChildTask } from '../support/service-child.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const models = { openai: 'gpt-4o', anthropic: 'claude-sonnet-4-5', google: 'gemini-3.5-flash' } as const;

async function handedOver(judge: keyof typeof models, fateOf?: (index: number) => Fate, more: object = {}, handover: Handover = 'well') {
  const server = await startBatchServer(fateOf && ((_, index) => fateOf(index)));
  onTestFinished(() => server.close());
  server.handover = handover;
  const opened = await openService();
  const { ask, service } = opened;
  await ask('settings.set', {
    openaiUrl: server.origin,
    anthropicUrl: server.origin,
    googleUrl: server.origin,
    remoteConsentAt: '2026-01-01',
  });
  await ask('vault.setKey', { provider: judge, key: 'some-key-of-mine' });
  const session = await openSession(opened, splits, 0.1);
  const request = {
    sessionId: session.sessionId,
    judge,
    model: models[judge],
    features: ['crosscorrelograms'],
    providerBatch: true,
    ...more,
  };
  const { batchId } = await ask('batch.start', request);
  await service.core.judges.rest(batchId);
  const run = async (from = opened) =>
    (await from.ask('batch.list', { sessionId: session.sessionId })).batches.find((one) => one.batchId === batchId);
  return { ...opened, ...session, server, batchId, run, request };
}

test.each(['openai', 'anthropic', 'google'] as const)(
  'a run handed over to %s is left, found again after a restart, and each answer goes to its own group',
  async (judge) => {
    const { service, server, batchId, groupIds, sessionId, dataFolder, run } = await handedOver(judge);
    const count = groupIds.length;
    expect(server.batches).toHaveLength(1);
    expect(server.batches[0].questions).toHaveLength(count);
    const handed = await run();
    expect(handed).toMatchObject({ state: 'paused', done: 0, running: 0, providerBatches: [{ state: 'waiting', requestCount: count }] });
    await service.close();

    const again = await openService(dataFolder);
    await again.ask('vault.setKey', { provider: judge, key: 'some-key-of-mine' });
    expect(await again.ask('batch.collect', { batchId })).toEqual({ waiting: 1, stored: 0 });
    // What lies at the provider is not asked a second time.
    await again.ask('batch.resume', { batchId });
    await again.service.core.judges.rest(batchId);
    expect(server.batches).toHaveLength(1);
    server.finish();
    expect(await again.ask('batch.collect', { batchId })).toEqual({ waiting: 0, stored: count });
    expect(await run(again)).toMatchObject({ state: 'done', done: count, failed: 0, providerBatches: [{ state: 'collected' }] });

    const { groups } = await again.ask('group.list', { sessionId });
    for (const { groupId, spikeCounts } of groups) {
      const [verdict] = (await again.ask('verdict.ofGroup', { groupId })).verdicts;
      const { text } = await again.ask('verdict.raw', { verdictId: verdict.verdictId });
      const shown = verdict.votes[0].order.map((place) => spikeCounts[place]);
      expect(text).toContain(`A has ${shown[0]} spikes, B has ${shown[1]} spikes`);
      expect(verdict).toMatchObject({ verdict: 'merge', params: { providerBatch: true } });
    }
    const [full] = (await again.ask('verdict.ofGroup', { groupId: groups[0].groupId })).verdicts;
    const direct = { openai: (1000 * 2.5 + 100 * 10) / 1e6, anthropic: (1000 * 3 + 100 * 15) / 1e6, google: (1000 * 1.5 + 100 * 9) / 1e6 };
    expect(full.costUsd).toBeCloseTo(direct[judge] / 2, 6);
    expect(await again.ask('batch.collect', { batchId })).toEqual({ waiting: 0, stored: 0 });
  },
);

test.each(['openai', 'anthropic', 'google'] as const)(
  'of a batch of %s one question failed, one expired and one came back unreadable; the others count, and the expired one is asked anew',
  async (judge) => {
    const fates: Fate[] = [{ kind: 'error' }, { kind: 'expired' }, { kind: 'answer', text: 'Merge them.' }];
    let first = true;
    const { ask, server, batchId, groupIds, run, service } = await handedOver(
      judge,
      (index) => (first ? fates[index] : undefined) ?? { kind: 'answer' },
    );
    const count = groupIds.length;
    server.finish();
    expect(await ask('batch.collect', { batchId })).toEqual({ waiting: 0, stored: count - 1 });
    const partial = await run();
    expect(partial).toMatchObject({ state: 'paused', done: count - 3, failed: 2 });
    expect(partial?.failures.map(({ kind }) => kind).sort()).toEqual(['provider.badReply', 'provider.badRequest']);
    first = false;
    await ask('batch.resume', { batchId });
    await service.core.judges.rest(batchId);
    expect(server.batches[1].questions).toHaveLength(1);
    server.finish();
    await ask('batch.collect', { batchId });
    expect(await run()).toMatchObject({ state: 'done', done: count - 2, failed: 2 });
  },
);

/** A process that hands a run over and is killed when the batch has arrived at the provider, before it hears of it. */
async function killedWhileSending(judge: keyof typeof models, handover: Handover) {
  const server = await startBatchServer();
  onTestFinished(() => server.close());
  const dataFolder = temporaryFolder();
  const before = await openService(dataFolder);
  const urls = { openaiUrl: server.origin, anthropicUrl: server.origin, googleUrl: server.origin };
  await before.ask('settings.set', urls);
  const { sessionId, groupIds } = await openSession(before, splits, 0.1);
  await before.service.close();
  server.addForeign(groupIds.length, true);
  server.addForeign(groupIds.length + 1, false);
  server.handover = handover;
  const task: ChildTask = { kind: 'offer', dataFolder, request: { sessionId, judge, model: models[judge] } };
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'support', 'service-child.ts'), JSON.stringify(task)], {
    stdio: 'ignore',
  });
  await expect.poll(() => server.arrivedCount, { timeout: 60_000, interval: 10 }).toBe(1);
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  server.handover = 'well';
  // Others go on meanwhile.
  for (let count = 0; count < 3; count++) server.addForeign(3, false);
  const after = await openService(dataFolder);
  await after.ask('vault.setKey', { provider: judge, key: 'some-key-of-mine' });
  const { ask, service } = after;
  const run = async () => (await ask('batch.list', { sessionId })).batches[0];
  const { batchId } = await run();
  const resume = async () => {
    await ask('batch.resume', { batchId });
    await service.core.judges.rest(batchId);
  };
  const own = () => server.batches.filter(({ questions }) => !questions[0].id.startsWith('theirs'));
  return { ask, server, run, resume, batchId, groupIds, own };
}

test.each(['openai', 'anthropic', 'google'] as const)(
  'a batch that %s took from a process that was killed before it knew is found again, and nothing in it is asked twice',
  async (judge) => {
    const { ask, server, run, resume, batchId, groupIds, own } = await killedWhileSending(judge, 'taken, silent');
    expect(await run()).toMatchObject({
      state: 'paused',
      running: 0,
      providerBatches: [{ state: 'sending', requestCount: groupIds.length }],
    });
    await resume();
    // Anthropic keeps no names: whose batch it is shows with its answers, and until then nothing is asked again.
    expect((await run()).providerBatches).toMatchObject([{ state: judge === 'anthropic' ? 'sending' : 'waiting' }]);
    expect(await ask('batch.collect', { batchId })).toEqual({ waiting: 1, stored: 0 });
    server.finish();
    expect(await ask('batch.collect', { batchId })).toEqual({ waiting: 0, stored: groupIds.length });
    expect(await run()).toMatchObject({ state: 'done', done: groupIds.length, failed: 0, providerBatches: [{ state: 'collected' }] });
    expect(own()).toHaveLength(1);
    for (const groupId of groupIds) expect((await ask('verdict.ofGroup', { groupId })).verdicts).toHaveLength(1);
  },
);

test.each(['openai', 'anthropic', 'google'] as const)(
  'a batch that %s did not take from a process that was killed is sent again',
  async (judge) => {
    const { run, resume, groupIds, own } = await killedWhileSending(judge, 'not taken, silent');
    expect(own()).toHaveLength(0);
    await resume();
    expect((await run()).providerBatches).toMatchObject([{ state: 'failed' }, { state: 'waiting', requestCount: groupIds.length }]);
    expect(own()).toHaveLength(1);
  },
);

test.each(['openai', 'anthropic', 'google'] as const)(
  'where the connection to %s breaks off after it took a batch, it is not sent again',
  async (judge) => {
    const { ask, server, run, batchId, groupIds, service } = await handedOver(judge, undefined, { features: [] }, 'taken, cut');
    expect(await run()).toMatchObject({
      state: 'paused',
      stoppedBy: { kind: 'provider.unreachable' },
      providerBatches: [{ state: 'sending' }],
    });
    server.handover = 'well';
    await ask('batch.resume', { batchId });
    await service.core.judges.rest(batchId);
    server.finish();
    expect(await ask('batch.collect', { batchId })).toEqual({ waiting: 0, stored: groupIds.length });
    expect(server.arrivedCount).toBe(1);
  },
);

test('a run whose sending broke off can be given up: what the provider has of it is withdrawn', async () => {
  const { ask, server, run, batchId } = await handedOver('openai', undefined, { features: [] }, 'taken, cut');
  await ask('batch.cancel', { batchId });
  expect(server.batches[0].cancelled).toBe(true);
  expect(await run()).toMatchObject({ state: 'cancelled', providerBatches: [{ state: 'cancelled' }] });
});

test('collecting that breaks off in the middle keeps what it has stored, and collecting again stores the rest, each once', async () => {
  const { ask, server, batchId, groupIds, run, service } = await handedOver('openai');
  server.finish();
  const { verdicts } = service.core.tables;
  const { add } = verdicts;
  let count = 0;
  Object.assign(verdicts, {
    add: (verdict: Parameters<typeof add>[0]) => {
      if (++count === 5) throw new Error('The disk is gone.');
      return add(verdict);
    },
  });
  await expect(ask('batch.collect', { batchId })).rejects.toThrow('The disk is gone.');
  expect(await run()).toMatchObject({ done: 4, running: 0, failed: 0, providerBatches: [{ state: 'waiting' }] });
  expect(await ask('batch.collect', { batchId })).toEqual({ waiting: 0, stored: groupIds.length - 4 });
  expect(await run()).toMatchObject({ state: 'done', done: groupIds.length, providerBatches: [{ state: 'collected' }] });
  for (const groupId of groupIds) expect((await ask('verdict.ofGroup', { groupId })).verdicts).toHaveLength(1);
});

test('votes of one group lie in one batch and are counted together', async () => {
  const { ask, server, batchId, groupIds } = await handedOver('openai', undefined, { votes: 3 });
  expect(server.batches[0].questions).toHaveLength(3 * groupIds.length);
  server.finish();
  await ask('batch.collect', { batchId });
  const [verdict] = (await ask('verdict.ofGroup', { groupId: groupIds[0] })).verdicts;
  expect(verdict.votes).toHaveLength(3);
  expect(new Set(verdict.votes.map(({ order }) => order.join(' '))).size).toBe(2);
});

test('a batch that is cancelled is withdrawn at the provider', async () => {
  const { ask, server, batchId, run } = await handedOver('anthropic');
  await ask('batch.cancel', { batchId });
  expect(server.batches[0].cancelled).toBe(true);
  expect(await run()).toMatchObject({ state: 'cancelled', providerBatches: [{ state: 'cancelled' }] });
});

test('a panel, and a server without batches, are refused before anything is sent', async () => {
  const { ask, request, server } = await handedOver('openai');
  await expect(ask('batch.start', { ...request, again: true, mode: 'panel' })).rejects.toThrow('its head needs the reports first');
  await expect(ask('batch.start', { ...request, judge: 'openai-compatible' })).rejects.toThrow('takes no batches');
  expect(server.batches).toHaveLength(1);
});
