import type { BatchRequest } from '../../../app/contract/calls.ts';
import type { Settings } from '../../../app/contract/settings.ts';
import { Failure } from '../../../app/failure.ts';
import { defaultModel, findModel } from '../../../app/judges/models.ts';
import { offlineJudgeVersion } from '../../../app/judges/offline/judge.ts';
import { promptHash } from '../../../app/judges/prompts/prompt.ts';
import { defaultPrompt } from '../../../app/judges/prompts/registry.ts';
import { providerById } from '../../../app/judges/registry.ts';
import { featureById } from '../../../app/plots/registry.ts';
import type { BatchPlan } from '../batch/store.ts';
import type { Core } from '../core.ts';
import { sha256 } from '../files/sha256.ts';
import { groupOf, sessionOf } from '../sessions/session-access.ts';
import { addressOf } from './connect.ts';

/** What a script may say beyond what a window asks. */
export interface RunRequest extends BatchRequest {
  readonly baseUrl?: string | undefined;
  /** The run pauses before the group that would begin with this much spent. */
  readonly maxCostUsd?: number | undefined;
}

export interface PlannedRun {
  readonly plan: BatchPlan;
  /** Groups that were left out because they have a verdict of this judge, model and prompt already. */
  readonly alreadyAnswered: number;
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
export function planRun(core: Pick<Core, 'tables'>, request: RunRequest): PlannedRun {
  const { tables } = core;
  const { sessionId, judge } = sessionOf(core, request.sessionId) && request;
  const settings = tables.settings.read();
  const asked = judgeOf(request, settings);
  const wanted = request.groupIds
    ? [...new Set(request.groupIds)].map((groupId) => groupOf(core, groupId, sessionId).groupId)
    : tables.groups.listed(sessionId).map((group) => group.groupId);
  const answered = request.again ? new Set<string>() : tables.verdicts.answered(sessionId, { judge, ...asked });
  const groupIds = wanted.filter((groupId) => !answered.has(groupId));
  const features = asked.remote ? (request.features ?? settings.features) : [];
  for (const id of features) featureById(id);
  const exampleIds = asked.remote ? (request.exampleIds ?? usualExamples(core)) : [];
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
    params: asked.remote ? remoteParams(request, settings) : {},
    groupIds,
  };
  return { plan, alreadyAnswered: wanted.length - groupIds.length };
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

function judgeOf(request: RunRequest, settings: Settings) {
  if (request.judge === offlineJudge) {
    return {
      remote: false,
      model: `rules ${offlineJudgeVersion}`,
      promptId: 'offline-rules',
      promptVersion: offlineJudgeVersion,
      promptHash: hashOf(`offline-rules ${offlineJudgeVersion}`),
    };
  }
  const provider = providerById(request.judge);
  const fallback = request.judge === 'openai-compatible' ? settings.openaiCompatibleModel : defaultModel(request.judge)?.id;
  const model = request.model ?? fallback;
  if (model === undefined || model.trim() === '')
    throw new Failure('input.invalid', `Say which model of ${provider.title} to ask.`, { field: 'model', judge: request.judge });
  const { id: promptId, version: promptVersion } = defaultPrompt;
  return { remote: true, model, promptId, promptVersion, promptHash: promptHash(defaultPrompt, sha256) };
}

/** Everything else that decides the questions; kept with the run, so that it goes on alike after a restart. */
function remoteParams(request: RunRequest, settings: Settings): Record<string, unknown> {
  const baseUrl = request.baseUrl ?? addressOf(request.judge, settings);
  const model = findModel(request.judge, request.model ?? defaultModel(request.judge)?.id ?? '');
  return {
    timeoutS: settings.timeoutS,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(model?.temperature ? { temperature: 0 } : {}),
    ...(request.maxCostUsd === undefined ? {} : { maxCostUsd: request.maxCostUsd }),
  };
}

function hashOf(text: string): string {
  return sha256([new TextEncoder().encode(text)]);
}
