import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createBreather } from '../../../app/analyzer/compute/breathe.ts';
import type { ReadOptions } from '../../../app/analyzer/source.ts';
import { skipOf } from '../../../app/contract/skip.ts';
import type { Verdict } from '../../../app/contract/verdict.ts';
import { Failure, isFailure } from '../../../app/failure.ts';
import type { OfferedOutcome, OfferedQuestion, ProviderBatches, ProviderReply } from '../../../app/judges/judge.ts';
import { costOfAnswer, estimateQuestion, type ModelTable } from '../../../app/judges/models.ts';
import type { BuiltQuestion } from '../../../app/judges/question.ts';
import { parseVerdict } from '../../../app/judges/verdict.ts';
import { answerToOneCall, ownPictures } from '../batch/ask-model.ts';
import { readable } from '../batch/asking.ts';
import { limitReached } from '../batch/budget.ts';
import type { AskedPlan, BatchStore, Spent } from '../batch/store.ts';
import type { Core } from '../core.ts';
import type { NewProviderRequest } from '../db/tables/provider-batches.ts';
import { withGroup } from '../sessions/session-access.ts';
import { shownParams } from './ask-group.ts';
import { askingParams } from './asking-params.ts';
import { buildGroupQuestion, type GroupQuestion, type InRun } from './build-group-question.ts';
import { type ConnectParts, connectTo } from './connect.ts';
import { currentModels } from './model-table.ts';
import { runExamples } from './run-examples.ts';

type Parts = Pick<Core, 'tables' | 'analyzers' | 'pictures' | 'searcher'> & ConnectParts & { readonly store: BatchStore };

/** Everything that is needed to read the reply to one question later, by another process too. */
const askedShape = z.object({
  vote: z.number(),
  order: z.array(z.number()),
  labels: z.array(z.string()),
  features: z.array(z.string()),
  system: z.string(),
  text: z.string(),
  maxOutputTokens: z.number(),
  pictures: z.array(z.object({ feature: z.string(), sha256: z.string() })),
  numbers: z.record(z.string(), z.number().nullable()),
  params: z.record(z.string(), z.unknown()),
  /** What it was expected to cost; `null` where the price is not known. */
  expectedUsd: z.number().nullish(),
});
type AskedOffer = z.output<typeof askedShape>;

/** A batch takes long to send and its results are large. */
const sendingMs = 15 * 60_000;
const largestReplyBytes = 400 * 1024 * 1024;

async function batchesOf(parts: Parts, plan: AskedPlan): Promise<{ title: string; batches: ProviderBatches }> {
  const { baseUrl } = askingParams(plan.params);
  const { provider, connection } = await connectTo(parts, plan.judge, {
    baseUrl,
    timeoutMs: sendingMs,
    maxReplyBytes: largestReplyBytes,
    model: plan.model,
  });
  if (!connection.batches)
    throw new Failure('input.invalid', `${provider.title} takes no batches. Ask directly, or choose another judge.`, { judge: plan.judge });
  return { title: provider.title, batches: connection.batches };
}

/**
 * Hands all planned groups of a run over to its provider's own batches. Each is written down before it is sent under a name of
 * its own; one that the provider refused is planned again, and of one whose sending broke off it is first looked up whether it
 * was taken. A group that there is nothing to ask about is skipped, and so are all that would go beyond the run's limits, by what each is
 * expected to cost. Throws `provider.*`; what was taken before stays there.
 */
