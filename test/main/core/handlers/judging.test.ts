import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findModel } from '../../../../app/judges/models.ts';
import { pictureSize } from '../../../../app/judges/picture-size.ts';
import { featureById } from '../../../../app/plots/registry.ts';
import { measureGroup } from '../../../../main/core/judging/group-numbers.ts';
import { withGroup } from '../../../../main/core/sessions/session-access.ts';
import { type Arrived, type Behaviour, startProviderServer } from '../../../fixtures/servers/provider-server.ts';
import { openService, openSession, splits } from '../support/open-service.ts';

const canary = 'sk-canary-7f3a9c5e1b2d4f60-not-to-be-found';

async function openWithServer(behave?: (request: Arrived) => Behaviour) {
  const server = await startProviderServer(behave);
  onTestFinished(() => server.close());
  const opened = await openService();
  await opened.ask('settings.set', { openaiUrl: `${server.origin}/v1`, anthropicUrl: server.origin, googleUrl: server.origin });
  await opened.ask('settings.set', { remoteConsentAt: '2026-01-01T00:00:00.000Z' });
  await opened.ask('vault.setKey', { provider: 'openai', key: canary });
  const session = await openSession(opened, splits, 0.1);
  const judge = async (more: object = {}) => {
    const { batchId } = await opened.ask('batch.start', { sessionId: session.sessionId, judge: 'openai', model: 'gpt-4o', ...more });
    await opened.service.core.judges.rest(batchId);
    const { batches } = await opened.ask('batch.list', { sessionId: session.sessionId });
    return batches.find((batch) => batch.batchId === batchId) as (typeof batches)[0];
  };
  return { ...opened, ...session, server, judge };
}

test('a model gets the very pictures that are stored, and everything about its answer is kept', async () => {
  const { ask, judge, server, groupIds, sessionId, service } = await openWithServer();
  const features = ['waveform_single', 'crosscorrelograms'];
  const batch = await judge({ features, withNumbers: true, numWorkers: 2 });
  expect(batch).toMatchObject({ state: 'done', done: groupIds.length, failed: 0, inputTokens: 1000 * groupIds.length });
  expect(server.arrived).toHaveLength(groupIds.length);
  expect(server.arrived.every((one) => one.headers.authorization === `Bearer ${canary}`)).toBe(true);

  const [verdict] = (await ask('verdict.ofGroup', { groupId: groupIds[0] })).verdicts;
  expect(verdict).toMatchObject({ judge: 'openai', verdict: 'merge', confidence: 0.9, promptId: 'merge-review', inputTokens: 1000 });
  expect(verdict.pictures.map((picture) => picture.feature)).toEqual(features);
  expect(verdict.costUsd).toBeGreaterThan(0);
  const sent = server.arrived.map((one) => one.images.map((image) => image.base64));
  for (const { sha256, feature } of verdict.pictures) {
    const { bytes } = await ask('plot.stored', { sha256 });
    const base64 = Buffer.from(bytes).toString('base64');
    expect(sent.some((images) => images.includes(base64))).toBe(true);
    // Where the units were shown in the other order, it is the same picture with the letters exchanged.
    const inOrder = verdict.votes[0].order[0] === 0;
    const sizePx = pictureSize(findModel('openai', 'gpt-4o')?.images, featureById(feature).sizePx);
    const picture = await withGroup(service.core, groupIds[0], (view, { units }) =>
      service.core.pictures.of(view, units, feature, { sizePx }),
    );
    expect(picture.sha256 === sha256).toBe(inOrder);
    expect({ width: picture.width, height: picture.height }).toEqual(sizePx);
  }
  const orders = await Promise.all(
    groupIds.map(async (groupId) => (await ask('verdict.ofGroup', { groupId })).verdicts[0].votes[0].order.join(' ')),
  );
  expect(new Set(orders)).toEqual(new Set(['0 1', '1 0']));
  const raw = await ask('verdict.raw', { verdictId: verdict.verdictId });
  expect(JSON.parse(raw.raw)).toMatchObject({ object: 'response' });
  expect(raw.text).toContain('The group to judge');
  const { groups } = await ask('group.list', { sessionId });
  expect(groups[0].verdict).toMatchObject({ verdictId: verdict.verdictId, verdict: 'merge' });
});

