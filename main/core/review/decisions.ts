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

/**
 * What counts, from everything that happened in a session, in order. An undo takes back the newest decision that stands,
 * a redo brings the last one taken back, a new decision ends all redoing. Notes are not undone.
 */
export function decisionsFrom(events: readonly DecisionEvent[]): Decisions {
  const standing: DecisionEvent[] = [];
  const takenBack: DecisionEvent[] = [];
  const notes = new Map<string, string>();
  for (const event of events) {
    if (event.kind === 'note') notes.set(event.groupId, event.note ?? '');
    if (event.kind === 'decide') {
      standing.push(event);
      takenBack.length = 0;
    }
    if (event.kind === 'undo') move(standing, takenBack, event);
    if (event.kind === 'redo') move(takenBack, standing, event);
  }
  return {
    current: new Map(standing.map((event) => [event.groupId, { decision: event.decision as VerdictWord, at: event.at }])),
    notes,
    undoable: standing.at(-1),
    redoable: takenBack.at(-1),
  };
}

function move(from: DecisionEvent[], to: DecisionEvent[], event: DecisionEvent): void {
  const moved = from.pop();
  if (!moved || moved.seq !== event.targetSeq) throw new Error(`The decision event ${event.seq} does not follow from those before it.`);
  to.push(moved);
}