export async function offerRun(parts: Parts, batchId: string, options: ReadOptions & { onSent?: () => void } = {}): Promise<void> {
  const { tables, store } = parts;
  const { signal } = options;
  const plan = store.plan(batchId);
  const { batches } = await batchesOf(parts, plan);
  const examples = runExamples(parts, plan);
  const models = currentModels(tables);
  await lookUpBroken(parts, batchId, batches, { signal });
  const open = openRequests(parts, batchId);
  const waiting = new Set(open.map(({ itemId }) => itemId));
  const limit = limitOf(parts, batchId, open);
  let beyond: Failure | undefined;
  let questions: OfferedQuestion[] = [];
  let asked: NewProviderRequest[] = [];
  let chars = 0;

  const send = async (): Promise<void> => {
    if (questions.length === 0) return;
    const providerBatchId = tables.atOnce(() => tables.providerBatches.add(batchId, asked));
    try {
      const remoteId = await batches.submit(providerBatchId, plan.model, questions, { signal });
      tables.providerBatches.accepted(providerBatchId, remoteId);
    } catch (error) {
      // Where no answer came, it may have been taken: then that is looked up before anything is asked again.
      if (isFailure(error) && refused(error)) tables.providerBatches.end(providerBatchId, 'failed', error.message);
      throw error;
    }
    questions = [];
    asked = [];
    chars = 0;
    options.onSent?.();
  };

  for (const { itemId, groupId } of tables.batches.plannedItems(batchId)) {
    if (waiting.has(itemId)) continue;
    const question = await questionOrSkip(parts, plan, itemId, groupId, { signal, examples, models });
    if (question === undefined) continue;
    const own: { question: OfferedQuestion; request: NewProviderRequest; chars: number }[] = [];
    for (const [vote, one] of question.votes.entries()) {
      if (!('built' in one)) throw new Failure('bug', 'A panel was to be sent as a batch.');
      const { built, order } = one;
      const requestId = randomUUID();
      const about: AskedOffer = {
        vote,
        order: [...order],
        labels: [...question.labels],
        features: [...built.expected.features],
        system: built.question.system,
        text: built.text,
        maxOutputTokens: built.question.maxOutputTokens,
        pictures: ownPictures(built),
        numbers: question.numbers,
        params: shownParams(question),
        expectedUsd: expectedUsdOf(plan, built, batches.priceFactor, models),
      };
      own.push({
        question: { id: requestId, question: built.question },
        request: { requestId, itemId, asked: about },
        chars: batches.charsOf(plan.model, built.question),
      });
    }
    beyond = limit(own.map(({ request }) => (request.asked as AskedOffer).expectedUsd ?? 0));
    if (beyond) break;
    // All votes about a group lie in the same batch.
    const ownChars = own.reduce((sum, one) => sum + one.chars, 0);
    if (questions.length > 0 && (chars + ownChars > batches.largestChars || questions.length + own.length > batches.mostQuestions))
      await send();
    questions.push(...own.map((one) => one.question));
    asked.push(...own.map((one) => one.request));
    chars += ownChars;
  }
  await send();
  if (!beyond) return;
  const reason = skipOf(beyond);
  if (reason) store.skipPlanned(batchId, reason);
  throw beyond;
}

/** What one more group would bring the run to, against its limits; the failure once that is beyond them. */
function limitOf({ store }: Parts, batchId: string, open: ReturnType<typeof openRequests>) {
  const { maxCostUsd: limitUsd, maxCalls: limitCalls } = askingParams(store.plan(batchId).params);
  const counts = store.counts(batchId);
  let usd = (counts.costUsd ?? 0) + open.reduce((sum, { asked }) => sum + (askedShape.parse(asked).expectedUsd ?? 0), 0);
  let calls = counts.requestCount + open.length;
  return (expectedUsd: readonly number[]): Failure | undefined => {
    const nextUsd = expectedUsd.reduce((sum, one) => sum + one, usd);
    const nextCalls = calls + expectedUsd.length;
    if (limitUsd !== undefined && (usd >= limitUsd || nextUsd > limitUsd))
      return limitReached(`${limitUsd} USD (${usd.toFixed(4)} USD spent or on its way)`, { limitUsd, spentUsd: usd });
    if (limitCalls !== undefined && nextCalls > limitCalls) return limitReached(`${limitCalls} requests`, { limitCalls, calls });
    usd = nextUsd;
    calls = nextCalls;
    return undefined;
  };
}

function expectedUsdOf(plan: AskedPlan, built: BuiltQuestion, priceFactor: number, models: ModelTable): number | null {
  const { costUsd: usd } = estimateQuestion(plan.judge, plan.model, built, models);
  return usd === null ? null : usd * priceFactor;
}

/** The question about a group, or nothing once the group is skipped since there is none. */
async function questionOrSkip(
  parts: Parts,
  plan: AskedPlan,
  itemId: string,
  groupId: string,
  options: ReadOptions & InRun,
): Promise<GroupQuestion | undefined> {
  try {
    return await withGroup(
      parts,
      groupId,
      (view, group, session) => buildGroupQuestion(parts, view, session, plan, group, options),
      options,
    );
  } catch (error) {
    const reason = isFailure(error) ? skipOf(error) : undefined;
    if (reason === undefined) throw error;
    if (parts.tables.batches.claim(itemId)) parts.store.skip(itemId, reason, undefined);
    return undefined;
  }
}

