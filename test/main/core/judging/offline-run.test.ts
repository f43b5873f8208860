import { expect, test } from 'vitest';
import { openService, openSession, splits } from '../support/open-service.ts';

test('while the offline judge works, the core is never held up: it measures in a thread of its own', async () => {
  const opened = await openService();
  const { sessionId, groupIds } = await openSession(opened, splits, 0.5);
  expect(groupIds.length).toBeGreaterThan(40);
  const { batchId } = await opened.ask('batch.start', { sessionId, judge: 'offline', numWorkers: 8 });
  const { judges } = opened.service.core;

  // In processor time of this thread, so that other work on the machine does not count.
  const spentMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longestMs = 0;
  let running = true;
  const rest = judges.rest(batchId).then(() => {
    running = false;
  });
  while (running) {
    const before = spentMs();
    await new Promise((resolve) => setImmediate(resolve));
    longestMs = Math.max(longestMs, spentMs() - before);
  }
  await rest;
  const { batches } = await opened.ask('batch.list', { sessionId });
  expect(batches[0]).toMatchObject({ state: 'done', done: groupIds.length, failed: 0 });
  // Measured on this thread itself it would be 40 ms here, and more on larger analyzers.
  expect(longestMs).toBeLessThan(25);
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
