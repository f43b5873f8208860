import { expect, test } from 'vitest';
import { batchStore } from '../../../../main/core/db/batch-store.ts';
import { openDatabase } from '../../../../main/core/db/open.ts';
import { openTables } from '../../../../main/core/db/tables.ts';
import { answer, planFor, storedSession } from '../support/stored-session.ts';

const pairs = [
  [1, 2],
  [3, 4],
  [5, 6],
];

test('items are claimed in order, once each', () => {
  const { store, sessionId, groupIds } = storedSession(pairs);
  const batchId = store.create(planFor(sessionId, groupIds));
  const claimed = [store.claimNext(batchId), store.claimNext(batchId), store.claimNext(batchId), store.claimNext(batchId)];
  expect(claimed.map((item) => item?.groupId)).toEqual([...groupIds, undefined]);
  expect(store.counts(batchId)).toMatchObject({ total: 3, planned: 0, running: 3, done: 0, failed: 0, costUsd: null });
});

test('a verdict is stored with its item in one step, and never twice', () => {
  const { store, tables, sessionId, groupIds } = storedSession(pairs);
  const batchId = store.create(planFor(sessionId, groupIds));
  const item = store.claimNext(batchId);
  const verdictId = store.finish(item?.itemId ?? '', answer);
  expect(() => store.finish(item?.itemId ?? '', answer)).toThrow('answered twice');
  const verdicts = tables.verdicts.ofGroup(groupIds[0]);
  expect(verdicts).toHaveLength(1);
  expect(verdicts[0]).toMatchObject({
    verdictId,
    model: 'gpt-x-2026-01-01',
    promptHash: 'a'.repeat(64),
    verdict: 'merge',
    cells: [['A', 'B']],
    numbers: { template_diff: 0.1, refractory: null },
    params: { timeoutS: 60, rung: 'schema', features: ['waveform_single'] },
    inputTokens: 100,
  });
  expect(tables.verdicts.raw(verdictId)).toEqual({ raw: answer.raw, system: answer.system, text: answer.text });
  expect(store.counts(batchId)).toMatchObject({ done: 1, inputTokens: 100, outputTokens: 20, costUsd: 0.002 });
  const how = { judge: 'openai', model: 'gpt-x', promptId: 'merge', promptVersion: '1' };
  expect([...tables.verdicts.answered(sessionId, how)]).toEqual([groupIds[0]]);
  expect(tables.verdicts.answered(sessionId, { ...how, promptVersion: '2' }).size).toBe(0);
});

test('a failed verdict insert leaves its item running', () => {
  const { store, sessionId, groupIds } = storedSession(pairs);
  const batchId = store.create(planFor(sessionId, groupIds));
  const item = store.claimNext(batchId);
  const unknownPicture = { ...answer, pictures: [{ feature: 'waveform_single', sha256: '0'.repeat(64) }] };
  expect(() => store.finish(item?.itemId ?? '', unknownPicture)).toThrow('FOREIGN KEY');
  expect(store.counts(batchId)).toMatchObject({ running: 1, done: 0 });
});

test('failures are open until the group is answered, and cost counts', () => {
  const { store, tables, sessionId, groupIds } = storedSession(pairs);
  const batchId = store.create(planFor(sessionId, groupIds));
  const failure = { kind: 'provider.server', message: 'The server failed.', details: {} } as const;
  store.fail(store.claimNext(batchId)?.itemId ?? '', failure, answer.spent);
  expect(tables.batches.openFailures(sessionId).get(groupIds[0])).toEqual(failure);
  store.setState(batchId, 'done');
  expect(store.claimNext(batchId)).toBeUndefined();
  expect(store.replanFailed(batchId)).toBe(1);
  expect(store.state(batchId)).toBe('running');
  const again = store.claimNext(batchId);
  expect(again).toMatchObject({ groupId: groupIds[0], claimedBefore: 1 });
  store.finish(again?.itemId ?? '', answer);
  expect(tables.batches.openFailures(sessionId).size).toBe(0);
  expect(store.counts(batchId)).toMatchObject({ inputTokens: 200, costUsd: 0.004 });
});

