import type { HandlersOf } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';

export function judgeHandlers({ judges }: Core): HandlersOf<'judge'> {
  return {
    'judge.list': () => judges.list(),
    'judge.models': ({ judge }, { signal }) => judges.models(judge, { signal }),
    'judge.test': async ({ judge, model }, { signal }) => ({ ok: true, ms: await judges.test(judge, model, { signal }) }),
  };
}
