import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { Answer } from '../../../app/contract/calls.ts';
import type { Emit } from '../../../app/contract/events.ts';
import { type SkipKind, skipKinds, skipOf } from '../../../app/contract/skip.ts';
import { Failure, isFailure, toFailureRecord } from '../../../app/failure.ts';
import { costUsd, estimateQuestion, type ModelTable, modelProblems } from '../../../app/judges/models.ts';
import { offlineJudgeVersion } from '../../../app/judges/offline/judge.ts';
import type { BuiltQuestion } from '../../../app/judges/question.ts';
import { providerById, providers } from '../../../app/judges/registry.ts';
import { isLoopbackHost } from '../../../app/judges/wire/base-url.ts';
import type { VoteQuestion } from '../batch/ask-model.ts';
import { createPace, type Pace } from '../batch/pace.ts';
import { createRunner, type Runner } from '../batch/runner.ts';
import { createSlots } from '../batch/slots.ts';
import type { BatchPlan, BatchStore } from '../batch/store.ts';
import type { Core } from '../core.ts';
import { groupOf, withAnalyzer } from '../sessions/session-access.ts';
import { askOffline, askRemote } from './ask-group.ts';
import { askingParams } from './asking-params.ts';
import { buildGroupQuestion, type GroupQuestion } from './build-group-question.ts';
import { addressOf, type ConnectParts, connectTo } from './connect.ts';
import { currentModels, listModels, priceSentence, refreshModels, usualModel } from './model-table.ts';
import { collectOffers, offerRun, withdrawOffers } from './offers.ts';
import { offlineJudge, type PlannedRun, planRun, type RunRequest } from './plan-run.ts';
import { type PreflightCheck, preflight } from './preflight.ts';
import { runExamples } from './run-examples.ts';

export interface Judges {
  list(): Promise<Answer<'judge.list'>>;
  /** The provider's own list. */
  models(judge: string, options?: ReadOptions): Promise<Answer<'judge.models'>>;
  /** Asks the provider for its own list and brings the table of models up to it. `baseUrl` takes the place of the settings' address. */
  refreshModels(judge: string, options?: ReadOptions & { readonly baseUrl?: string | undefined }): Promise<Answer<'models.refresh'>>;
  /** One cheap call; resolves to how long it took. */
  test(judge: string, model: string | undefined, options?: ReadOptions): Promise<number>;
  estimate(request: RunRequest, options?: ReadOptions): Promise<Answer<'batch.estimate'>>;
  /** Writes the run, which `resume` starts; its id comes back. Throws `input.invalid` where there is nothing to ask. */
  create(request: RunRequest): string;
  /** Writes the run and starts it; its id comes back at once. */
  start(request: RunRequest): string;
  pause(batchId: string): void;
  /** Goes on; limits that are given take the place of the run's own, `null` takes one away. */
  resume(batchId: string, limits?: NewLimits): void;
  cancel(batchId: string, options?: ReadOptions): Promise<void>;
  /** Stores what is ready in the provider's batches of a run. */
  collect(batchId: string, options?: ReadOptions): Promise<Answer<'batch.collect'>>;
  preflight(request: RunRequest, options?: ReadOptions): Promise<{ checks: PreflightCheck[] }>;
  retryFailed(batchId: string): void;
  /** How many are asked at the same time from now on, where, and up to which limits; only while nothing of the run is on its way. */
  redirect(batchId: string, to: { readonly numWorkers?: number | undefined; readonly baseUrl?: string | undefined } & NewLimits): void;
  /** Leaves out what is planned: of these groups, or all of the run; how many there were. */
  skip(batchId: string, groupIds?: readonly string[]): number;
  /** Plans again what was left out, for these reasons or any, and goes on. */
  retrySkipped(batchId: string, kinds?: readonly SkipKind[]): void;
  /** Resolves when nothing of the run is on its way any more. */
  rest(batchId: string): Promise<void>;
  /** The vault, for setting and removing keys. */
  readonly vault: ConnectParts['vault'];
  close(): Promise<void>;
}

export interface NewLimits {
  readonly maxCostUsd?: number | null | undefined;
  readonly maxCalls?: number | null | undefined;
}

type Parts = Pick<Core, 'tables' | 'lists' | 'analyzers' | 'pictures' | 'searcher' | 'log'> &
  ConnectParts & { readonly store: BatchStore; readonly emit: Emit };

