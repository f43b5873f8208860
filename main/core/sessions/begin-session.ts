import { existsSync } from 'node:fs';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import type { Core } from '../core.ts';
import type { SessionRow } from '../db/tables/sessions.ts';
import { sessionOf } from './session-access.ts';

export interface Begun {
  readonly session: SessionRow;
  /** It was there before and goes on. */
  readonly continued: boolean;
  /** What a person should know about why it is a new one. */
  readonly notice: string | undefined;
}

/**
 * The session to work in: the newest one on this folder with this very content, one whose folder was moved here, or a
 * new one (always with `fresh`). Sessions on earlier content are left as they are.
 */
export function beginSession(core: Pick<Core, 'tables'>, folder: string, view: IdentifiedAnalyzer, fresh: boolean): Begun {
  const { tables } = core;
  const { name, format } = view.summary;
  return tables.atOnce((): Begun => {
    const analyzerId = tables.analyzers.opened(folder, name, format, view.sourceFingerprint);
    const earlier = tables.sessions.newestOfAnyContent(analyzerId);
    if (!fresh) {
      const same = tables.sessions.newestOf(analyzerId, view.sourceFingerprint);
      if (same) return { session: same, continued: true, notice: undefined };
      const moved = tables.sessions.withFingerprint(view.sourceFingerprint).find((session) => !existsSync(session.folder));
      if (moved) {
        tables.sessions.moveTo(moved.sessionId, analyzerId);
        return { session: sessionOf(core, moved.sessionId), continued: true, notice: undefined };
      }
    }
    const session = sessionOf(core, tables.sessions.create(analyzerId, view.sourceFingerprint, name));
    const changed = !fresh && earlier !== undefined && earlier.fingerprint !== view.sourceFingerprint;
    const notice = changed
      ? `The content of this folder has changed since the session “${earlier.title}” of ${earlier.createdAt.slice(0, 10)}, so a new session was begun. The earlier one is kept in History.`
      : undefined;
    return { session, continued: false, notice };
  });
}
