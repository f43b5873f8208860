import type { QueryClient } from '@tanstack/react-query';
import type { CallName } from '../../app/contract/calls.ts';
import type { EventName } from '../../app/contract/events.ts';
import type { Client } from '../client.ts';

/** Which cached answers an event makes stale. `everything` after a new start of the core. */
export const staleAfter = {
  'session.changed': ['session.list', 'session.history', 'analyzer.recent', 'review.state'],
  'analyzer.computed': 'everything',
  'groups.changed': [
    'candidates.lastRun',
    'group.list',
    'group.around',
    'group.marks',
    'review.state',
    'verdict.ofGroup',
    'apply.plan',
    'session.list',
    'session.history',
    'batch.estimate',
  ],
  'batch.progressed': ['batch.list', 'requests.list'],
  'batch.finished': [
    'batch.list',
    'requests.list',
    'group.list',
    'group.around',
    'verdict.ofGroup',
    'session.list',
    'session.history',
    'apply.plan',
    'batch.estimate',
  ],
  'library.changed': ['library.list', 'batch.estimate'],
  'choice.changed': ['group.list', 'group.around', 'group.marks', 'batch.estimate'],
  'settings.changed': [
    'settings.get',
    'group.list',
    'group.around',
    'prompt.list',
    'judge.list',
    'judge.models',
    'models.list',
    'vault.has',
    'vault.state',
    'batch.estimate',
  ],
  'core.restarted': 'everything',
} as const satisfies Partial<Record<EventName, readonly CallName[] | 'everything'>>;

const settleMs = 80;

/**
 * Asks again what events made stale. Events come in bursts (one per verdict), so they are gathered for 80 ms first.
 * Returns what stops it.
 */
export function keepFresh(client: Client, queries: QueryClient): () => void {
  const stale = new Set<CallName>();
  let everything = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const refresh = () => {
    timer = undefined;
    if (everything) void queries.invalidateQueries();
    else for (const name of stale) void queries.invalidateQueries({ queryKey: [name] });
    everything = false;
    stale.clear();
  };
  const stops = (Object.keys(staleAfter) as (keyof typeof staleAfter)[]).map((event) =>
    client.onEvent(event, () => {
      const names = staleAfter[event];
      if (names === 'everything') everything = true;
      else for (const name of names) stale.add(name);
      timer ??= setTimeout(refresh, settleMs);
    }),
  );
  return () => {
    for (const stop of stops) stop();
    clearTimeout(timer);
  };
}