/** Questions on their way get this long to come back when Samecell closes; then they are planned again. */
const closingGraceMs = 1500;
/** Events of a run come at most this often, and of a long run less: whoever hears them has it counted again. */
const tellEveryMs = 200;
const groupsToldPerMs = 50;
/** The estimate builds this many questions and takes the rest to be alike. */
const estimatedGroups = 3;
/** So many questions are drawn and measured ahead of the requests, so that no slot waits for a picture. */
const mostAhead = 8;
/** What may be asked about after all; the rest of a cancelled run may not. */
const skippedForNow = skipKinds.filter((kind) => kind !== 'cancelled');
/** What OpenAI, Anthropic and Google ask for questions in a batch, of the ordinary price. */
const batchPriceFactor = 0.5;

export function createJudges(parts: Parts): Judges {
  const { tables, store, log, emit } = parts;
  const runners = new Map<string, Runner>();
  const closing = new AbortController();
  const paces = new Map<string, Pace>();
  const offers = new Map<string, Promise<void>>();

  /** One for all runs that ask the same server. */
  const paceOf = (judge: string, baseUrl: string | undefined): Pace => {
    const key = `${judge} ${baseUrl ?? ''}`;
    const pace = paces.get(key) ?? createPace();
    paces.set(key, pace);
    return pace;
  };

  const runnerOf = (batchId: string): Runner => {
    const known = runners.get(batchId);
    if (known) return known;
    const plan = store.plan(batchId);
    const { sessionId } = plan;
    const offline = plan.judge === offlineJudge;
    const pace = paceOf(plan.judge, askingParams(plan.params).baseUrl);
    const askGroup = offline ? askOffline(parts) : askRemote(parts, plan, batchId, { pace, slots: createSlots(plan.numWorkers) });
    const tell = throttled(Math.max(tellEveryMs, store.counts(batchId).total / groupsToldPerMs), () => {
      emit('batch.progressed', { batchId, sessionId });
      emit('groups.changed', { sessionId });
    });
    // One for the whole run: signals that are joined anew for each group pile up on the one that lives on.
    let joined: AbortSignal | undefined;
    const runner = createRunner({
      store,
      batchId,
      numWorkers: offline ? plan.numWorkers : plan.numWorkers + Math.min(plan.numWorkers, mostAhead),
      ask: (item, signals) => {
        joined ??= AbortSignal.any([signals.signal, closing.signal]);
        return askGroup(item, { ...signals, signal: joined });
      },
      onChange: tell.soon,
      onRest: (state) => {
        tell.stop();
        if (closing.signal.aborted) return;
        const { done, failed, costUsd } = store.counts(batchId);
        log.info('A run rests.', { batchId, state, done, failed, costUsd, stoppedBy: store.stoppedBy(batchId) });
        tables.sessions.touch(sessionId);
        emit('groups.changed', { sessionId });
        emit('session.changed', { sessionId });
        if (state === 'paused') emit('batch.progressed', { batchId, sessionId });
        else emit('batch.finished', { batchId, sessionId, done, failed, costUsd });
      },
      onBug: (error) => log.error('A run met an error nobody foresaw.', error, { batchId }),
    });
    runners.set(batchId, runner);
    return runner;
  };

  const begin = (batchId: string): void => {
    const { sessionId, params } = store.plan(batchId);
    if (askingParams(params).providerBatch) offer(batchId);
    else runnerOf(batchId).start();
    emit('batch.progressed', { batchId, sessionId });
    emit('session.changed', { sessionId });
  };

  const limit = (batchId: string, { maxCostUsd, maxCalls }: NewLimits): void => {
    if (maxCostUsd === undefined && maxCalls === undefined) return;
    const own = askingParams(store.plan(batchId).params);
    store.setLimits(batchId, {
      maxCostUsd: maxCostUsd === undefined ? own.maxCostUsd : (maxCostUsd ?? undefined),
      maxCalls: maxCalls === undefined ? own.maxCalls : (maxCalls ?? undefined),
    });
    // The runner keeps the limits it was made with.
    if (runners.get(batchId)?.active === 0) runners.delete(batchId);
  };

  const told = (batchId: string): void => {
    if (closing.signal.aborted) return;
    const { sessionId } = store.plan(batchId);
    emit('batch.progressed', { batchId, sessionId });
    emit('groups.changed', { sessionId });
    emit('session.changed', { sessionId });
  };

  /** A paused run of which nothing is left to ask is done. What a limit holds back goes on when that is raised. */
  const finishIfDone = (batchId: string): void => {
    const { planned, running, done, failed, costUsd } = store.counts(batchId);
    if (store.state(batchId) !== 'paused' || planned > 0 || running > 0 || tables.batches.hasSkipped(batchId, 'limit')) return;
    const { sessionId } = store.plan(batchId);
    store.setState(batchId, 'done');
    tables.sessions.touch(sessionId);
    emit('batch.finished', { batchId, sessionId, done, failed, costUsd });
  };

  /** Hands a run over to its provider, in the background; then it waits as paused until it is collected. */
  const offer = (batchId: string): void => {
    if (offers.has(batchId)) return;
    store.setState(batchId, 'running');
    const work = offerRun(parts, batchId, { signal: closing.signal, onSent: () => told(batchId) })
      .then(
        () => {
          const { planned, running } = store.counts(batchId);
          store.setState(batchId, planned === 0 && running === 0 ? 'done' : 'paused');
        },
        (error: unknown) => {
          const record = toFailureRecord(error);
          if (record.kind === 'bug') log.error('A run could not be handed over.', error, { batchId });
          if (store.state(batchId) === 'running') store.setState(batchId, 'paused', record.kind === 'cancelled' ? undefined : record);
        },
      )
      .finally(() => {
        offers.delete(batchId);
        told(batchId);
      });
    offers.set(batchId, work);
  };

  const create = (request: RunRequest): string => {
    const { plan, alreadyAnswered } = planRun(parts, request);
    if (plan.groupIds.length === 0) {
      const why =
        alreadyAnswered > 0
          ? `All ${alreadyAnswered} groups have a verdict of this judge, model and prompt already. Choose to ask again, or another model.`
          : 'There is no group to judge. Find candidates or add a group first.';
      throw new Failure('input.invalid', why, { alreadyAnswered });
    }
    const batchId = store.create(plan);
    log.info('A run begins.', { batchId, judge: plan.judge, model: plan.model, groups: plan.groupIds.length });
    return batchId;
  };

  return {
    vault: parts.vault,
    async list() {
      const settings = tables.settings.read();
      const table = listModels(tables);
      const current = currentModels(tables);
      const beyond = await Promise.all(
        providers.map(async ({ id, title, needsKey, needsBaseUrl, takesBatches }) => ({
          id,
          title,
          remote: true,
          needsKey,
          needsBaseUrl,
          takesBatches,
          keyPresent: await keyPresent(parts, id),
          models: (table.providers.find((one) => one.id === id)?.models ?? []).map((model) => ({
            id: model.id,
            title: model.title,
            images: model.images !== null,
            inputUsdPerMillion: model.inputUsdPerMillion,
            outputUsdPerMillion: model.outputUsdPerMillion,
            endsOn: model.endsOn,
            isGone: model.isGone,
          })),
          defaultModel: usualModel(id, settings, current) ?? null,
        })),
      );
      const offline = {
        id: offlineJudge,
        title: 'Offline judge',
        remote: false,
        needsKey: false,
        needsBaseUrl: false,
        takesBatches: false,
        keyPresent: false,
      };
      return {
        judges: [{ ...offline, models: [], defaultModel: `version ${offlineJudgeVersion}` }, ...beyond],
        modelsDate: table.date,
      };
    },
    async models(judge, { signal } = {}) {
      if (judge === offlineJudge) return { models: [] };
      const { connection } = await connectTo(parts, judge);
      return { models: (await connection.models({ signal })).map(({ id, title }) => ({ id, title })) };
    },
    refreshModels: (judge, options) => refreshModels(parts, judge, options),
    async test(judge, model, { signal } = {}) {
      const begin = performance.now();
      if (judge !== offlineJudge) {
        const { connection } = await connectTo(parts, judge);
        const asked = model ?? usualModel(judge, tables.settings.read(), currentModels(tables));
        await connection.test(asked || undefined, { signal });
      }
      return performance.now() - begin;
    },
    async estimate(request, options = {}) {
      const planned = planRun(parts, request);
      const { plan, alreadyAnswered } = planned;
      const groupCount = plan.groupIds.length;
      const base = { groupCount: groupCount + alreadyAnswered, alreadyAnswered };
      if (plan.judge === offlineJudge) {
        const leaves = 'Nothing leaves this machine.';
        return { ...base, callCount: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, prices: '', remote: false, leaves, problems: [] };
      }
      const { perGroup, notShown, impossible } = await estimateOne(parts, planned, options);
      return {
        ...base,
        callCount: Math.ceil(perGroup.callCount * groupCount),
        inputTokens: Math.ceil(perGroup.inputTokens * groupCount),
        outputTokens: Math.ceil(perGroup.outputTokens * groupCount),
        costUsd: perGroup.costUsd === null ? null : perGroup.costUsd * groupCount,
        prices: priceSentence(tables, plan.judge, plan.model),
        remote: true,
        leaves: leavingSentence(plan),
        problems: [...impossible, ...(await problemsOf(parts, planned, notShown))],
      };
    },
    create,
    start(request) {
      const batchId = create(request);
      begin(batchId);
      return batchId;
    },
    pause(batchId) {
      if (store.state(batchId) !== 'running') return;
      runnerOf(batchId).pause();
      emit('batch.progressed', { batchId, sessionId: store.plan(batchId).sessionId });
    },
    resume(batchId, limits = {}) {
      if (store.state(batchId) === 'done') return;
      if (store.state(batchId) !== 'cancelled') store.replanSkipped(batchId, ['limit']);
      limit(batchId, limits);
      begin(batchId);
    },
    async cancel(batchId, options) {
      const state = store.state(batchId);
      if (state === 'done' || state === 'cancelled') return;
      await withdrawOffers(parts, batchId, options);
      runnerOf(batchId).cancel();
      told(batchId);
    },
    async collect(batchId, options) {
      const result = await collectOffers(parts, batchId, options);
      finishIfDone(batchId);
      told(batchId);
      return result;
    },
    preflight: async (request, options) => ({ checks: await preflight(parts, planRun(parts, request), options) }),
    retryFailed(batchId) {
      if (store.state(batchId) === 'cancelled')
        throw new Failure('input.invalid', 'This run was cancelled. Start a new one for the groups that failed.', { batchId });
      if (store.replanFailed(batchId) > 0) begin(batchId);
    },
    redirect(batchId, to) {
      if ((runners.get(batchId)?.active ?? 0) > 0 || offers.has(batchId)) return;
      limit(batchId, to);
      if (store.redirect(batchId, to)) runners.delete(batchId);
    },
    skip(batchId, groupIds) {
      const skipped = store.skipPlanned(batchId, { kind: 'person', message: 'Left out by hand.' }, groupIds);
      if (skipped === 0) return 0;
      finishIfDone(batchId);
      told(batchId);
      return skipped;
    },
    retrySkipped(batchId, kinds = skippedForNow) {
      if (store.state(batchId) === 'cancelled')
        throw new Failure('input.invalid', 'This run was cancelled. Start a new one for the groups that were left out.', { batchId });
      if (store.replanSkipped(batchId, kinds) > 0) begin(batchId);
    },
    rest: async (batchId) => {
      store.state(batchId);
      await offers.get(batchId);
      await runners.get(batchId)?.rest();
    },
    async close() {
      const running = [...runners.values()].filter((runner) => runner.active > 0);
      for (const runner of running) runner.pause();
      const resting = Promise.all(running.map((runner) => runner.rest()));
      await Promise.race([resting, waitMs(closingGraceMs)]);
      closing.abort();
      await Promise.race([Promise.all([resting, ...offers.values()]), waitMs(closingGraceMs)]);
    },
  };
}

