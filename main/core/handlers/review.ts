import type { HandlersOf } from '../../../app/contract/calls.ts';
import { Failure } from '../../../app/failure.ts';
import type { Core } from '../core.ts';
import { decisionsFrom } from '../review/decisions.ts';
import { groupOf, sessionOf } from '../sessions/session-access.ts';

export function reviewHandlers(core: Core): HandlersOf<'review'> {
  const { tables, emit } = core;
  const decisions = (sessionId: string) => decisionsFrom(tables.decisionEvents.ofSession(sessionId));
  const reviewer = () => tables.settings.read().reviewerName;

  const told = (sessionId: string, groupId: string): void => {
    emit('groups.changed', { sessionId, groupIds: [groupId] });
    emit('session.changed', { sessionId });
  };

  const takeBack = (sessionId: string, kind: 'undo' | 'redo'): { groupId: string | null } => {
    sessionOf(core, sessionId);
    const groupId = tables.atOnce(() => {
      const { undoable, redoable } = decisions(sessionId);
      const target = kind === 'undo' ? undoable : redoable;
      if (!target) return null;
      tables.decisionEvents.add({ sessionId, groupId: target.groupId, kind, targetSeq: target.seq, reviewer: reviewer() });
      tables.sessions.touch(sessionId);
      tables.sessions.show(sessionId, target.groupId);
      return target.groupId;
    });
    if (groupId !== null) told(sessionId, groupId);
    return { groupId };
  };

  return {
    'review.decide': ({ sessionId, groupId, decision, note, shownAt, sawVerdict }) => {
      sessionOf(core, sessionId);
      const group = groupOf(core, groupId, sessionId);
      if (!group.listed)
        throw new Failure('input.invalid', 'This group was taken off the list. Add it again to decide on it.', { groupId });
      const nextGroupId = tables.atOnce(() => {
        const verdictId = tables.verdicts.newestIdOf(groupId);
        const by = reviewer();
        tables.decisionEvents.add({ sessionId, groupId, kind: 'decide', decision, shownAt, sawVerdict, verdictId, reviewer: by });
        if (note !== undefined && note !== (decisions(sessionId).notes.get(groupId) ?? ''))
          tables.decisionEvents.add({ sessionId, groupId, kind: 'note', note, reviewer: by });
        tables.sessions.touch(sessionId);
        const next = nextUndecided(
          tables.groups.listed(sessionId).map((row) => row.groupId),
          decisions(sessionId).current,
          groupId,
        );
        tables.sessions.show(sessionId, next ?? groupId);
        return next;
      });
      told(sessionId, groupId);
      return { nextGroupId };
    },
    'review.note': ({ sessionId, groupId, note }) => {
      sessionOf(core, sessionId);
      groupOf(core, groupId, sessionId);
      tables.atOnce(() => {
        if (note === (decisions(sessionId).notes.get(groupId) ?? '')) return;
        tables.decisionEvents.add({ sessionId, groupId, kind: 'note', note, reviewer: reviewer() });
        tables.sessions.touch(sessionId);
      });
      told(sessionId, groupId);
      return {};
    },
    'review.undo': ({ sessionId }) => takeBack(sessionId, 'undo'),
    'review.redo': ({ sessionId }) => takeBack(sessionId, 'redo'),
    'review.state': ({ sessionId }) => {
      const session = sessionOf(core, sessionId);
      const { current, undoable, redoable } = decisions(sessionId);
      const listed = tables.groups.listed(sessionId).map((group) => group.groupId);
      const shown = listed.includes(session.shownGroupId ?? '') ? session.shownGroupId : null;
      return {
        total: listed.length,
        decided: listed.filter((groupId) => current.has(groupId)).length,
        canUndo: undoable !== undefined,
        canRedo: redoable !== undefined,
        currentGroupId: shown ?? listed.find((groupId) => !current.has(groupId)) ?? listed[0] ?? null,
      };
    },
    'review.show': ({ sessionId, groupId }) => {
      sessionOf(core, sessionId);
      groupOf(core, groupId, sessionId);
      tables.sessions.show(sessionId, groupId);
      return {};
    },
  };
}

/** The next group nobody decided on, after this one, from the top again at the end. */
function nextUndecided(listed: readonly string[], decided: ReadonlyMap<string, unknown>, after: string): string | null {
  const at = listed.indexOf(after);
  const order = [...listed.slice(at + 1), ...listed.slice(0, at + 1)];
  return order.find((groupId) => !decided.has(groupId)) ?? null;
}
