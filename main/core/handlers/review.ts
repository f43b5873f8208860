import type { HandlersOf } from '../../../app/contract/calls.ts';
import { Failure } from '../../../app/failure.ts';
import type { Core } from '../core.ts';
import type { GroupList } from '../sessions/group-list.ts';
import { groupOf, sessionOf } from '../sessions/session-access.ts';

export function reviewHandlers(core: Core): HandlersOf<'review'> {
  const { tables, lists, emit } = core;
  const reviewer = () => tables.settings.read().reviewerName;

  const told = (sessionId: string, groupId: string): void => {
    emit('groups.changed', { sessionId, groupIds: [groupId] });
    emit('session.changed', { sessionId });
  };

  const takeBack = (sessionId: string, kind: 'undo' | 'redo'): { groupId: string | null } => {
    sessionOf(core, sessionId);
    const groupId = tables.atOnce(() => {
      const { undoable, redoable } = lists.of(sessionId).decisions;
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
        const list = lists.of(sessionId);
        const next = nextOpen(list, groupId);
        const isNewNote = note !== undefined && note !== (list.decisions.notes.get(groupId) ?? '');
        const verdictId = tables.verdicts.newestIdOf(groupId);
        const by = reviewer();
        tables.decisionEvents.add({ sessionId, groupId, kind: 'decide', decision, shownAt, sawVerdict, verdictId, reviewer: by });
        if (isNewNote) tables.decisionEvents.add({ sessionId, groupId, kind: 'note', note, reviewer: by });
        tables.sessions.touch(sessionId);
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
        if (note === (lists.of(sessionId).decisions.notes.get(groupId) ?? '')) return;
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
      const list = lists.of(sessionId);
      const { groups, decisions } = list;
      const shown = session.shownGroupId !== null && list.placeOf(session.shownGroupId) !== undefined ? session.shownGroupId : undefined;
      return {
        total: groups.length,
        decided: list.decidedCount(),
        canUndo: decisions.undoable !== undefined,
        canRedo: decisions.redoable !== undefined,
        currentGroupId: shown ?? (groups.find(({ decision }) => decision === undefined) ?? groups[0])?.groupId ?? null,
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
function nextOpen({ groups, placeOf }: GroupList, after: string): string | null {
  const place = placeOf(after) ?? -1;
  for (let step = 1; step < groups.length; step += 1) {
    const group = groups[(place + step) % groups.length];
    if (group.decision === undefined) return group.groupId;
  }
  return null;
}