async function estimateOne(parts: Parts, { plan, models }: PlannedRun, options: ReadOptions) {
  const some = plan.groupIds.slice(0, estimatedGroups);
  const totals = { callCount: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 as number | null };
  const notShown = new Set<string>();
  const skips = new Set<string>();
  let builtCount = 0;
  const inRun = { ...options, models, examples: runExamples(parts, plan) };
  const factor = askingParams(plan.params).providerBatch ? batchPriceFactor : 1;
  await withAnalyzer(
    parts,
    plan.sessionId,
    async (view, session) => {
      for (const groupId of some) {
        let question: GroupQuestion;
        try {
          question = await buildGroupQuestion(parts, view, session, plan, groupOf(parts, groupId), inRun);
        } catch (error) {
          if (!isFailure(error) || !skipOf(error)) throw error;
          skips.add(error.message);
          continue;
        }
        builtCount += 1;
        for (const built of question.votes.flatMap(questionsOf)) {
          const one = estimateQuestion(plan.judge, plan.model, built, models);
          totals.callCount += 1;
          totals.inputTokens += one.inputTokens;
          totals.outputTokens += one.outputTokens;
          totals.costUsd = totals.costUsd === null || one.costUsd === null ? null : totals.costUsd + factor * one.costUsd;
        }
        for (const feature of question.notShown) notShown.add(feature);
      }
    },
    options,
  );
  const ofOne = (total: number) => total / Math.max(1, builtCount);
  const perGroup = {
    callCount: ofOne(totals.callCount),
    inputTokens: ofOne(totals.inputTokens),
    outputTokens: ofOne(totals.outputTokens),
    costUsd: totals.costUsd === null ? null : ofOne(totals.costUsd),
  };
  // Some that are left out are told by the run; where nothing can be asked, it is said before.
  return { perGroup, notShown: [...notShown], impossible: builtCount === 0 ? [...skips] : [] };
}

