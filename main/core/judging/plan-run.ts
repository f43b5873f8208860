import type { BatchRequest } from '../../../app/contract/calls.ts';
import type { Settings } from '../../../app/contract/settings.ts';
import { Failure } from '../../../app/failure.ts';
import { findModel, type ModelTable } from '../../../app/judges/models.ts';
import { offlineJudgeVersion } from '../../../app/judges/offline/judge.ts';
import { promptHash } from '../../../app/judges/prompts/prompt.ts';
import { providerById } from '../../../app/judges/registry.ts';
import { featureById } from '../../../app/plots/registry.ts';
import type { BatchPlan } from '../batch/store.ts';
import type { Core } from '../core.ts';
import { sha256 } from '../files/sha256.ts';
import type { GroupList } from '../sessions/group-list.ts';
import { groupOf, sessionOf } from '../sessions/session-access.ts';
import { addressOf } from './connect.ts';
import { currentModels, usualModel } from './model-table.ts';
import { promptFor } from './prompts.ts';

/** What a script may say beyond what a window asks. */
export interface RunRequest extends BatchRequest {
  readonly baseUrl?: string | undefined;
}

export interface PlannedRun {
  readonly plan: BatchPlan;
  /** Groups that were left out because they have a verdict of this judge, model and prompt already. */
  readonly alreadyAnswered: number;
  /** The table of models it was planned with. */
  readonly models: ModelTable;
}

/** The library where none is named. */
export const ownLibrary = 'My examples';

const usualExamplesOfEach = 3;

/** The judge that needs no network and no key. */
export const offlineJudge = 'offline';

/**
 * What a run would ask, in list order. Throws `input.notFound` for unknown ids, `input.invalid` for an unknown judge,
 * picture or missing model.
 */
export function planRun(core: Pick<Core, 'tables' | 'lists'>, request: RunRequest): PlannedRun {
  const { tables } = core;
  const { sessionId, judge } = sessionOf(core, request.sessionId) && request;
  const settings = tables.settings.read();
  const models = currentModels(core.tables);
  const asked = judgeOf(core, request, settings, models);
  refuseImpossible(request, asked.remote);
  const wanted = request.groupIds
    ? [...new Set(request.groupIds)].map((groupId) => groupOf(core, groupId, sessionId).groupId)
    : ofList(core.lists.of(sessionId), request.only);
  const answered = request.again
    ? new Set<string>()
    : tables.verdicts.answered(sessionId, { judge, ...asked, votes: asked.remote ? (request.votes ?? 1) : 1 });
  const groupIds = wanted.filter((groupId) => !answered.has(groupId));
  const features = asked.remote ? (request.features ?? settings.features) : [];
  for (const id of features) featureById(id);
  const exampleIds = asked.remote ? (request.exampleIds ?? (request.nearest ? choosable(core, request.nearest) : usualExamples(core))) : [];
  for (const exampleId of exampleIds)
    if (!tables.examples.byId(exampleId))
      throw new Failure('input.notFound', 'There is no such example in this data folder.', { exampleId });
  const { model, promptId, promptVersion } = asked;
  const plan: BatchPlan = {
    sessionId,
    judge,
    model,
    promptId,
    promptVersion,
    promptHash: asked.promptHash,
    features,
    withNumbers: asked.remote ? (request.withNumbers ?? settings.withNumbers) : true,
    exampleIds,
    numWorkers: request.numWorkers ?? settings.numWorkers,
    params: asked.remote ? remoteParams(request, asked.model, settings, models) : {},
    groupIds,
  };
  return { plan, alreadyAnswered: wanted.length - groupIds.length, models };
}

function ofList({ groups, chosen }: GroupList, only: RunRequest['only']): string[] {
  const wanted = groups.filter(({ groupId, decision }) =>
    only === 'open' ? decision === undefined : only !== 'chosen' || chosen.has(groupId),
  );
  return wanted.map(({ groupId }) => groupId);
}

