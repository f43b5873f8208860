import type { UnitId } from '../../../app/analyzer/view.ts';
import { presets } from '../../../app/candidates/presets.ts';
import type { Answer } from '../../../app/contract/calls.ts';
import type { VerdictWord } from '../../../app/contract/verdict.ts';
import type { Core } from '../core.ts';
import type { DecisionEvent } from '../db/tables/decision-events.ts';
import type { SessionEvent } from '../db/tables/session-events.ts';
import type { SessionRow } from '../db/tables/sessions.ts';
import { shortened } from '../files/grants.ts';

type Told = Pick<Answer<'session.history'>['events'][number], 'what' | 'detail'>;

/** As the window names them. */
const decisionWords: Readonly<Record<VerdictWord, string>> = { merge: 'same cell', 'not merge': 'different', unsure: 'unsure' };

/** A stretch of everything that happened in a session, newest first, in words; `from` counts from the newest. */
export function sessionHistory(
  { tables }: Pick<Core, 'tables'>,
  session: SessionRow,
  range: { readonly from: number; readonly count: number },
): Answer<'session.history'> {
  const { sessionId } = session;
  const decided = (groupId: string, event: DecisionEvent | undefined): Told => {
    const group = unitsText(tables.groups.byId(groupId)?.units ?? []);
    if (event?.kind === 'decide' && event.decision) return { what: 'Decided', detail: `${group}: ${decisionWords[event.decision]}` };
    if (event?.kind === 'note') return { what: 'Wrote a note', detail: `${group}: ${event.note}` };
    return { what: event?.kind === 'undo' ? 'Took a decision back' : 'Decided again', detail: group };
  };
  const told = ({ kind, id, seq }: SessionEvent): Told => {
    switch (kind) {
      case 'began':
        return { what: 'Began', detail: session.title };
      case 'search': {
        const run = tables.candidateRuns.byId(id);
        const preset = presets.find((one) => one.id === run?.request.preset)?.title;
        const how = run?.request.steps?.join(', ') ?? preset ?? run?.request.preset ?? '';
        return { what: 'Searched for candidates', detail: `${how}: ${counted(run?.groupCount ?? 0, 'group')}` };
      }
      case 'batch': {
        const batch = tables.batches.byId(id);
        const { total, done, failed } = tables.batches.counts(id);
        const judge = !batch ? '' : batch.model === '' || batch.model === batch.judge ? batch.judge : `${batch.judge} (${batch.model})`;
        const failures = failed === 0 ? '' : `, ${failed} failed`;
        return { what: 'Asked a judge', detail: `${judge}: ${done} of ${counted(total, 'group')} answered${failures}, ${batch?.state}` };
      }
      case 'decision':
        return decided(id, tables.decisionEvents.bySeq(seq));
      case 'output': {
        const output = tables.appliedOutputs.byId(id);
        const counts = `${counted(output?.mergedCount ?? 0, 'merge')}, ${counted(output?.unitCount ?? 0, 'unit')}`;
        return { what: 'Wrote results', detail: `${shortened(output?.path ?? '')}: ${counts}` };
      }
      default:
        return kind satisfies never;
    }
  };
  return tables.ofOneMoment(() => ({
    events: tables.sessionEvents.page(sessionId, range).map((event) => ({ at: event.at, ...told(event) })),
    from: range.from,
    total: tables.sessionEvents.total(sessionId),
  }));
}

function unitsText(units: readonly UnitId[]): string {
  return units.map(String).join(' · ');
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