/** All questions of a vote; the head's with reports of about the usual length. */
function questionsOf(vote: VoteQuestion): BuiltQuestion[] {
  if ('built' in vote) return [vote.built];
  const { experts, head } = vote.panel;
  const reports = experts.map(({ feature }) => ({
    feature,
    finding: 'x'.repeat(300),
    supports: 'neither' as const,
    severity: 'low' as const,
  }));
  return [
    ...experts.map(({ feature, question, text }) => ({ question, text, expected: { features: [feature], labels: [] } })),
    head(reports),
  ];
}

/** Nobody beyond this machine is asked. */
export function asksThisMachine({ judge, params }: Pick<BatchPlan, 'judge' | 'params'>): boolean {
  const { baseUrl } = askingParams(params);
  return judge === offlineJudge || (baseUrl !== undefined && URL.canParse(baseUrl) && isLoopbackHost(new URL(baseUrl).hostname));
}

/** What of a run leaves this machine, and where to. */
export function leavingSentence(plan: BatchPlan): string {
  const baseUrl = plan.params['baseUrl'] as string | undefined;
  const provider = providerById(plan.judge);
  const host = baseUrl && URL.canParse(baseUrl) ? new URL(baseUrl).host : (provider.hosts[0] ?? provider.title);
  const what = [plan.features.length > 0 ? 'pictures' : '', plan.withNumbers ? 'numbers' : ''].filter((word) => word !== '');
  const here = asksThisMachine(plan);
  const groups = `${plan.groupIds.length} ${plan.groupIds.length === 1 ? 'group' : 'groups'}`;
  const { nearestExamples, examplesOfEach } = askingParams(plan.params);
  const length = nearestExamples ? Math.min(plan.exampleIds.length, 2 * examplesOfEach) : plan.exampleIds.length;
  const examples = length === 0 ? '' : ` and ${length} ${length === 1 ? 'example' : 'examples'}`;
  const goes = `${what.join(' and ')} of ${groups}${examples} go to ${host}`;
  const sentence = `${goes[0].toUpperCase()}${goes.slice(1)}`;
  return here ? `${sentence}, which is this machine.` : `${sentence}. Names of files and units are not sent.`;
}

