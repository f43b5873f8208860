import { expect, onTestFinished, test } from 'vitest';
import { findModel } from '../../../../app/judges/models.ts';
import { type Arrived, type Behaviour, startProviderServer } from '../../../fixtures/servers/provider-server.ts';
import { openService, openSession, splits } from '../support/open-service.ts';

const judges = ['openai', 'anthropic', 'google', 'openai-compatible'] as const;

async function withServer(behave?: (request: Arrived) => Behaviour) {
  const server = await startProviderServer(behave);
  onTestFinished(() => server.close());
  const opened = await openService();
  await opened.ask('settings.set', {
    ...{ openaiUrl: server.origin, anthropicUrl: server.origin, googleUrl: server.origin, openaiCompatibleUrl: server.origin },
    remoteConsentAt: '2026-01-01',
  });
  for (const provider of judges) await opened.ask('vault.setKey', { provider, key: 'some-key-of-mine' });
  const modelsOf = async (provider: string, from = opened) => {
    const { providers } = await from.ask('models.list', {});
    return providers.find(({ id }) => id === provider) as (typeof providers)[0];
  };
  return { ...opened, server, modelsOf };
}

test.each([
  ['openai', ['model-a', 'model-b']],
  ['anthropic', ['claude-here']],
  ['google', ['gemini-here']],
  ['openai-compatible', ['model-b', 'model-a']],
] as const)('the list of %s brings its new models into the table and marks those it no longer has', async (provider, names) => {
  const { ask, modelsOf, server, events, dataFolder, service } = await withServer();
  const before = await modelsOf(provider);
  const answer = await ask('models.refresh', { provider });
  expect([...answer.added].sort()).toEqual([...names].sort());
  expect(answer.gone).toEqual(before.models.map(({ id }) => id));
  expect(events.some(({ name }) => name === 'settings.changed')).toBe(true);
  const after = await modelsOf(provider);
  expect(after.list).toMatchObject({ host: new URL(server.origin).host, count: names.length });
  for (const name of names)
    expect(after.models.find(({ id }) => id === name)).toMatchObject({
      ...{ origin: 'listed', isGone: false, inputUsdPerMillion: null, outputUsdPerMillion: null },
      imagesAssumedAs: expect.any(String),
    });
  expect(after.models.filter(({ origin }) => origin === 'shipped').every(({ isGone }) => isGone)).toBe(true);
  // It stands in the log of requests, and no question was asked.
  const { requests } = await ask('requests.list', {});
  expect(requests).toMatchObject([{ judge: provider, method: 'GET', status: 200, sentBytes: 0 }]);
  // Once more adds nothing, and it is there after a restart.
  expect((await ask('models.refresh', { provider })).added).toEqual([]);
  await service.close();
  const again = await openService(dataFolder);
  expect((await modelsOf(provider, again)).models.map(({ id }) => id)).toEqual(after.models.map(({ id }) => id));
  await again.ask('models.reset', { provider });
  expect(await modelsOf(provider, again)).toEqual(before);
});

test('an empty list, a server that fails, and the offline switch leave the table as it is', async () => {
  let behaviour: Behaviour = { kind: 'status', status: 200, body: { data: [] } };
  const { ask, modelsOf, server, service } = await withServer(() => behaviour);
  const before = await modelsOf('openai');
  await expect(ask('models.refresh', { provider: 'openai' })).rejects.toThrow('is empty');
  behaviour = { kind: 'status', status: 500 };
  await expect(ask('models.refresh', { provider: 'openai' })).rejects.toMatchObject({ kind: 'provider.server' });
  behaviour = { kind: 'notJson' };
  await expect(ask('models.refresh', { provider: 'openai' })).rejects.toMatchObject({ kind: 'provider.badReply' });
  await ask('settings.set', { offlineOnly: true, openaiUrl: '' });
  const arrived = server.arrived.length;
  await expect(ask('models.refresh', { provider: 'openai' })).rejects.toMatchObject({ kind: 'provider.offlineOnly' });
  expect(server.arrived).toHaveLength(arrived);
  expect(await modelsOf('openai')).toEqual(before);
  expect(service.core.tables.requests.newest(1)).toMatchObject([{ host: 'api.openai.com', failure: 'provider.offlineOnly' }]);
});

