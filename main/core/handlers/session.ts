import type { HandlersOf } from '../../../app/contract/calls.ts';
import { analyzerInfo } from '../analyzers/analyzer-info.ts';
import type { Core } from '../core.ts';
import { sessionOf, withAnalyzer } from '../sessions/session-access.ts';
import { sessionHistory } from '../sessions/session-history.ts';
import { sessionInfo } from '../sessions/session-info.ts';

const usualCount = 200;

export function sessionHandlers(core: Core): HandlersOf<'session'> {
  const { tables, emit } = core;
  return {
    'session.list': () => ({ sessions: tables.sessions.list().map((session) => sessionInfo(core, session)) }),
    'session.open': ({ sessionId }, { signal }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const info = await analyzerInfo(view, session.folder, { signal });
          tables.atOnce(() => tables.analyzers.opened(session.folder, view.summary.name, view.summary.format, view.sourceFingerprint));
          return { session: sessionInfo(core, sessionOf(core, sessionId)), info };
        },
        { signal, lookNow: true },
      ),
    'session.rename': ({ sessionId, title }) => {
      sessionOf(core, sessionId);
      tables.sessions.rename(sessionId, title);
      emit('session.changed', { sessionId });
      return {};
    },
    'session.archive': ({ sessionId }) => {
      sessionOf(core, sessionId);
      tables.sessions.archive(sessionId);
      emit('session.changed', { sessionId });
      return {};
    },
    'session.history': ({ sessionId, from = 0, count = usualCount }) => sessionHistory(core, sessionOf(core, sessionId), { from, count }),
  };
}
