import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBatchServer } from '../../../fixtures/servers/batch-server.ts';
import { type Arrived, type Behaviour, startProviderServer } from '../../../fixtures/servers/provider-server.ts';
import { copyOf, openService, openSession, splits } from '../support/open-service.ts';

async function asking(behave?: (request: Arrived) => Behaviour, folder = splits) {
  const server = await startProviderServer(behave);
  onTestFinished(() => server.close());
  const opened = await openService();
  const { ask, service } = opened;
  await ask('settings.set', { openaiUrl: `${server.origin}/v1`, remoteConsentAt: '2026-01-01' });
  await ask('vault.setKey', { provider: 'openai', key: 'some-key-of-mine' });
  const session = await openSession(opened, folder, 0.1);
  const { sessionId } = session;
  const request = { sessionId, judge: 'openai', model: 'gpt-4o', features: [] as string[] };
  const begin = async (more: object = {}) => {
    const { batchId } = await ask('batch.start', { ...request, ...more });
    await service.core.judges.rest(batchId);
    return batchId;
  };
  const row = async (from = opened) => (await from.ask('batch.list', { sessionId })).batches[0];
  const goOn = async (batchId: string, more: object = {}, from = opened) => {
    await from.ask('batch.resume', { batchId, ...more });
    await from.service.core.judges.rest(batchId);
  };
  return { ...opened, ...session, server, request, begin, row, goOn };
}

test('at its limit a run leaves the rest out and says so; a higher limit asks about them, also after a restart, and nothing twice', async () => {
  const { begin, row, goOn, groupIds, server, service, dataFolder, ask, sessionId } = await asking();
  const batchId = await begin({ maxCalls: 3, numWorkers: 1 });
  const left = groupIds.length - 3;
  expect(await row()).toMatchObject({
    ...{ state: 'paused', done: 3, failed: 0, skipped: left, stoppedBy: { kind: 'provider.quota' } },
    skips: [{ kind: 'limit', count: left, message: expect.stringContaining('limit of 3 requests') }],
  });
  // Groups that were merely left out did not fail.
  expect((await ask('group.list', { sessionId })).groups.filter(({ failure }) => failure !== null)).toEqual([]);
  await goOn(batchId, { maxCalls: 5 });
  expect(await row()).toMatchObject({ state: 'paused', done: 5, skipped: left - 2 });
  await service.close();
  const again = await openService(dataFolder);
  await again.ask('vault.setKey', { provider: 'openai', key: 'some-key-of-mine' });
  await goOn(batchId, { maxCalls: null }, again);
  expect(await row(again)).toMatchObject({ state: 'done', done: groupIds.length, skipped: 0, skips: [] });
  expect((await row(again)).stoppedBy).toBeUndefined();
  expect(server.arrived).toHaveLength(groupIds.length);
});

test('a group of which nothing can be shown is left out with that reason, and asked about once it can be', async () => {
  const folder = copyOf(splits);
  rmSync(join(folder, 'extensions', 'principal_components'), { recursive: true });
  const { begin, row, server, ask, sessionId, service, groupIds } = await asking(undefined, folder);
  const shown = { features: ['pca_clustering'], withNumbers: false, groupIds: groupIds.slice(0, 2) };
  const estimate = await ask('batch.estimate', { sessionId, judge: 'openai', model: 'gpt-4o', ...shown });
  expect(estimate.problems).toContainEqual(expect.stringContaining('neither a picture nor a number'));
  const batchId = await begin(shown);
  expect(await row()).toMatchObject({ state: 'done', done: 0, failed: 0, skipped: 2, skips: [{ kind: 'nothing to show', count: 2 }] });
  expect(server.arrived).toEqual([]);
  const { groups } = await ask('group.list', { sessionId });
  expect(groups[0].failure).toMatchObject({ kind: 'nothing to show' });
  await ask('compute.run', { sessionId, extensions: ['principal_components'] });
  await ask('batch.retrySkipped', { batchId });
  await service.core.judges.rest(batchId);
  expect(await row()).toMatchObject({ state: 'done', done: 2, skipped: 0 });
  expect((await ask('group.list', { sessionId })).groups[0].failure).toBeNull();
});

