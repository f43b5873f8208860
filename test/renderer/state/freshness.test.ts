import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bridge, Downward } from '../../../app/contract/messages.ts';
import { createClient } from '../../../renderer/client.ts';
import { keepFresh, staleAfter } from '../../../renderer/state/freshness.ts';
import { askKey } from '../../../renderer/state/queries.ts';

function fakeBridge() {
  const listeners = new Set<(message: Downward) => void>();
  const bridge: Bridge = {
    send: () => {},
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pathOfDropped: () => '',
  };
  return {
    bridge,
    tell: (name: string, data: unknown) => {
      for (const listener of listeners) listener({ type: 'event', name, data });
    },
  };
}

describe('cached answers', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp() {
    const { bridge, tell } = fakeBridge();
    const queries = new QueryClient();
    const stop = keepFresh(createClient(bridge), queries);
    queries.setQueryData(askKey('group.list', { sessionId: 's' }), { groups: [] });
    queries.setQueryData(askKey('settings.get', {}), {});
    queries.setQueryData(askKey('plot.load', { groupId: 'g', feature: 'f' }), {});
    const stale = (key: readonly unknown[]) => queries.getQueryState(key)?.isInvalidated;
    return { tell, stop, queries, stale };
  }

  test('are asked again after an event that concerns them, and only those', () => {
    const { tell, stale } = setUp();
    tell('groups.changed', { sessionId: 's' });
    vi.advanceTimersByTime(200);
    expect(stale(askKey('group.list', { sessionId: 's' }))).toBe(true);
    expect(stale(askKey('settings.get', {}))).toBe(false);
  });

  test('wait out a burst of events and are then asked once', () => {
    const { tell, queries } = setUp();
    const invalidate = vi.spyOn(queries, 'invalidateQueries');
    for (let at = 0; at < 20; at++) tell('batch.progressed', { batchId: 'b', sessionId: 's' });
    expect(invalidate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(200);
    expect(invalidate).toHaveBeenCalledTimes(staleAfter['batch.progressed'].length);
  });

  test('are all asked again when the core was started anew', () => {
    const { tell, stale } = setUp();
    tell('core.restarted', {});
    vi.advanceTimersByTime(200);
    expect(stale(askKey('group.list', { sessionId: 's' }))).toBe(true);
    expect(stale(askKey('settings.get', {}))).toBe(true);
    expect(stale(askKey('plot.load', { groupId: 'g', feature: 'f' }))).toBe(true);
  });

  test('stay as they are once stopped', () => {
    const { tell, stop, stale } = setUp();
    tell('groups.changed', { sessionId: 's' });
    stop();
    vi.advanceTimersByTime(200);
    expect(stale(askKey('group.list', { sessionId: 's' }))).toBe(false);
  });
});
