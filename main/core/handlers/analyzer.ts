import { existsSync } from 'node:fs';
import type { HandlersOf } from '../../../app/contract/calls.ts';
import { Failure } from '../../../app/failure.ts';
import { analyzerInfo } from '../analyzers/analyzer-info.ts';
import type { Core } from '../core.ts';
import { shortened } from '../files/grants.ts';
import { beginSession } from '../sessions/begin-session.ts';
import { sessionInfo } from '../sessions/session-info.ts';

export function analyzerHandlers(core: Core): HandlersOf<'analyzer'> {
  const { tables, emit } = core;
  return {
    'analyzer.open': async ({ grant, fresh }, { signal }) => {
      const folder = core.grants.folder(grant, 'analyzer');
      return core.analyzers.using(
        folder,
        async (view) => {
          const info = await analyzerInfo(view, folder, { signal });
          const { session, continued, notice } = beginSession(core, folder, view, fresh ?? false);
          emit('session.changed', { sessionId: session.sessionId });
          const problems = notice === undefined ? info.problems : [...info.problems, notice];
          return { session: sessionInfo(core, session), info: { ...info, problems }, continued };
        },
        { signal, lookNow: true },
      );
    },
    'analyzer.recent': () => ({
      recent: tables.analyzers.recent().map(({ analyzerId, name, folder, openedAt }) => ({
        analyzerId,
        name,
        folder: shortened(folder),
        openedAt,
        reachable: existsSync(folder),
        sessionId: tables.sessions.newestOfAnyContent(analyzerId)?.sessionId ?? null,
      })),
    }),
    'analyzer.forget': ({ analyzerId }) => {
      if (!tables.analyzers.forget(analyzerId))
        throw new Failure('input.notFound', 'There is no such analyzer in this data folder.', { analyzerId });
      return {};
    },
  };
}