test('a row is edited, added, removed and set back; estimates, costs and limits follow the edited table', async () => {
  const opened = await withServer();
  const { ask, modelsOf, service, server } = opened;
  const { sessionId, groupIds } = await openSession(opened, splits, 0.1);
  const request = { sessionId, judge: 'openai', model: 'gpt-4o', features: ['crosscorrelograms'] };
  const shipped = findModel('openai', 'gpt-4o');
  if (!shipped) throw new Error('The table has no gpt-4o.');
  const first = await ask('batch.estimate', request);
  expect(first.prices).toMatch(/^Prices of 2026-/);

  await ask('models.keep', { provider: 'openai', row: { ...shipped, inputUsdPerMillion: 250, outputUsdPerMillion: 1000 } });
  const edited = await ask('batch.estimate', request);
  expect(edited.costUsd).toBeCloseTo(100 * (first.costUsd as number), 8);
  expect(edited.prices).toMatch(/^Price of GPT-4o as entered on /);
  expect((await modelsOf('openai')).models.find(({ id }) => id === 'gpt-4o')).toMatchObject({ origin: 'edited' });
  // 1000 tokens in, 10 of them cached, 100 out: 0.35 USD a group.
  const { batchId } = await ask('batch.start', { ...request, maxCostUsd: 0.6, numWorkers: 1 });
  await service.core.judges.rest(batchId);
  const [run] = (await ask('batch.list', { sessionId })).batches;
  expect(run).toMatchObject({ state: 'paused', done: 2, skipped: groupIds.length - 2, stoppedBy: { kind: 'provider.quota' } });
  expect(run.costUsd).toBeCloseTo(2 * ((990 * 250 + 10 * (shipped.cachedInputUsdPerMillion ?? 250) + 100 * 1000) / 1e6), 6);

  const fixed = { ...shipped, id: 'mine', title: 'Mine', images: { rule: 'fixed' as const, tokens: 50_000 }, default: true as const };
  await ask('models.keep', { provider: 'openai', row: fixed });
  expect((await ask('batch.estimate', { ...request, model: 'mine' })).inputTokens).toBeGreaterThan(50_000 * groupIds.length);
  const { judges: listed } = await ask('judge.list', {});
  expect(listed.find(({ id }) => id === 'openai')).toMatchObject({ defaultModel: 'mine' });

  await ask('models.keep', { provider: 'openai', row: { ...fixed, images: null } });
  expect((await ask('batch.estimate', { ...request, model: 'mine' })).problems).toContainEqual(
    expect.stringContaining('takes no pictures'),
  );
  const { checks } = await ask('batch.preflight', { ...request, model: 'mine' });
  expect(checks).toContainEqual({ what: 'Pictures', state: 'wrong', detail: expect.stringContaining('Mine takes no pictures') });

  await ask('models.remove', { provider: 'openai', model: 'mine' });
  await ask('models.remove', { provider: 'openai', model: 'gpt-4o' });
  expect((await modelsOf('openai')).removed.sort()).toEqual(['gpt-4o', 'mine']);
  const unknown = await ask('batch.estimate', { ...request, maxCostUsd: 1 });
  expect(unknown).toMatchObject({ costUsd: null, prices: expect.stringContaining('not known') });
  expect(unknown.problems).toContainEqual(expect.stringContaining('a limit in USD can’t be kept'));
  await expect(ask('models.remove', { provider: 'openai', model: 'gpt-4o' })).rejects.toMatchObject({ kind: 'input.notFound' });
  await ask('models.reset', { provider: 'openai', model: 'gpt-4o' });
  expect((await modelsOf('openai')).models.find(({ id }) => id === 'gpt-4o')).toMatchObject({ ...shipped, origin: 'shipped' });
  expect(server.arrived.length).toBe(3);
});

test('a row that is no model is refused by the door', async () => {
  const { ask } = await withServer();
  const row = { ...findModel('openai', 'gpt-4o'), inputUsdPerMillion: -1 } as never;
  await expect(ask('models.keep', { provider: 'openai', row })).rejects.toMatchObject({ kind: 'ipc.invalid' });
  const good = findModel('openai', 'gpt-4o') as never;
  await expect(ask('models.keep', { provider: 'nobody', row: good })).rejects.toMatchObject({ kind: 'input.invalid' });
});
