import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import type { UsingOptions } from '../analyzers/open-analyzers.ts';
import type { Core } from '../core.ts';
import type { GroupRecord } from '../db/tables/groups.ts';
import type { SessionRow } from '../db/tables/sessions.ts';
import { shortened } from '../files/grants.ts';

/** The session of that id; throws `input.notFound`. */
export function sessionOf(core: Pick<Core, 'tables'>, sessionId: string): SessionRow {
  const session = core.tables.sessions.byId(sessionId);
  if (!session) throw new Failure('input.notFound', 'There is no such session in this data folder.', { sessionId });
  return session;
}

/** The group of that id; throws `input.notFound`, also where it belongs to another session than the one named. */
export function groupOf(core: Pick<Core, 'tables'>, groupId: string, sessionId?: string): GroupRecord {
  const group = core.tables.groups.byId(groupId);
  if (!group) throw new Failure('input.notFound', 'There is no such group in this data folder.', { groupId });
  if (sessionId !== undefined && group.sessionId !== sessionId)
    throw new Failure('input.notFound', 'This group belongs to another session.', { groupId, sessionId });
  return group;
}

/**
 * Runs the work with the session's analyzer. Throws `analyzer.changed` where the folder's content is no longer what the
 * session was made on: its decisions stay, but nothing new may be drawn, judged or written under them.
 */
export async function withAnalyzer<Result>(
  core: Pick<Core, 'tables' | 'analyzers'>,
  sessionId: string,
  work: (view: IdentifiedAnalyzer, session: SessionRow) => Promise<Result>,
  options: UsingOptions = {},
): Promise<Result> {
  const session = sessionOf(core, sessionId);
  return core.analyzers.using(
    session.folder,
    (view) => {
      if (view.sourceFingerprint !== session.fingerprint) throw changed(session);
      return work(view, session);
    },
    options,
  );
}

/** As `withAnalyzer`, for the session the group belongs to. */
export function withGroup<Result>(
  core: Pick<Core, 'tables' | 'analyzers'>,
  groupId: string,
  work: (view: IdentifiedAnalyzer, group: GroupRecord, session: SessionRow) => Promise<Result>,
  options: UsingOptions = {},
): Promise<Result> {
  const group = groupOf(core, groupId);
  return withAnalyzer(core, group.sessionId, (view, session) => work(view, group, session), options);
}

function changed(session: SessionRow): Failure {
  return new Failure(
    'analyzer.changed',
    `The analyzer ${shortened(session.folder)} has changed since this session was begun on ${session.createdAt.slice(0, 10)}. Its decisions are kept; open the analyzer again to begin a new session on its present content.`,
    { sessionId: session.sessionId, folder: session.folder, wholeRun: true },
  );
}
