import type { VerdictWord } from '../../../app/contract/verdict.ts';
import type { DecisionEvent } from '../db/tables/decision-events.ts';

export interface Decisions {
  /** The decision that counts now, by group. */
  readonly current: ReadonlyMap<string, { readonly decision: VerdictWord; readonly at: string }>;
  readonly notes: ReadonlyMap<string, string>;
  /** The decide event that undo would take back next. */
  readonly undoable: DecisionEvent | undefined;
  /** The decide event that redo would bring again. */
  readonly redoable: DecisionEvent | undefined;
}

export interface FollowedDecisions extends Decisions {
  /** The newest event taken, 0 before the first. */
  readonly lastSeq: number;
  /** Goes on with events that follow those taken before; the groups they are about come back. */
  take(events: readonly DecisionEvent[]): Set<string>;
}

/** What counts, from everything that happened in a session, in order. */
export function decisionsFrom(events: readonly DecisionEvent[]): Decisions {
  const decisions = followDecisions();
  decisions.take(events);
  return decisions;
}

/**
 * What counts, kept up as events arrive. An undo takes back the newest decision that stands, a redo brings the last one taken
 * back, a new decision ends all redoing. Notes are not undone.
 */
export function followDecisions(): FollowedDecisions {
  const standing: DecisionEvent[] = [];
  const takenBack: DecisionEvent[] = [];
  /** Standing decisions of each group, newest last. */
  const ofGroup = new Map<string, DecisionEvent[]>();
  const current = new Map<string, { decision: VerdictWord; at: string }>();
  const notes = new Map<string, string>();
  let lastSeq = 0;

  const stand = (event: DecisionEvent): void => {
    standing.push(event);
    const own = ofGroup.get(event.groupId);
    if (own) own.push(event);
    else ofGroup.set(event.groupId, [event]);
    current.set(event.groupId, { decision: event.decision as VerdictWord, at: event.at });
  };
  const fall = (event: DecisionEvent): void => {
    const own = ofGroup.get(event.groupId);
    own?.pop();
    const before = own?.at(-1);
    if (before) current.set(event.groupId, { decision: before.decision as VerdictWord, at: before.at });
    else current.delete(event.groupId);
  };

  return {
    current,
    notes,
    get undoable() {
      return standing.at(-1);
    },
    get redoable() {
      return takenBack.at(-1);
    },
    get lastSeq() {
      return lastSeq;
    },
    take(events) {
      const about = new Set<string>();
      for (const event of events) {
        if (event.kind === 'note') notes.set(event.groupId, event.note ?? '');
        if (event.kind === 'decide') {
          stand(event);
          takenBack.length = 0;
        }
        if (event.kind === 'undo') {
          const back = taken(standing, event);
          takenBack.push(back);
          fall(back);
        }
        if (event.kind === 'redo') stand(taken(takenBack, event));
        about.add(event.groupId);
        lastSeq = event.seq;
      }
      return about;
    },
  };
}

function taken(from: DecisionEvent[], event: DecisionEvent): DecisionEvent {
  const moved = from.pop();
  if (!moved || moved.seq !== event.targetSeq) throw new Error(`The decision event ${event.seq} does not follow from those before it.`);
  return moved;
}