async function problemsOf(parts: Parts, { plan, models }: PlannedRun, notShown: readonly string[]): Promise<string[]> {
  const provider = providerById(plan.judge);
  const settings = parts.tables.settings.read();
  const today = new Date().toISOString().slice(0, 10);
  const problems = modelProblems(plan.judge, plan.model, today, plan.features.length > 0, models);
  if (limitIsBlind(models, plan)) problems.push(blindLimit(plan.model));
  if (provider.needsKey && !(await keyPresent(parts, plan.judge))) problems.push(`There is no key for ${provider.title}.`);
  const address = (plan.params['baseUrl'] as string | undefined) ?? addressOf(plan.judge, settings);
  if (provider.needsBaseUrl && address === undefined) problems.push(`${provider.title} has no address yet.`);
  const local = address !== undefined && URL.canParse(address) && isLoopbackHost(new URL(address).hostname);
  if (settings.offlineOnly && !local) problems.push('“Never ask anything beyond this machine” is on in the settings.');
  if (notShown.length > 0) problems.push(`Can’t be drawn from this analyzer and will not be shown: ${notShown.join(', ')}.`);
  return problems;
}

/** The run has a limit in USD, but what it spends can't be told. */
export function limitIsBlind(models: ModelTable, { judge, model, params }: Pick<BatchPlan, 'judge' | 'model' | 'params'>): boolean {
  const nothing = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };
  return (askingParams(params).maxCostUsd ?? 0) > 0 && costUsd(judge, model, nothing, models) === null;
}

export function blindLimit(model: string): string {
  return `The price of ${model} is not known, so a limit in USD can’t be kept. Enter it in the table of models, or limit the requests.`;
}

/** A keychain that does not answer holds no key that could be used. */
async function keyPresent(parts: Parts, judge: string): Promise<boolean> {
  try {
    return (await (await parts.vault()).has(judge)).present;
  } catch (error) {
    if (isFailure(error, 'vault.unavailable')) return false;
    throw error;
  }
}

/** `soon` calls at once, then at most every `everyMs`, and never loses the last one; `stop` drops what is still to come. */
function throttled(everyMs: number, call: () => void): { soon(): void; stop(): void } {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    soon() {
      if (timer) return;
      const wait = Math.max(0, last + everyMs - performance.now());
      timer = setTimeout(() => {
        timer = undefined;
        last = performance.now();
        call();
      }, wait);
      timer.unref();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

function waitMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