/** Where none are named: the newest few of the person's own, as many good as bad ones at most. */
function usualExamples({ tables }: Pick<Core, 'tables'>): string[] {
  const own = tables.examples.active(ownLibrary);
  return (['good', 'bad'] as const).flatMap((label) =>
    own
      .filter((example) => example.label === label)
      .slice(-usualExamplesOfEach)
      .map(({ exampleId }) => exampleId),
  );
}

/** All that the nearest can be chosen from: one library, or every one. */
function choosable({ tables }: Pick<Core, 'tables'>, { library }: NonNullable<RunRequest['nearest']>): string[] {
  return tables.examples.active(library).map(({ exampleId }) => exampleId);
}

function refuseImpossible(request: RunRequest, remote: boolean): void {
  const refuse = (message: string, field: string) => {
    throw new Failure('input.invalid', message, { field });
  };
  if (!remote) {
    if (request.mode === 'panel' || (request.votes ?? 1) > 1)
      refuse('The offline judge says the same every time, so it is asked once. Choose a model for a panel or several votes.', 'votes');
    return;
  }
  if (request.mode === 'panel' && request.pictures === 'sheet')
    refuse('In a panel each expert gets its own picture, so there is no sheet. Choose one call, or separate pictures.', 'pictures');
  if (!request.providerBatch) return;
  if (!providerById(request.judge).takesBatches)
    refuse(`${providerById(request.judge).title} takes no batches. Ask directly, or choose another judge.`, 'providerBatch');
  if (request.mode === 'panel')
    refuse('A panel can not be sent as a provider batch, since its head needs the reports first. Choose one call.', 'providerBatch');
}

function judgeOf(core: Pick<Core, 'tables'>, request: RunRequest, settings: Settings, models: ModelTable) {
  if (request.judge === offlineJudge) {
    return {
      remote: false,
      model: `version ${offlineJudgeVersion}`,
      promptId: 'offline-judge',
      promptVersion: offlineJudgeVersion,
      promptHash: hashOf(`offline-judge ${offlineJudgeVersion}`),
    };
  }
  const provider = providerById(request.judge);
  const model = request.model ?? usualModel(request.judge, settings, models);
  if (model === undefined || model.trim() === '')
    throw new Failure('input.invalid', `Say which model of ${provider.title} to ask.`, { field: 'model', judge: request.judge });
  const prompt = promptFor(core.tables, request.mode ?? 'one call', request.prompt);
  const { id: promptId, version: promptVersion } = prompt;
  return { remote: true, model, promptId, promptVersion, promptHash: promptHash(prompt, sha256) };
}

/** Everything else that decides the questions; kept with the run, so that it goes on alike after a restart. */
function remoteParams(request: RunRequest, asked: string, settings: Settings, models: ModelTable): Record<string, unknown> {
  const baseUrl = request.baseUrl ?? addressOf(request.judge, settings);
  const model = findModel(request.judge, asked, models);
  return {
    timeoutS: settings.timeoutS,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(model?.temperature ? { temperature: 0 } : {}),
    mode: request.mode ?? 'one call',
    votes: request.votes ?? 1,
    seed: request.seed ?? 0,
    ...(request.mode !== 'panel' && (request.pictures ?? settings.pictures) === 'sheet' ? { pictures: 'sheet' } : {}),
    ...(request.nearest ? { nearestExamples: true, examplesOfEach: request.nearest.ofEach ?? 2 } : {}),
    ...(request.again ? { fresh: true } : {}),
    ...(request.providerBatch ? { providerBatch: true } : {}),
    ...(request.maxCostUsd === undefined ? {} : { maxCostUsd: request.maxCostUsd }),
    ...(request.maxCalls === undefined ? {} : { maxCalls: request.maxCalls }),
  };
}

function hashOf(text: string): string {
  return sha256([new TextEncoder().encode(text)]);
}
