import type { UnitId } from '../../../app/analyzer/view.ts';
import { presets } from '../../../app/candidates/presets.ts';
import type { Core } from '../core.ts';
import type { SessionRow } from '../db/tables/sessions.ts';
import { shortened } from '../files/grants.ts';

interface HistoryEvent {
  readonly at: string;
  readonly what: string;
  readonly detail: string;
}

const stateWords = { running: 'running', paused: 'paused', cancelled: 'cancelled', done: 'done' } as const;

/** Everything that happened in a session, oldest first, in words. */
export function sessionHistory({ tables }: Pick<Core, 'tables'>, session: SessionRow): HistoryEvent[] {
  const { sessionId } = session;
  const units = new Map(tables.groups.all(sessionId).map((group) => [group.groupId, unitsText(group.units)]));
  const searches = tables.candidateRuns.ofSession(sessionId).map(({ at, request, groupCount }) => {
    const preset = presets.find((one) => one.id === request.preset)?.title;
    const how = request.steps?.join(', ') ?? preset ?? request.preset ?? '';
    return { at, what: 'Searched for candidates', detail: `${how}: ${counted(groupCount, 'group')}` };
  });
  const batches = tables.batches.ofSession(sessionId).map((batch) => {
    const { total, done, failed } = tables.batches.counts(batch.batchId);
    const judge = batch.model === '' || batch.model === batch.judge ? batch.judge : `${batch.judge} (${batch.model})`;
    const detail = `${judge}: ${done} of ${counted(total, 'group')} answered, ${failed} failed, ${stateWords[batch.state]}`;
    return { at: batch.createdAt, what: 'Asked a judge', detail };
  });
  const decisions = tables.decisionEvents.ofSession(sessionId).map((event) => {
    const group = units.get(event.groupId) ?? '';
    if (event.kind === 'decide') return { at: event.at, what: 'Decided', detail: `${group}: ${event.decision}` };
    if (event.kind === 'note') return { at: event.at, what: 'Wrote a note', detail: `${group}: ${event.note}` };
    return { at: event.at, what: event.kind === 'undo' ? 'Took a decision back' : 'Decided again', detail: group };
  });
  const outputs = tables.appliedOutputs.ofSession(sessionId).map(({ at, path, unitCount, mergedCount }) => {
    return { at, what: 'Wrote results', detail: `${shortened(path)}: ${counted(mergedCount, 'merge')}, ${counted(unitCount, 'unit')}` };
  });
  const begun = { at: session.createdAt, what: 'Began', detail: session.title };
  // Sorting is stable: what has the same time keeps the order it is listed in here.
  return [begun, ...searches, ...batches, ...decisions, ...outputs].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function unitsText(units: readonly UnitId[]): string {
  return units.map(String).join(' + ');
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
