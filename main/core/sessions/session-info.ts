import { existsSync } from 'node:fs';
import type { SessionInfo } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';
import type { SessionRow } from '../db/tables/sessions.ts';
import { shortened } from '../files/grants.ts';
import { decisionsFrom } from '../review/decisions.ts';

/** A session as lists show it. */
export function sessionInfo(core: Pick<Core, 'tables'>, session: SessionRow): SessionInfo {
  const { tables } = core;
  const listed = new Set(tables.groups.listed(session.sessionId).map((group) => group.groupId));
  const decided = [...decisionsFrom(tables.decisionEvents.ofSession(session.sessionId)).current.keys()];
  return {
    sessionId: session.sessionId,
    title: session.title,
    analyzerName: session.analyzerName,
    analyzerFolder: shortened(session.folder),
    fingerprint: session.fingerprint,
    createdAt: session.createdAt,
    updatedAt: session.updatedAt,
    ...tables.sessions.counts(session.sessionId),
    decidedCount: decided.filter((groupId) => listed.has(groupId)).length,
    reachable: existsSync(session.folder),
  };
}
