import type { HandlersOf } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';

const usualLimit = 50;

export function requestsHandlers({ tables }: Core): HandlersOf<'requests'> {
  return {
    'requests.list': ({ limit = usualLimit }) => ({ requests: tables.requests.newest(limit), byHost: tables.requests.byHost() }),
  };
}