/** Said by the provider itself: it has not taken the batch. */
function refused({ kind }: Failure): boolean {
  return !['provider.unreachable', 'provider.timeout', 'provider.server', 'provider.badReply', 'cancelled', 'bug'].includes(kind);
}

/**
 * Looks for batches whose sending broke off: in a crash, or since no answer came. One that the provider has is collected as
 * any other; one that it does not have is planned again; where that does not show yet, its groups wait. Nobody may be sending.
 */
async function lookUpBroken(parts: Parts, batchId: string, batches: ProviderBatches, options: ReadOptions): Promise<void> {
  const { providerBatches } = parts.tables;
  for (const { providerBatchId, state, submittedAt } of providerBatches.ofBatch(batchId)) {
    if (state !== 'sending') continue;
    const questionIds = providerBatches.requests(providerBatchId).map(({ requestId }) => requestId);
    const found = await batches.find({ name: providerBatchId, questionIds, sentAtMs: Date.parse(submittedAt) }, options);
    if (found.what === 'taken') providerBatches.accepted(providerBatchId, found.id);
    else if (found.what === 'not taken')
      providerBatches.end(providerBatchId, 'failed', 'Sending broke off, and the provider has not taken it.');
    else
      providerBatches.polled(
        providerBatchId,
        `Sending broke off. Whether the provider took it shows when its batch ${found.id} has ended; until then nothing is asked again.`,
      );
    parts.log.info('A batch whose sending broke off was looked up.', { batchId, found: found.what });
  }
}

/** Those that the provider has, or may have. */
function openBatches({ tables }: Parts, batchId: string) {
  return tables.providerBatches.ofBatch(batchId).filter(({ state }) => state === 'sending' || state === 'waiting');
}

function openRequests(parts: Parts, batchId: string) {
  return openBatches(parts, batchId).flatMap(({ providerBatchId }) => parts.tables.providerBatches.requests(providerBatchId));
}

/**
 * Looks at the provider's batches of a run and stores what is ready, each verdict with its own group. Questions that expired
 * are planned again. Returns how many batches still wait.
 */
export async function collectOffers(
  parts: Parts,
  batchId: string,
  options: ReadOptions = {},
): Promise<{ waiting: number; stored: number }> {
  const { tables, store } = parts;
  const plan = store.plan(batchId);
  const { title, batches } = await batchesOf(parts, plan);
  if (store.state(batchId) !== 'running') await lookUpBroken(parts, batchId, batches, options);
  let stored = 0;
  for (const { providerBatchId, remoteId, state } of tables.providerBatches.ofBatch(batchId)) {
    if (state !== 'waiting' || remoteId === null) continue;
    const now = await batches.poll(remoteId, options);
    const detail = now.total > 0 ? `${now.detail}, ${now.done} of ${now.total}` : now.detail;
    tables.providerBatches.polled(providerBatchId, detail);
    if (now.state === 'working') continue;
    if (now.state === 'failed') {
      tables.providerBatches.end(providerBatchId, 'failed', detail);
      continue;
    }
    const outcomes = await batches.collect(remoteId, options);
    stored += await storeOutcomes(parts, plan, providerBatchId, outcomes, title, batches.priceFactor, options);
    tables.providerBatches.end(providerBatchId, 'collected', detail);
  }
  return { waiting: openBatches(parts, batchId).length, stored };
}

/** Gives up what still lies at the provider; its groups are planned again. */
export async function withdrawOffers(parts: Parts, batchId: string, options: ReadOptions = {}): Promise<void> {
  const { tables, store } = parts;
  const open = openBatches(parts, batchId);
  if (open.length === 0) return;
  const { batches } = await batchesOf(parts, store.plan(batchId));
  if (store.state(batchId) !== 'running') await lookUpBroken(parts, batchId, batches, options);
  for (const { providerBatchId } of open) {
    // Read anew: it may have been found or taken while an earlier one was withdrawn.
    const { remoteId, state } = tables.providerBatches.ofBatch(batchId).find((one) => one.providerBatchId === providerBatchId) ?? {};
    if (state === 'failed') continue;
    if (remoteId != null) await batches.cancel(remoteId, options);
    tables.providerBatches.end(providerBatchId, 'cancelled', 'Withdrawn.');
  }
}

