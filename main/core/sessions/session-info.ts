import { existsSync } from 'node:fs';
import type { SessionInfo } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';
import type { SessionRow } from '../db/tables/sessions.ts';
import type { Tables } from '../db/tables.ts';
import { shortened } from '../files/grants.ts';
import { decisionsFrom } from '../review/decisions.ts';

/** A session as lists show it. */
export function sessionInfo(core: Pick<Core, 'tables' | 'lists'>, session: SessionRow): SessionInfo {
  const { tables, lists } = core;
  return {
    sessionId: session.sessionId,
    title: session.title,
    analyzerName: session.analyzerName,
    analyzerFolder: shortened(session.folder),
    fingerprint: session.fingerprint,
    createdAt: session.createdAt,
    updatedAt: session.updatedAt,
    ...tables.sessions.counts(session.sessionId),
    decidedCount: lists.known(session.sessionId)?.decidedCount() ?? decidedIn(tables, session.sessionId),
    reachable: existsSync(session.folder),
  };
}

/** Counted without keeping the list of a session that nobody works in now. */
function decidedIn(tables: Tables, sessionId: string): number {
  const decided = decisionsFrom(tables.decisionEvents.ofSession(sessionId)).current;
  if (decided.size === 0) return 0;
  return tables.groups.listedIds(sessionId).filter((groupId) => decided.has(groupId)).length;
}
