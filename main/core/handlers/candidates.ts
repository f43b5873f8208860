import { isObtainable } from '../../../app/analyzer/compute/obtainable.ts';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { missingForStep } from '../../../app/candidates/missing.ts';
import { parametersOf } from '../../../app/candidates/parameters.ts';
import { presets } from '../../../app/candidates/presets.ts';
import { candidateSteps } from '../../../app/candidates/registry.ts';
import { planSteps } from '../../../app/candidates/run.ts';
import type { CandidateStep } from '../../../app/candidates/step.ts';
import type { Answer, HandlersOf } from '../../../app/contract/calls.ts';
import { importCandidates, nothingLeftOut } from '../../../app/curation/imported-candidates.ts';
import { importReview, isCurationReview } from '../../../app/curation/imported-review.ts';
import { Failure } from '../../../app/failure.ts';
import type { Core } from '../core.ts';
import type { NewGroup } from '../db/tables/groups.ts';
import { sha256 } from '../files/sha256.ts';
import { groupOf, sessionOf, withAnalyzer } from '../sessions/session-access.ts';

/** So many groups come back with a search; the rest is on the list. */
const mostFound = 1000;

export function candidatesHandlers(core: Core): HandlersOf<'candidates'> {
  const { tables, emit, searcher } = core;
  const pipelines = () =>
    tables.savedPipelines.all().map(({ name, steps, params, resolveGraph }) => ({
      name,
      steps: [...steps],
      params: params as Record<string, Record<string, unknown>>,
      resolveGraph,
    }));
  const views = () => tables.savedViews.all().map(({ name, columns, filter }) => ({ name, columns: [...columns], filter }));
  const told = (sessionId: string): void => {
    emit('groups.changed', { sessionId });
    emit('session.changed', { sessionId });
  };

  /** Groups of phy's review with its decisions, which are appended; what a person decided here stays. */
  const takeReview = async (
    view: AnalyzerView,
    given: { sessionId: string; name: string; text: string; curation: string | undefined; signal: AbortSignal },
  ): Promise<Answer<'candidates.import'>> => {
    const { sessionId, name, text, curation, signal } = given;
    const known = core.lists.of(sessionId).groups.map(({ units }) => units);
    const found = importReview({
      text,
      name,
      curation,
      known,
      unitIds: view.unitIds,
      hash: (words) => sha256([new TextEncoder().encode(words)]),
    });
    const counts = await spikeCounts(view, signal);
    const taken = tables.atOnce(() => {
      const { current } = core.lists.of(sessionId).decisions;
      const tally = { addedCount: 0, decidedCount: 0, keptCount: 0 };
      let position = tables.groups.nextPosition(sessionId);
      for (const { units, decision } of found.groups) {
        const before = tables.groups.byUnits(sessionId, units);
        if (!before?.listed) tally.addedCount += 1;
        const groupId = before?.listed
          ? before.groupId
          : tables.groups.place(sessionId, newGroup(view, positionsOf(view, units), counts, null), 'import', position++);
        tables.groupSources.add(groupId, { origin: 'import', name, score: null });
        const own = current.get(groupId)?.decision;
        if (decision === undefined || own === decision) continue;
        if (own !== undefined) {
          tally.keptCount += 1;
          continue;
        }
        tables.decisionEvents.add({ sessionId, groupId, kind: 'decide', decision, reviewer: `phy, ${name}` });
        tally.decidedCount += 1;
      }
      tables.sessions.touch(sessionId);
      return tally;
    });
    told(sessionId);
    return { form: 'review', groupCount: found.groups.length, leftOut: nothingLeftOut(), unknownCount: found.leftOutCount, ...taken };
  };

  return {
    'candidates.catalog': ({ sessionId }, { signal }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view) => ({
          presets: presets.map(({ id, title, purpose, steps }) => ({ id, title, purpose, steps: [...steps] })),
          steps: (candidateSteps as readonly CandidateStep[]).map((step) => ({
            id: step.id,
            title: step.title,
            purpose: step.purpose,
            missing: missingForStep(view, step),
            computes: step.needs.filter((extension) => !view.has(extension) && isObtainable(view, extension)),
            params: parametersOf(step).map(({ choices, ...parameter }) => ({ ...parameter, choices: [...choices] })),
          })),
          pipelines: pipelines(),
        }),
        { signal },
      ),
    'candidates.savePipeline': (pipeline) => {
      // Refuses what no search would take.
      planSteps(pipeline);
      tables.savedPipelines.put(pipeline);
      return { pipelines: pipelines() };
    },
    'candidates.removePipeline': ({ name }) => {
      if (!tables.savedPipelines.remove(name))
        throw new Failure('input.notFound', `There is no saved pipeline “${name}” in this data folder.`, { name });
      return { pipelines: pipelines() };
    },
    'candidates.find': ({ sessionId, pipeline, unite, ...request }, { signal, progress }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const found = await searcher.ask('find', { folder: session.folder, view }, request, { signal, progress });
          const counts = await spikeCounts(view, signal);
          const name = pipeline ?? (request.steps ? request.steps.join(', ') : (request.preset ?? 'similarity_correlograms'));
          const { steps, computed, ms } = found;
          const kept = tables.atOnce(() => {
            if (!unite) tables.groups.unlistUntouched(sessionId);
            const groups = found.groups.map((positions, position) => {
              const templateDiff = found.templateDiffs[position];
              const group = newGroup(view, positions, counts, templateDiff);
              const groupId = tables.groups.place(sessionId, group, 'search', position);
              tables.groupSources.add(groupId, { origin: 'search', name, score: null });
              return { groupId, units: [...group.units], templateDiff };
            });
            const asked = { ...request, ...(pipeline === undefined ? {} : { pipeline }) };
            const runId = tables.candidateRuns.add({ sessionId, request: asked, steps, computed, ms, groups });
            tables.sessions.touch(sessionId);
            return {
              runId,
              groupCount: groups.length,
              groups: groups.slice(0, mostFound).map(({ groupId, units }) => ({ groupId, units })),
            };
          });
          told(sessionId);
          return { ...kept, steps: [...steps], computed: [...computed], ms };
        },
        { signal },
      ),
    'candidates.lastRun': ({ sessionId }) => {
      const run = tables.candidateRuns.newestOf(sessionOf(core, sessionId).sessionId);
      if (!run) return { run: null };
      const { runId, at, request, groupCount, steps, computed, ms } = run;
      return {
        run: {
          runId,
          at,
          ...(request.preset === undefined ? {} : { preset: request.preset }),
          ...(request.pipeline === undefined ? {} : { pipeline: request.pipeline }),
          stepIds: steps.map(({ id }) => id),
          params: { ...request.params } as Record<string, Record<string, unknown>>,
          resolveGraph: request.resolveGraph,
          groupCount,
          steps: [...steps],
          computed: [...computed],
          ms,
        },
      };
    },
    'candidates.whyNot': ({ runId, units }, { signal, progress }) => {
      const run = tables.candidateRuns.byId(runId);
      if (!run) throw new Failure('input.notFound', 'There is no such search in this data folder.', { runId });
      const { pipeline: _, ...request } = run.request;
      return withAnalyzer(
        core,
        run.sessionId,
        async (view, session) => {
          const [first, second] = positionsOf(view, units);
          const at = { folder: session.folder, view };
          const answer = await searcher.ask('whyNot', at, { request, units: [first, second] }, { signal, progress });
          return {
            ...answer,
            units: [view.unitIds[first], view.unitIds[second]] as [UnitId, UnitId],
            steps: answer.steps.map((step) => ({
              ...step,
              findings: step.findings.map((one) => ({ ...one, value: Number.isFinite(one.value) ? one.value : null })),
            })),
          };
        },
        { signal },
      );
    },
    'candidates.import': ({ sessionId, name, text, leastScore, curation }, { signal }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view) => {
          if (isCurationReview(text)) return takeReview(view, { sessionId, name, text, curation, signal });
          const found = importCandidates(text, name, view.unitIds, { leastScore });
          const counts = await spikeCounts(view, signal);
          const addedCount = tables.atOnce(() => {
            let added = 0;
            let position = tables.groups.nextPosition(sessionId);
            for (const { units, score, scores } of found.groups) {
              if (!tables.groups.byUnits(sessionId, units)?.listed) added += 1;
              const group = newGroup(view, positionsOf(view, units), counts, null);
              const groupId = tables.groups.place(sessionId, group, 'import', position++);
              tables.groupSources.add(groupId, { origin: 'import', name, score, ...(scores ? { scores } : {}) });
            }
            tables.sessions.touch(sessionId);
            return added;
          });
          told(sessionId);
          const { form, leftOut, scoreColumn } = found;
          return {
            form,
            groupCount: found.groups.length,
            addedCount,
            leftOut: { ...leftOut },
            ...(scoreColumn === undefined ? {} : { scoreColumn }),
            ...(found.leastScore === undefined ? {} : { leastScore: found.leastScore }),
          };
        },
        { signal },
      ),
    'candidates.views': () => ({ views: views() }),
    'candidates.saveView': (view) => {
      tables.savedViews.put(view);
      return { views: views() };
    },
    'candidates.removeView': ({ name }) => {
      if (!tables.savedViews.remove(name))
        throw new Failure('input.notFound', `There is no saved view “${name}” in this data folder.`, { name });
      return { views: views() };
    },
    'candidates.atThresholds': ({ sessionId }, { signal, progress }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const { thresholds, pairCounts, pairTotal, smallestDiff } = await searcher.ask(
            'atThresholds',
            { folder: session.folder, view },
            {},
            { signal, progress },
          );
          return { thresholds: [...thresholds], pairCounts: [...pairCounts], pairTotal, smallestDiff };
        },
        { signal },
      ),
    'candidates.addGroup': ({ sessionId, units }, { signal }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view) => {
          const group = newGroup(view, positionsOf(view, units), await spikeCounts(view, signal), null);
          const groupId = tables.atOnce(() => {
            tables.sessions.touch(sessionId);
            const added = tables.groups.add(sessionId, group, 'hand');
            tables.groupSources.add(added, { origin: 'hand', name: '', score: null });
            return added;
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
