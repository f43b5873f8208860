import { setImmediate } from 'node:timers/promises';
import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import { isFailure, toFailureRecord } from '../../../app/failure.ts';
import type { Question } from '../../../app/judges/judge.ts';
import { findModel, type ModelTable } from '../../../app/judges/models.ts';
import { providerById } from '../../../app/judges/registry.ts';
import type { PlotFeature } from '../../../app/plots/feature.ts';
import { featureById } from '../../../app/plots/registry.ts';
import type { BatchPlan } from '../batch/store.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { groupOf, withAnalyzer } from '../sessions/session-access.ts';
import { askingParams } from './asking-params.ts';
import { buildGroupQuestion, tooManyUnits } from './build-group-question.ts';
import { type ConnectParts, connectTo } from './connect.ts';
import { offlineJudge, type PlannedRun } from './plan-run.ts';
import { questionSize } from './question-size.ts';
import { runExamples } from './run-examples.ts';

export interface PreflightCheck {
  readonly what: string;
  readonly state: 'ok' | 'wrong' | 'unknown';
  readonly detail: string;
}

type Parts = Pick<Core, 'tables' | 'analyzers' | 'pictures' | 'searcher'> & ConnectParts;

/** Whether a run would work: key and address, model and its pictures, size of a question, what can't be drawn. Sends no picture and no number. */
export async function preflight(parts: Parts, { plan, models }: PlannedRun, options: ReadOptions = {}): Promise<PreflightCheck[]> {
  if (plan.judge === offlineJudge) return [{ what: 'Judge', state: 'ok', detail: 'The offline judge needs no key and no network.' }];
  const provider = await checkProvider(parts, plan, options);
  return [...provider, checkPictures(plan, models), ...(await checkGroups(parts, plan, models, options))];
}

async function checkProvider(parts: Parts, plan: BatchPlan, options: ReadOptions): Promise<PreflightCheck[]> {
  const { title } = providerById(plan.judge);
  try {
    const { baseUrl } = askingParams(plan.params);
    const { connection } = await connectTo(parts, plan.judge, { baseUrl, timeoutMs: 15_000 });
    const models = await connection.models(options);
    const key: PreflightCheck = { what: 'Key and address', state: 'ok', detail: `${title} answers.` };
    if (models.some(({ id }) => id === plan.model)) return [key, { what: 'Model', state: 'ok', detail: `${title} lists ${plan.model}.` }];
    const detail = `${title} does not list ${plan.model}. Check its spelling, or choose one of its list.`;
    return [key, { what: 'Model', state: models.length === 0 ? 'unknown' : 'wrong', detail }];
  } catch (error) {
    if (!isFailure(error) || error.kind === 'cancelled') throw error;
    return [{ what: 'Key and address', state: 'wrong', detail: toFailureRecord(error).message }];
  }
}

function checkPictures(plan: BatchPlan, models: ModelTable): PreflightCheck {
  const what = 'Pictures';
  if (plan.features.length === 0) return { what, state: 'ok', detail: 'No picture is sent.' };
  const row = findModel(plan.judge, plan.model, models);
  if (!row)
    return { what, state: 'unknown', detail: `${plan.model} is not in the table of models: whether it takes pictures is not known.` };
  if (row.images === null)
    return { what, state: 'wrong', detail: `${row.title} takes no pictures. Choose another model, or send numbers only.` };
  if (row.imagesAssumedAs !== undefined) {
    const detail = `Whether ${row.title} takes pictures is not known: its image rules are assumed to be those of ${row.imagesAssumedAs}.`;
    return { what, state: 'unknown', detail };
  }
  return { what, state: 'ok', detail: `${row.title} takes pictures.` };
}

async function checkGroups(parts: Parts, plan: BatchPlan, models: ModelTable, options: ReadOptions): Promise<PreflightCheck[]> {
  const [groupId] = plan.groupIds;
  if (groupId === undefined) return [{ what: 'Groups', state: 'wrong', detail: 'There is no group to judge.' }];
  return withAnalyzer(
    parts,
    plan.sessionId,
    async (view, session) => {
      const checks: PreflightCheck[] = plan.features.flatMap((id) => {
        const feature = featureById(id) as PlotFeature;
        const missing = feature.needs.filter((extension) => !view.has(extension));
        if (missing.length === 0) return [];
        const detail = `Can’t be drawn for any of the ${plan.groupIds.length} groups: the analyzer has no ${missing.join(', ')}.`;
        return [{ what: feature.title, state: 'wrong' as const, detail }];
      });
      checks.push(...(await checkEachGroup(parts, plan, view, options)));
      try {
        const inRun = { ...options, models, examples: runExamples(parts, plan) };
        const { votes } = await buildGroupQuestion(parts, view, session, plan, groupOf(parts, groupId), inRun);
        const [first] = votes;
        checks.push(sizeCheck('built' in first ? first.built.question : first.panel.experts[0].question));
      } catch (error) {
        if (!isFailure(error, 'input.invalid')) throw error;
        checks.push({ what: 'Question', state: 'wrong', detail: error.message });
      }
      return checks;
    },
    options,
  );
}

/** Pictures that some groups can't have, and groups that are too large for a question: which, and how many. */
async function checkEachGroup(parts: Parts, plan: BatchPlan, view: IdentifiedAnalyzer, options: ReadOptions): Promise<PreflightCheck[]> {
  const told = new Map<string, { readonly why: string; readonly units: readonly UnitId[]; count: number }>();
  const tell = (what: string, why: string, units: readonly UnitId[]) => {
    const known = told.get(what) ?? { why, units, count: 0 };
    known.count += 1;
    told.set(what, known);
  };
  const asked = plan.features.map((id) => featureById(id) as PlotFeature).filter(({ needs }) => needs.every((name) => view.has(name)));
  for (const [index, groupId] of plan.groupIds.entries()) {
    // Thousands of groups must not hold up a window.
    if (index % 100 === 99) await setImmediate(undefined, { signal: options.signal });
    const { units } = groupOf(parts, groupId);
    const tooMany = tooManyUnits(plan, units.length);
    if (tooMany !== undefined) {
      tell('Groups', tooMany, units);
      continue;
    }
    const group = { units: units.map((unit) => view.indexOf(unit)), labels: groupLabels(units.length) };
    for (const feature of asked) {
      const why = await feature.whyNot?.(view, group, options);
      if (why !== undefined) tell(feature.title, why, units);
    }
  }
  return [...told].map(([what, { why, units, count }]) => {
    const some = `${count} of ${plan.groupIds.length} groups (${units.map(String).join(' + ')}${count > 1 ? ', …' : ''})`;
    const detail = `${what === 'Groups' ? 'Left out' : 'Can’t be drawn for'} ${some}: ${why}`;
    return { what, state: count === plan.groupIds.length ? 'wrong' : 'unknown', detail };
  });
}

/** One that is too large was refused while it was built. */
function sizeCheck(question: Question): PreflightCheck {
  const { pictureCount, largestBytes, sentBytes } = questionSize(question);
  const kb = (bytes: number) => `${Math.round(bytes / 1024)} KB`;
  const detail = `${pictureCount} pictures in a question, the largest ${kb(largestBytes)}, ${kb(sentBytes)} together as they are sent.`;
  return { what: 'Size', state: 'ok', detail };
}
