import { describe, expect, test } from 'vitest';
import type { Bridge, Downward, Upward } from '../../app/contract/messages.ts';
import { isFailure } from '../../app/failure.ts';
import { createClient } from '../../renderer/client.ts';

function setUp() {
  const sent: Upward[] = [];
  let tell: (message: Downward) => void = () => {};
  const bridge: Bridge = {
    send: (message) => void sent.push(message),
    listen: (listener) => {
      tell = listener;
      return () => {};
    },
    pathOfDropped: () => '',
  };
  return { client: createClient(bridge), sent, tell: (message: Downward) => tell(message) };
}

describe('the client of the window', () => {
  test('gives each answer to the one who asked', async () => {
    const { client, sent, tell } = setUp();
    const first = client.ask('review.undo', { sessionId: 'one' });
    const second = client.ask('review.undo', { sessionId: 'two' });
    const [one, two] = sent as { id: number }[];
    tell({ type: 'reply', id: two!.id, result: { ok: true, value: { groupId: 'two' } } });
    tell({ type: 'reply', id: one!.id, result: { ok: true, value: { groupId: 'one' } } });
    expect(await Promise.all([first, second])).toEqual([{ groupId: 'one' }, { groupId: 'two' }]);
  });

  test('throws a failure with its kind, sentence and details', async () => {
    const { client, sent, tell } = setUp();
    const asked = client.ask('session.open', { sessionId: 'gone' });
    const failure = { kind: 'input.notFound', message: 'There is no such session.', details: { sessionId: 'gone' } } as const;
    tell({ type: 'reply', id: (sent[0] as { id: number }).id, result: { ok: false, failure } });
    await expect(asked).rejects.toMatchObject(failure);
  });

  test('cancels what is under way, and sends nothing when it was cancelled before', async () => {
    const { client, sent, tell } = setUp();
    const abort = new AbortController();
    const asked = client.ask('session.list', {}, { signal: abort.signal });
    abort.abort();
    expect(sent.map((message) => message.type)).toEqual(['ask', 'cancel']);
    const id = (sent[0] as { id: number }).id;
    tell({ type: 'reply', id, result: { ok: false, failure: { kind: 'cancelled', message: 'Cancelled.', details: {} } } });
    await expect(asked).rejects.toSatisfy((failure) => isFailure(failure, 'cancelled'));
    await expect(client.ask('session.list', {}, { signal: abort.signal })).rejects.toSatisfy((failure) => isFailure(failure, 'cancelled'));
    expect(sent).toHaveLength(2);
  });

  test('passes progress and events on, until told to stop', () => {
    const { client, sent, tell } = setUp();
    const seen: unknown[] = [];
    void client.ask('session.list', {}, { onProgress: (progress) => seen.push(progress) });
    tell({ type: 'progress', id: (sent[0] as { id: number }).id, done: 1, total: 2, what: 'reading' });
    const stop = client.onEvent('library.changed', () => seen.push('library'));
    tell({ type: 'event', name: 'library.changed', data: {} });
    stop();
    tell({ type: 'event', name: 'library.changed', data: {} });
    expect(seen).toEqual([{ done: 1, total: 2, what: 'reading' }, 'library']);
  });
});
