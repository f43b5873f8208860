import type { GroupRow } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { decisionsFrom } from '../review/decisions.ts';

/** The session's list of groups with what was said about each. */
export function groupRows(core: Pick<Core, 'tables'>, sessionId: string): GroupRow[] {
  const { tables } = core;
  const decisions = decisionsFrom(tables.decisionEvents.ofSession(sessionId));
  const verdicts = tables.verdicts.newestBySession(sessionId);
  const failures = tables.batches.openFailures(sessionId);
  const sources = tables.groupSources.ofSession(sessionId);
  const examples = tables.examples.labelsOf(sessionId);
  return tables.groups.listed(sessionId).map(({ groupId, units, spikeCounts, origin, templateDiff }) => {
    const decided = decisions.current.get(groupId);
    const verdict = verdicts.get(groupId);
    const failure = failures.get(groupId);
    return {
      groupId,
      units: [...units],
      labels: groupLabels(units.length),
      spikeCounts: [...spikeCounts],
      origin,
      sources: sources.get(groupId) ?? [],
      templateDiff,
      decision: decided?.decision ?? null,
      decidedAt: decided?.at ?? null,
      note: decisions.notes.get(groupId) ?? '',
      verdict: verdict
        ? {
            verdictId: verdict.verdictId,
            judge: verdict.judge,
            model: verdict.model,
            verdict: verdict.verdict,
            confidence: verdict.confidence,
            reasoning: verdict.reasoning,
          }
        : null,
      verdictCount: verdict?.verdictCount ?? 0,
      failure: failure ? { kind: failure.kind, message: failure.message } : null,
      example: examples.get(groupId) ?? null,
    };
  });
}