test('a model gets one sheet where it is wished, names each picture on it, and answers about each', async () => {
  const { ask, judge, server, groupIds, sessionId } = await openWithServer();
  const features = ['waveform_single', 'amplitude_plot', 'crosscorrelograms'];
  const request = { features, groupIds: groupIds.slice(0, 2) };
  const estimated = async (pictures: 'separate' | 'sheet') =>
    (await ask('batch.estimate', { sessionId, judge: 'openai', model: 'gpt-4o', ...request, pictures })).inputTokens;
  expect(await estimated('sheet')).toBeLessThan(await estimated('separate'));
  const batch = await judge({ ...request, pictures: 'sheet' });
  expect(batch).toMatchObject({ state: 'done', done: 2, failed: 0 });
  expect(server.arrived.map(({ images }) => images.length)).toEqual([1, 1]);
  const [verdict] = (await ask('verdict.ofGroup', { groupId: groupIds[0] })).verdicts;
  expect(verdict.pictures.map(({ feature }) => feature)).toEqual(features);
  expect(new Set(verdict.pictures.map(({ sha256 }) => sha256)).size).toBe(1);
  expect(verdict.features.map(({ feature }) => feature)).toEqual([...features, 'numbers']);
  const { bytes } = await ask('plot.stored', { sha256: verdict.pictures[0].sha256 });
  expect(server.arrived.flatMap(({ images }) => images.map(({ base64 }) => base64))).toContain(Buffer.from(bytes).toString('base64'));
  const { text } = await ask('verdict.raw', { verdictId: verdict.verdictId });
  expect(text).toMatch(/sheet of numbered pictures\.\n1\. feature "waveform_single".*\n2\. feature "amplitude_plot".*\n3\. feature "cross/);
  const inPanel = judge({ ...request, mode: 'panel', pictures: 'sheet' });
  await expect(inPanel).rejects.toMatchObject({ kind: 'input.invalid', message: expect.stringContaining('no sheet') });
});

test('what was answered is not asked again unless wished; another model is', async () => {
  const { ask, judge, server, groupIds, sessionId } = await openWithServer();
  await judge({ features: [], groupIds: groupIds.slice(0, 2) });
  expect(await ask('batch.estimate', { sessionId, judge: 'openai', model: 'gpt-4o', features: [] })).toMatchObject({
    groupCount: groupIds.length,
    alreadyAnswered: 2,
    callCount: groupIds.length - 2,
  });
  expect((await judge({ features: [] })).total).toBe(groupIds.length - 2);
  await expect(judge({ features: [] })).rejects.toThrow('already');
  expect((await judge({ features: [], again: true, groupIds: [groupIds[0]] })).done).toBe(1);
  expect((await judge({ features: [], model: 'gpt-4o-mini', groupIds: [groupIds[0]] })).done).toBe(1);
  expect(server.arrived).toHaveLength(groupIds.length + 2);
  expect((await ask('verdict.ofGroup', { groupId: groupIds[0] })).verdicts).toHaveLength(3);
});

test('examples are shown, but never to a group that shares a unit with them', async () => {
  const { ask, judge, server, sessionId } = await openWithServer();
  const add = async (units: number[]) => (await ask('candidates.addGroup', { sessionId, units })).groupId;
  const example = await add([1, 22]);
  const neighbour = await add([1, 32]);
  const stranger = await add([0, 38]);
  const { exampleId } = await ask('library.add', { groupId: example, label: 'bad', why: 'Filled at zero.' });
  const [kept] = (await ask('library.list', {})).examples;
  expect(kept).toMatchObject({ exampleId, label: 'bad', units: [1, 22] });
  expect(kept.pictures.length).toBeGreaterThan(4);
  expect(Object.values(kept.numbers).some((value) => typeof value === 'number')).toBe(true);
  const { groups } = await ask('group.list', { sessionId });
  expect(groups.find((group) => group.groupId === example)?.example).toBe('bad');

  const features = ['crosscorrelograms'];
  for (const groupId of [example, neighbour, stranger]) await judge({ features, exampleIds: [exampleId], groupIds: [groupId] });
  expect(server.arrived.map((one) => one.images.length)).toEqual([1, 1, 2]);
  expect(server.arrived[2].words).toContain('Filled at zero.');
  expect(server.arrived[1].words).not.toContain('Filled at zero.');
  const [verdict] = (await ask('verdict.ofGroup', { groupId: stranger })).verdicts;
  expect(verdict.pictures).toHaveLength(1);
  expect(verdict.params).toMatchObject({ examplesShown: [exampleId] });

  // Where none are named, one's own go along.
  const usual = { sessionId, judge: 'openai', model: 'gpt-4o', features, groupIds: [stranger], again: true };
  expect((await ask('batch.estimate', usual)).leaves).toContain('and 1 example go');
  await judge({ features, groupIds: [stranger], again: true });
  expect(server.arrived[3].words).toContain('Filled at zero.');
  expect((await ask('batch.estimate', { ...usual, exampleIds: [] })).leaves).not.toContain('example');

  await ask('library.retire', { exampleId });
  expect((await ask('library.list', {})).examples).toEqual([]);
});

test('the nearest examples are chosen for each group, as many good as bad ones, none that shares a unit; in a panel each expert sees its own', async () => {
  const { ask, judge, server, sessionId } = await openWithServer((request) =>
    'finding' in ((request.schema?.['properties'] ?? {}) as object)
      ? { kind: 'answer', text: JSON.stringify({ finding: 'Seen.', supports: 'merge', severity: 'low' }) }
      : { kind: 'answer' },
  );
  const add = async (units: number[]) => (await ask('candidates.addGroup', { sessionId, units })).groupId;
  const keep = async (units: number[], label: 'good' | 'bad') =>
    (await ask('library.add', { groupId: await add(units), label, why: `Note on ${units.join(' and ')}.` })).exampleId;
  await keep([1, 22], 'bad');
  const sharing = await keep([0, 38], 'good');
  await keep([7, 19], 'good');
  await keep([12, 43], 'good');
  await keep([5, 29], 'bad');
  const group = await add([0, 13]);
  const nearest = { library: 'My examples', ofEach: 1 };
  await judge({ features: ['crosscorrelograms', 'waveform_multi'], nearest, groupIds: [group] });
  const [one] = server.arrived;
  expect(one.words.match(/The expert's note/g)).toHaveLength(2);
  expect(one.words.match(/decision was "merge"/g)).toHaveLength(1);
  expect(one.words.match(/decision was "not merge"/g)).toHaveLength(1);
  expect(one.words).not.toContain('Note on 0 and 38.');
  expect(one.images).toHaveLength(2 + 2 * 2);
  const [verdict] = (await ask('verdict.ofGroup', { groupId: group })).verdicts;
  expect(verdict.params['examplesShown']).toHaveLength(2);
  expect(verdict.params['examplesShown']).not.toContain(sharing);

  await judge({ features: ['crosscorrelograms', 'waveform_multi'], nearest, groupIds: [group], mode: 'panel' });
  const [, ...panel] = server.arrived;
  // Two pictures' experts, the expert for the numbers, the head: example pictures go to the expert for that picture alone.
  expect(panel.map(({ images }) => images.length).sort()).toEqual([0, 2, 3, 3]);
  expect(panel.filter(({ words }) => words.includes("The expert's note"))).toHaveLength(3);
});

test('a picture that a group can’t have is left out, alone and on a sheet, and the verdict says so', async () => {
  const { ask, judge, server, sessionId } = await openWithServer();
  const { groupId } = await ask('candidates.addGroup', { sessionId, units: [0, 7] });
  const { groupId: other } = await ask('candidates.addGroup', { sessionId, units: [0, 38] });
  const before = { sessionId, judge: 'openai', model: 'model-a', features: ['presence', 'pca_clustering'], groupIds: [other, groupId] };
  expect((await ask('batch.preflight', before)).checks).toContainEqual({
    ...{ what: 'Principal components', state: 'unknown' },
    detail: expect.stringMatching(/^Can’t be drawn for 1 of 2 groups \(0 \+ 7\): .*share no channel/),
  });
  for (const pictures of ['separate', 'sheet'] as const) {
    await judge({ features: ['waveform_single', 'pca_clustering', 'amplitude_plot'], groupIds: [groupId], pictures, again: true });
    const [verdict] = (await ask('verdict.ofGroup', { groupId })).verdicts;
    expect(verdict.features.map(({ feature }) => feature)).toEqual(['waveform_single', 'amplitude_plot', 'numbers']);
    expect(verdict.params).toMatchObject({ notShown: ['pca_clustering'] });
  }
  expect(server.arrived.map(({ images }) => images.length)).toEqual([0, 2, 1]);
  // With one picture left there is no sheet of one.
  await judge({ features: ['waveform_single', 'pca_clustering'], groupIds: [groupId], pictures: 'sheet', again: true });
  expect(server.arrived[3].words).not.toContain('sheet of numbered pictures');
  expect(server.arrived[3].images).toHaveLength(1);
});

test('numbers of a pair are measured once for all runs, and kept', async () => {
  const { judge, service, groupIds, sessionId } = await openWithServer();
  await judge({ features: [], groupIds: groupIds.slice(0, 2) });
  const measured = vi.spyOn(service.core.searcher, 'ask');
  onTestFinished(() => measured.mockRestore());
  await judge({ features: [], groupIds: groupIds.slice(0, 3), again: true });
  expect(measured.mock.calls.map(([work]) => work)).toEqual(['measure']);
  const [first] = service.core.tables.verdicts.ofGroup(groupIds[0]);
  const here = await withGroup(service.core, groupIds[0], (view, { units }) => measureGroup(view, units, ['A', 'B']));
  expect(first).toMatchObject({ sessionId, numbers: here });
});

test('a run is cancelled within a second, although its server never answers', async () => {
  const { ask, sessionId, service, server } = await openWithServer(() => ({ kind: 'silent' }));
  const { batchId } = await ask('batch.start', { sessionId, judge: 'openai', model: 'gpt-4o', features: [], numWorkers: 4 });
  await expect.poll(() => server.arrived.length, { interval: 5, timeout: 20_000 }).toBe(4);
  const begin = performance.now();
  await ask('batch.cancel', { batchId });
  await service.core.judges.rest(batchId);
  expect(performance.now() - begin).toBeLessThan(1000);
  expect((await ask('batch.list', { sessionId })).batches[0]).toMatchObject({ state: 'cancelled', running: 0, done: 0, failed: 0 });
});

test('no window sends anything before the person agreed, not even to a server on this machine', async () => {
  const { ask, sessionId, server, service } = await openWithServer();
  await ask('settings.set', { remoteConsentAt: '' });
  const request = { sessionId, judge: 'openai', model: 'gpt-4o', features: [] };
  await expect(ask('batch.start', request)).rejects.toMatchObject({ kind: 'provider.offlineOnly' });
  // A run that a script began is not gone on with from a window either.
  const batchId = service.core.judges.create(request);
  await expect(ask('batch.resume', { batchId })).rejects.toMatchObject({ kind: 'provider.offlineOnly' });
  await expect(ask('batch.retryFailed', { batchId })).rejects.toMatchObject({ kind: 'provider.offlineOnly' });
  expect(server.arrived).toEqual([]);
  expect((await ask('batch.start', { sessionId, judge: 'offline' })).batchId).toBeTruthy();
  await ask('settings.set', { remoteConsentAt: '2026-01-01T00:00:00.000Z' });
  await ask('batch.resume', { batchId });
  await service.core.judges.rest(batchId);
  expect(server.arrived.length).toBeGreaterThan(0);
});

test('a refused key pauses the run, says so, and the run goes on with another key', async () => {
  const better = 'sk-another-key-that-is-welcome';
  const { ask, judge, groupIds, service, sessionId } = await openWithServer((request) =>
    request.headers.authorization?.endsWith(better) ? { kind: 'answer' } : { kind: 'status', status: 401 },
  );
  const paused = await judge({ features: [], numWorkers: 1 });
  expect(paused).toMatchObject({ state: 'paused', done: 0, failed: 0, stoppedBy: { kind: 'provider.auth' } });
  await ask('vault.setKey', { provider: 'openai', key: better });
  await ask('batch.resume', { batchId: paused.batchId });
  await service.core.judges.rest(paused.batchId);
  const [batch] = (await ask('batch.list', { sessionId })).batches;
  expect(batch).toMatchObject({ state: 'done', done: groupIds.length });
  expect(batch.stoppedBy).toBeUndefined();
});

test('a missing key is said before anything is sent', async () => {
  const { ask, judge, server } = await openWithServer();
  expect(await ask('vault.removeKey', { provider: 'openai' })).toEqual({ removed: true });
  const batch = await judge({ features: [] });
  expect(batch).toMatchObject({ state: 'paused', stoppedBy: { kind: 'provider.auth' } });
  expect(server.arrived).toEqual([]);
  await expect(ask('vault.setKey', { provider: 'nobody', key: canary })).rejects.toMatchObject({ kind: 'input.invalid' });
});

test('one group that can not be judged leaves the others alone and can be asked again', async () => {
  let broken = true;
  const { ask, judge, groupIds, service, sessionId } = await openWithServer((request) =>
    broken && request.index < 1 ? { kind: 'refusal' } : { kind: 'answer' },
  );
  const batch = await judge({ features: [], numWorkers: 1 });
  expect(batch).toMatchObject({ state: 'done', done: groupIds.length - 1, failed: 1, failures: [{ kind: 'provider.refused' }] });
  expect((await ask('group.list', { sessionId })).groups[0].failure?.message).toContain('declined');
  broken = false;
  await ask('batch.retryFailed', { batchId: batch.batchId });
  await service.core.judges.rest(batch.batchId);
  expect((await ask('batch.list', { sessionId })).batches[0]).toMatchObject({ state: 'done', failed: 0, done: groupIds.length });
  expect((await ask('group.list', { sessionId })).groups[0].failure).toBeNull();
});

test('pause, resume and cancel', async () => {
  const { ask, sessionId, groupIds, service, server } = await openWithServer(() => ({ kind: 'answer', delayMs: 30 }));
  const { batchId } = await ask('batch.start', { sessionId, judge: 'openai', model: 'gpt-4o', features: [], numWorkers: 2 });
  await expect.poll(() => server.arrived.length, { interval: 5, timeout: 20_000 }).toBeGreaterThan(0);
  await ask('batch.pause', { batchId });
  await service.core.judges.rest(batchId);
  const [paused] = (await ask('batch.list', { sessionId })).batches;
  expect(paused).toMatchObject({ state: 'paused', running: 0 });
  expect(paused.done).toBeGreaterThan(0);
  expect(paused.done).toBeLessThan(groupIds.length);
  await ask('batch.resume', { batchId });
  await ask('batch.cancel', { batchId });
  await service.core.judges.rest(batchId);
  const [cancelled] = (await ask('batch.list', { sessionId })).batches;
  expect(cancelled.state).toBe('cancelled');
  expect(cancelled.finishedAt).not.toBeNull();
  await expect(ask('batch.resume', { batchId })).rejects.toThrow('cancelled');
});

test('closing in the middle keeps what came and plans the rest again', async () => {
  const { ask, sessionId, service, server, dataFolder } = await openWithServer((request) =>
    request.index < 2 ? { kind: 'answer' } : { kind: 'silent' },
  );
  const { batchId } = await ask('batch.start', { sessionId, judge: 'openai', model: 'gpt-4o', features: [], numWorkers: 2 });
  await expect.poll(() => server.arrived.length, { interval: 5, timeout: 20_000 }).toBe(4);
  await service.close();
  const again = await openService(dataFolder);
  const [batch] = (await again.ask('batch.list', { sessionId })).batches;
  expect(batch).toMatchObject({ batchId, state: 'paused', done: 2, failed: 0, running: 0 });
});

test('nothing leaves the machine while that is switched off', async () => {
  const { ask, judge, groupIds } = await openWithServer();
  await ask('settings.set', { offlineOnly: true, openaiUrl: '' });
  const batch = await judge({ features: [], groupIds: groupIds.slice(0, 1) });
  expect(batch.stoppedBy?.kind).toBe('provider.offlineOnly');
});

test('a run stops before the group that would begin beyond its limit', async () => {
  const { service, sessionId, groupIds } = await openWithServer();
  const { judges, tables } = service.core;
  const batchId = judges.start({ sessionId, judge: 'openai', model: 'gpt-4o', features: [], numWorkers: 1, maxCostUsd: 0.005 });
  await judges.rest(batchId);
  const batch = tables.batches.byId(batchId);
  expect(batch).toMatchObject({ state: 'paused', stoppedBy: { kind: 'provider.quota' } });
  const { done, costUsd } = tables.batches.counts(batchId);
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(groupIds.length);
  expect(costUsd).toBeLessThan(0.01);
});

test('the list of judges says what is there, and one cheap call proves a key', async () => {
  const { ask, server } = await openWithServer();
  const { judges, modelsDate } = await ask('judge.list', {});
  expect(judges.map((judge) => judge.id)).toEqual(['offline', 'openai', 'anthropic', 'google', 'openai-compatible']);
  expect(judges.find((judge) => judge.id === 'openai')?.keyPresent).toBe(true);
  expect(judges.find((judge) => judge.id === 'google')?.keyPresent).toBe(false);
  expect(modelsDate).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect((await ask('judge.test', { judge: 'openai' })).ok).toBe(true);
  expect((await ask('judge.models', { judge: 'openai' })).models.map((model) => model.id)).toContain('model-a');
  await expect(ask('judge.test', { judge: 'anthropic' })).rejects.toMatchObject({ kind: 'provider.auth' });
  await expect(ask('judge.test', { judge: 'constructor' })).rejects.toMatchObject({ kind: 'input.invalid' });
  expect(server.arrived.length).toBeGreaterThan(0);
});

test('the key is nowhere in the data folder, and each request is noted', async () => {
  const { ask, judge, dataFolder, service, groupIds } = await openWithServer((request) =>
    request.index === 0 ? { kind: 'status', status: 400, body: { error: { message: `bad key ${canary}` } } } : { kind: 'answer' },
  );
  await judge({ features: ['waveform_single'] });
  const noted = service.core.tables.requests.byHost();
  expect(noted).toHaveLength(1);
  expect(noted[0].requestCount).toBeGreaterThanOrEqual(groupIds.length);
  const { requests, byHost } = await ask('requests.list', { limit: 5 });
  expect(byHost).toEqual(noted);
  expect(requests).toHaveLength(5);
  expect(requests[0]).toMatchObject({ judge: 'openai', model: 'gpt-4o', method: 'POST', status: 200, failure: null });
  expect(requests[0].sentBytes).toBeGreaterThan(1000);
  await service.close();
  const files = readdirSync(dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(5);
  const holding = files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(canary));
  expect(holding.map((entry) => entry.name)).toEqual([]);
});