/**
 * Stores each group's answer by itself, so that thousands do not hold up the thread; where that breaks off, the batch still waits and
 * collecting it again stores the rest.
 */
async function storeOutcomes(
  parts: Parts,
  plan: AskedPlan,
  providerBatchId: string,
  outcomes: ReadonlyMap<string, OfferedOutcome>,
  title: string,
  priceFactor: number,
  { signal }: ReadOptions,
): Promise<number> {
  const { tables, store } = parts;
  const byItem = new Map<string, { asked: AskedOffer; outcome: OfferedOutcome | undefined }[]>();
  for (const { requestId, itemId, asked } of tables.providerBatches.requests(providerBatchId)) {
    const known = byItem.get(itemId) ?? [];
    known.push({ asked: askedShape.parse(asked), outcome: outcomes.get(requestId) });
    byItem.set(itemId, known);
  }
  const models = currentModels(tables);
  let stored = 0;
  const breathe = createBreather(signal);
  for (const [itemId, votes] of byItem) {
    const turn = breathe();
    if (turn) await turn;
    votes.sort((a, b) => a.asked.vote - b.asked.vote);
    const spent = spentOn(votes, plan, priceFactor, models);
    const missing = votes.find(({ outcome }) => outcome === undefined || (!outcome.ok && outcome.expired));
    const keep = (): boolean => {
      // An item that was answered otherwise in the meantime keeps that answer.
      if (!tables.batches.claim(itemId)) return false;
      if (missing) {
        store.release(itemId, spent);
        return false;
      }
      try {
        const read = votes.map(({ asked, outcome }) => readOutcome(asked, outcome as OfferedOutcome, title));
        const { labels, system, pictures, numbers, params } = votes[0].asked;
        const texts = votes.map(({ asked }) => asked.text);
        store.finish(
          itemId,
          answerToOneCall(read, { labels, system, texts, pictures, numbers, params: { ...params, providerBatch: true } }, spent),
        );
      } catch (error) {
        if (!isFailure(error) || error.kind === 'bug') throw error;
        store.fail(itemId, error.toRecord(), spent);
      }
      return true;
    };
    // Kept by the process at once; on the disk once all are.
    if (tables.atOnceUnflushed(keep)) stored++;
  }
  await store.flush();
  return stored;
}

function readOutcome(
  asked: AskedOffer,
  outcome: OfferedOutcome,
  title: string,
): { reply: ProviderReply; order: number[]; verdict: Verdict } {
  if (!outcome.ok) throw outcome.failure;
  const { reply } = outcome;
  const question = { system: '', parts: [], schema: {}, schemaName: '', maxOutputTokens: asked.maxOutputTokens };
  const parsed = readable(reply, question, title, (text) => {
    const one = parseVerdict(text, { features: asked.features, labels: asked.labels });
    return one.ok ? { ok: true as const, value: one.verdict } : one;
  });
  if (!parsed.ok)
    throw new Failure(
      'provider.badReply',
      `The answer of ${title} can't be used: ${parsed.problem} Retry the failed groups to ask again.`,
      {
        rawFinish: reply.rawFinish,
      },
    );
  return { reply, order: asked.order, verdict: parsed.value };
}

function spentOn(
  votes: readonly { readonly outcome: OfferedOutcome | undefined }[],
  plan: AskedPlan,
  priceFactor: number,
  models: ModelTable,
): Spent {
  const replies = votes.flatMap(({ outcome }) => (outcome?.ok ? [outcome.reply] : []));
  const usage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };
  let cost: number | null = null;
  for (const { usage: one, model } of replies) {
    usage.inputTokens += one.inputTokens;
    usage.outputTokens += one.outputTokens;
    usage.cachedInputTokens += one.cachedInputTokens;
    const usd = costOfAnswer(plan.judge, plan.model, model, one, models);
    if (usd !== null) cost = (cost ?? 0) + usd * priceFactor;
  }
  return { usage, costUsd: cost, latencyMs: 0, requestCount: replies.length };
}
