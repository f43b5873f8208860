import { expect, test } from 'vitest';
import { sessionHistory } from '../../../../main/core/sessions/session-history.ts';
import { planFor, storedSession } from '../support/stored-session.ts';

/** Two decisions, a note, an undo and a run with one failure, in this order, all within one millisecond or not. */
function happened() {
  const stored = storedSession([
    [1, 22],
    [3, 41],
  ]);
  const { tables, store, sessionId, groupIds } = stored;
  const [first, second] = groupIds;
  const seq = tables.decisionEvents.add({ sessionId, groupId: first, kind: 'decide', decision: 'not merge', reviewer: '' });
  tables.decisionEvents.add({ sessionId, groupId: second, kind: 'decide', decision: 'merge', reviewer: '' });
  tables.decisionEvents.add({ sessionId, groupId: second, kind: 'note', note: 'look again', reviewer: '' });
  tables.decisionEvents.add({ sessionId, groupId: first, kind: 'undo', targetSeq: seq, reviewer: '' });
  const session = tables.sessions.byId(sessionId)!;
  return { tables, store, session };
}

test('tells what happened in words, newest first', () => {
  const { tables, session } = happened();
  const { events, from, total } = sessionHistory({ tables }, session, { from: 0, count: 10 });
  expect({ from, total }).toEqual({ from: 0, total: 5 });
  expect(events.map(({ what, detail }) => `${what}: ${detail}`)).toEqual([
    'Took a decision back: 1 · 22',
    'Wrote a note: 3 · 41: look again',
    'Decided: 3 · 41: same cell',
    'Decided: 1 · 22: different',
    'Began: splits',
  ]);
});

test('gives any stretch, and of a run how it went', () => {
  const { tables, store, session } = happened();
  const batchId = store.create(planFor(session.sessionId, tables.groups.listedIds(session.sessionId)));
  const { itemId } = store.claimNext(batchId)!;
  store.fail(
    itemId,
    { kind: 'provider.timeout', message: 'No reply.', details: {} },
    {
      usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 },
      costUsd: null,
      latencyMs: 1,
      requestCount: 1,
    },
  );
  const all = sessionHistory({ tables }, session, { from: 0, count: 500 }).events;
  expect(all).toHaveLength(6);
  expect(all.map(({ detail }) => detail)).toContain('openai (gpt-x): 0 of 2 groups answered, 1 failed, running');
  const stretches = [0, 2, 4, 6].flatMap((from) => sessionHistory({ tables }, session, { from, count: 2 }).events);
  expect(stretches).toEqual(all);
});