test.each([
  [9, ['crosscorrelograms'], 'a picture shows at most 8'],
  [21, [], 'numbers go along for at most 20'],
])('a group of %i units is too many for a question, which is said before, and the others are asked about', async (count, features, why) => {
  const { begin, row, server, ask, sessionId, info, groupIds, request } = await asking();
  const units = info.units.slice(0, count).map(({ id }) => id);
  const { groupId } = await ask('candidates.addGroup', { sessionId, units });
  const { checks } = await ask('batch.preflight', { ...request, features, groupIds: [groupIds[0], groupId] });
  expect(checks).toContainEqual({
    what: 'Groups',
    state: 'unknown',
    detail: expect.stringMatching(new RegExp(`^Left out 1 of 2 groups.*${why}`)),
  });
  await begin({ groupIds: [groupId, groupIds[0]], features });
  expect(await row()).toMatchObject({
    ...{ state: 'done', done: 1, skipped: 1 },
    skips: [{ kind: 'too many units', message: expect.stringContaining(why), groups: [{ groupId }] }],
  });
  expect(server.arrived.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

test('a person leaves out what was not asked about yet, some or all, and has it asked after all', async () => {
  const { row, server, ask, request, service, groupIds } = await asking(() => ({ kind: 'answer', delayMs: 100 }));
  const { batchId } = await ask('batch.start', { ...request, numWorkers: 1 });
  await expect.poll(() => server.arrived.length, { interval: 5, timeout: 20_000 }).toBe(2);
  await ask('batch.pause', { batchId });
  await service.core.judges.rest(batchId);
  const { done } = await row();
  const last = groupIds.slice(-2);
  expect(await ask('batch.skip', { batchId, groupIds: last })).toEqual({ skipped: 2 });
  expect(await row()).toMatchObject({
    state: 'paused',
    skipped: 2,
    skips: [{ kind: 'person', groups: last.map((groupId) => ({ groupId })) }],
  });
  // What was answered stays so.
  expect(await ask('batch.skip', { batchId })).toEqual({ skipped: groupIds.length - done - 2 });
  expect(await row()).toMatchObject({ state: 'done', done, skipped: groupIds.length - done });
  await ask('batch.retrySkipped', { batchId });
  await service.core.judges.rest(batchId);
  expect(await row()).toMatchObject({ state: 'done', done: groupIds.length, skipped: 0 });
  expect(new Set(server.arrived.map(({ bodyText }) => bodyText)).size).toBe(groupIds.length);
});

test('what a limit holds back can still be asked about after a person left out the rest', async () => {
  const { row, goOn, ask, request, service, groupIds } = await asking();
  const { judges, tables } = service.core;
  const batchId = judges.create({ ...request, maxCalls: 1 });
  const { processId } = tables.batches.byId(batchId) ?? {};
  tables.batches.setState(batchId, 'paused', undefined, processId ?? '');
  tables.batches.skipPlanned(batchId, { kind: 'limit', message: 'The limit.' }, groupIds.slice(0, 2));
  expect(await ask('batch.skip', { batchId })).toEqual({ skipped: groupIds.length - 2 });
  expect(await row()).toMatchObject({ state: 'paused', skipped: groupIds.length });
  await goOn(batchId, { maxCalls: null });
  expect(await row()).toMatchObject({ state: 'done', done: 2, skipped: groupIds.length - 2 });
});

test('a cancelled run has a reason for every group, and does not go on with any', async () => {
  const { row, server, ask, request, service, groupIds } = await asking((one) => (one.index < 2 ? { kind: 'answer' } : { kind: 'silent' }));
  const { batchId } = await ask('batch.start', { ...request, numWorkers: 2 });
  await expect.poll(() => server.arrived.length, { interval: 5, timeout: 20_000 }).toBe(4);
  await ask('batch.cancel', { batchId });
  await service.core.judges.rest(batchId);
  expect(await row()).toMatchObject({ state: 'cancelled', done: 2, skipped: groupIds.length - 2, skips: [{ kind: 'cancelled' }] });
  await expect(ask('batch.retrySkipped', { batchId })).rejects.toThrow('was cancelled');
  await expect(ask('batch.resume', { batchId })).rejects.toThrow('was cancelled');
  expect(await row()).toMatchObject({ state: 'cancelled', skipped: groupIds.length - 2 });
});

test.each([
  ['requests', { maxCalls: 4, votes: 2 }, 2],
  ['USD', { maxCostUsd: 0.05, votes: 1 }, undefined],
])(
  'a run handed over to its provider stays within its limit of %s, and the rest goes along when that is raised',
  async (_, limits, fits) => {
    const server = await startBatchServer();
    onTestFinished(() => server.close());
    const opened = await openService();
    const { ask, service } = opened;
    await ask('settings.set', { openaiUrl: server.origin, remoteConsentAt: '2026-01-01' });
    await ask('vault.setKey', { provider: 'openai', key: 'some-key-of-mine' });
    const { sessionId, groupIds } = await openSession(opened, splits, 0.1);
    const request = { sessionId, judge: 'openai', model: 'gpt-4o', features: ['crosscorrelograms'] };
    const { costUsd } = await ask('batch.estimate', { ...request, providerBatch: true });
    const { batchId } = await ask('batch.start', { ...request, ...limits, providerBatch: true });
    await service.core.judges.rest(batchId);
    const row = async () => (await ask('batch.list', { sessionId })).batches[0];
    const first = await row();
    const sent = fits ?? Math.floor((0.05 / (costUsd as number)) * groupIds.length);
    const { votes } = limits;
    expect(sent).toBeGreaterThan(0);
    expect(Math.abs(server.batches[0].questions.length / votes - sent)).toBeLessThanOrEqual(fits === undefined ? 1 : 0);
    const handed = server.batches[0].questions.length / votes;
    expect(first).toMatchObject({
      ...{ state: 'paused', stoppedBy: { kind: 'provider.quota' }, skipped: groupIds.length - handed },
      skips: [{ kind: 'limit' }],
      providerBatches: [{ state: 'waiting' }],
    });
    server.finish();
    await ask('batch.collect', { batchId });
    expect(await row()).toMatchObject({ state: 'paused', done: handed, skipped: groupIds.length - handed });
    await ask('batch.resume', { batchId, maxCalls: null, maxCostUsd: null });
    await service.core.judges.rest(batchId);
    server.finish();
    await ask('batch.collect', { batchId });
    expect(await row()).toMatchObject({ state: 'done', done: groupIds.length, skipped: 0 });
    for (const groupId of groupIds) expect((await ask('verdict.ofGroup', { groupId })).verdicts).toHaveLength(1);
  },
);
