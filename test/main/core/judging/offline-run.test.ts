import { expect, test, vi } from 'vitest';
import { openService, openSession, splits } from '../support/open-service.ts';

test('the offline judge measures in the searching thread, not in the core', async () => {
  const opened = await openService();
  const { sessionId, groupIds } = await openSession(opened, splits, 0.5);
  expect(groupIds.length).toBeGreaterThan(40);
  const { judges, searcher } = opened.service.core;
  const asked = vi.spyOn(searcher, 'ask');
  const { batchId } = await opened.ask('batch.start', { sessionId, judge: 'offline', numWorkers: 8 });
  await judges.rest(batchId);
  const { batches } = await opened.ask('batch.list', { sessionId });
  expect(batches[0]).toMatchObject({ state: 'done', done: groupIds.length, failed: 0 });
  expect(asked.mock.calls.filter(([kind]) => kind === 'judge')).toHaveLength(groupIds.length);
  asked.mockRestore();
});

test('an offline run that is cancelled stops at once, and the thread does other work', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened, splits, 0.5);
  const { batchId } = await opened.ask('batch.start', { sessionId, judge: 'offline' });
  await opened.ask('batch.cancel', { batchId });
  await opened.service.core.judges.rest(batchId);
  const { batches } = await opened.ask('batch.list', { sessionId });
  expect(batches[0]).toMatchObject({ state: 'cancelled', running: 0, failed: 0 });
  expect((await opened.ask('candidates.atThresholds', { sessionId })).pairTotal).toBeGreaterThan(0);
});