test('what a run left out is counted by its reason, and only the first of each are read', () => {
  const { store, tables, sessionId, groupIds } = storedSession(Array.from({ length: 7 }, (_, index) => [2 * index, 2 * index + 1]));
  const batchId = store.create(planFor(sessionId, groupIds));
  const tooLarge = { kind: 'too large', message: 'Too large.' } as const;
  const reasons = [tooLarge, { kind: 'limit', message: 'The limit.' } as const, tooLarge, tooLarge];
  for (const reason of reasons) store.skip(store.claimNext(batchId)?.itemId ?? '', reason, undefined);
  store.fail(store.claimNext(batchId)?.itemId ?? '', { kind: 'provider.server', message: 'It failed.', details: {} }, undefined);
  const row = (position: number, message: string) => ({
    groupId: groupIds[position],
    units: [2 * position, 2 * position + 1],
    message,
    position,
  });
  expect(tables.batches.reasons(batchId, 'skipped', 2)).toEqual([
    { kind: 'too large', count: 3, first: [row(0, 'Too large.'), row(2, 'Too large.')] },
    { kind: 'limit', count: 1, first: [row(1, 'The limit.')] },
  ]);
  expect(tables.batches.reasons(batchId, 'failed', 2)).toEqual([{ kind: 'provider.server', count: 1, first: [row(4, 'It failed.')] }]);
  expect(tables.batches.hasSkipped(batchId, 'limit')).toBe(true);
  expect(tables.batches.hasSkipped(batchId, 'person')).toBe(false);
});

test('a stop keeps its reason until the run goes on', () => {
  const { store, sessionId, groupIds } = storedSession(pairs);
  const batchId = store.create(planFor(sessionId, groupIds));
  const reason = { kind: 'provider.auth', message: 'The key was refused.', details: {} } as const;
  const item = store.claimNext(batchId);
  store.release(item?.itemId ?? '');
  store.setState(batchId, 'paused', reason);
  expect(store.stoppedBy(batchId)).toEqual(reason);
  expect(store.claimNext(batchId)).toBeUndefined();
  store.setState(batchId, 'running');
  expect(store.stoppedBy(batchId)).toBeUndefined();
  expect(store.claimNext(batchId)?.groupId).toBe(groupIds[0]);
});

test('a run that another living process is at cannot be taken over, one of a dead process can', () => {
  const { folder, store, sessionId, groupIds } = storedSession(pairs);
  const batchId = store.create(planFor(sessionId, groupIds));
  store.claimNext(batchId);

  const database = openDatabase(folder);
  const tables = openTables(database);
  tables.processes.open('other');
  const other = batchStore(database, tables, 'other');
  expect(other.inState('running')).toEqual([]);
  expect(other.resetRunning()).toBe(0);
  expect(other.claimNext(batchId)).toBeUndefined();
  expect(() => other.setState(batchId, 'running')).toThrow('Another Samecell');
  store.setState(batchId, 'paused');
  // Its last question is still on its way.
  expect(() => other.setState(batchId, 'running')).toThrow('Another Samecell');

  // A process id that nobody has any more.
  database.prepare("UPDATE processes SET pid = 2147483646 WHERE process_id <> 'other'").run();
  expect(other.inState('paused')).toEqual([batchId]);
  expect(other.resetRunning()).toBe(1);
  other.setState(batchId, 'running');
  expect(other.claimNext(batchId)?.groupId).toBe(groupIds[0]);
  database.close();
});

test('unknown ids are refused with a sentence', () => {
  const { store } = storedSession([]);
  for (const work of [() => store.plan('x'), () => store.state('x'), () => store.setState('x', 'paused'), () => store.counts('x')])
    expect(work).toThrow('There is no such run');
  for (const work of [() => store.finish('x', answer), () => store.release('x')]) expect(work).toThrow('There is no such item');
});
