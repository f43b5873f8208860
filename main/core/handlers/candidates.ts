import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { findCandidates, pairsAtThresholds } from '../../../app/candidates/run.ts';
import type { HandlersOf } from '../../../app/contract/calls.ts';
import { Failure } from '../../../app/failure.ts';
import type { Core } from '../core.ts';
import type { NewGroup } from '../db/tables/groups.ts';
import { groupOf, sessionOf, withAnalyzer } from '../sessions/session-access.ts';

export function candidatesHandlers(core: Core): HandlersOf<'candidates'> {
  const { tables, emit } = core;
  const told = (sessionId: string): void => {
    emit('groups.changed', { sessionId });
    emit('session.changed', { sessionId });
  };

  return {
    'candidates.find': ({ sessionId, ...request }, { signal, progress }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view) => {
          const found = await findCandidates(view, request, {
            signal,
            now: () => performance.now(),
            onStep: (id, index, total) => progress(index, total, id),
          });
          const counts = await spikeCounts(view, signal);
          const kept = tables.atOnce(() => {
            tables.groups.unlistUntouched(sessionId);
            const groups = found.groups.map((positions, position) => {
              const templateDiff = largestDiff(found.outputs['templates_diff'], positions, view.unitIds.length);
              const group = newGroup(view, positions, counts, templateDiff);
              return { groupId: tables.groups.place(sessionId, group, 'search', position), units: [...group.units], templateDiff };
            });
            const { steps, computed, ms } = found;
            const runId = tables.candidateRuns.add({ sessionId, request, steps, computed, ms, groups });
            tables.sessions.touch(sessionId);
            return { runId, groups: groups.map(({ groupId, units }) => ({ groupId, units })) };
          });
          told(sessionId);
          return { ...kept, steps: found.steps, computed: found.computed, ms: found.ms };
        },
        { signal },
      ),
    'candidates.atThresholds': ({ sessionId }, { signal }) =>
      withAnalyzer(core, sessionId, (view) => pairsAtThresholds(view, { signal }), { signal }),
    'candidates.addGroup': ({ sessionId, units }, { signal }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view) => {
          const group = newGroup(view, positionsOf(view, units), await spikeCounts(view, signal), null);
          const groupId = tables.atOnce(() => {
            tables.sessions.touch(sessionId);
            return tables.groups.add(sessionId, group, 'hand');
          });
          told(sessionId);
          return { groupId };
        },
        { signal },
      ),
    'candidates.removeGroup': ({ groupId }) => {
      const { sessionId } = groupOf(core, groupId);
      sessionOf(core, sessionId);
      tables.atOnce(() => {
        if (tables.groups.isTouched(groupId))
          throw new Failure('input.invalid', 'This group was decided on, judged or kept as an example, so it stays on the list.', {
            groupId,
          });
        tables.groups.unlist(groupId);
        tables.sessions.touch(sessionId);
      });
      told(sessionId);
      return {};
    },
  };
}

/** Positions of the ids, ascending; throws `analyzer.unknownUnit`, and `input.invalid` for one named twice. */
function positionsOf(view: AnalyzerView, units: readonly UnitId[]): number[] {
  const positions = units.map((id) => view.indexOf(id));
  const twice = units.find((_, at) => positions.indexOf(positions[at]) !== at);
  if (twice !== undefined)
    throw new Failure('input.invalid', `The group names unit ${JSON.stringify(twice)} twice. Name each unit once.`, { unit: twice });
  return positions.sort((a, b) => a - b);
}

async function spikeCounts(view: AnalyzerView, signal: AbortSignal): Promise<number[]> {
  const { offsets } = await view.spikes({ signal });
  return view.unitIds.map((_, unit) => offsets[unit + 1] - offsets[unit]);
}

function newGroup(view: AnalyzerView, positions: readonly number[], counts: readonly number[], templateDiff: number | null): NewGroup {
  const inOrder = [...positions].sort((a, b) => a - b);
  return { units: inOrder.map((at) => view.unitIds[at]), spikeCounts: inOrder.map((at) => counts[at]), templateDiff };
}

/** Largest of 1 − similarity over the group's pairs, where the search has measured it. */
function largestDiff(diffs: ArrayLike<number> | undefined, positions: readonly number[], unitCount: number): number | null {
  if (!diffs) return null;
  let largest = Number.NEGATIVE_INFINITY;
  for (const first of positions)
    for (const second of positions) if (first < second) largest = Math.max(largest, diffs[first * unitCount + second]);
  return Number.isFinite(largest) ? largest : null;
}
