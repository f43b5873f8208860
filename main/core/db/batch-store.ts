import type { Database } from 'better-sqlite3';
import type { SkipKind, SkipRecord } from '../../../app/contract/skip.ts';
import { Failure, type FailureRecord } from '../../../app/failure.ts';
import type { BatchAnswer, BatchItem, BatchPlan, BatchState, BatchStore, Spent } from '../batch/store.ts';
import type { BatchRecord } from './tables/batches.ts';
import type { Tables } from './tables.ts';
import { createFlush, unflushed } from './unflushed.ts';

/**
 * Runs in SQLite. A run belongs to the process that set it running; one that another living process is at is never
 * taken over (`input.invalid`), so two windows or a window and a script can't ask about the same group twice.
 */
export function batchStore(database: Database, tables: Tables, processId: string): BatchStore {
  const { batches } = tables;

  const known = (batchId: string): BatchRecord => {
    const batch = batches.byId(batchId);
    if (!batch) throw new Failure('input.notFound', 'There is no such run. It may belong to another data folder.', { batchId });
    return batch;
  };
  // Also while it is pausing: its last questions are still on their way.
  const heldElsewhere = (batch: BatchRecord): boolean =>
    batch.processId !== null &&
    batch.processId !== processId &&
    (batch.state === 'running' || batches.counts(batch.batchId).running > 0) &&
    tables.processes.isAlive(batch.processId);
  const refuseIfHeld = (batch: BatchRecord): void => {
    if (heldElsewhere(batch))
      throw new Failure('input.invalid', 'Another Samecell on this data folder is working on this run. Pause it there first.', {
        batchId: batch.batchId,
      });
  };
  const atOnce = <Arguments extends unknown[], Result>(work: (...words: Arguments) => Result) => {
    const run = database.transaction(work);
    return (...words: Arguments): Result => run.immediate(...words);
  };
  const atOnceUnflushed = <Arguments extends unknown[], Result>(work: (...words: Arguments) => Result) => {
    const run = atOnce(work);
    return (...words: Arguments): Result => unflushed(database, () => run(...words));
  };

  const endUnanswered = atOnceUnflushed(
    (itemId: string, state: 'failed' | 'skipped', reason: FailureRecord | SkipRecord, spent: Spent | undefined) => {
      const item = batches.itemById(itemId);
      if (!item) throw unknownItem(itemId);
      if (!batches.end(itemId, state, reason, spent))
        throw new Failure('bug', 'A group of this run ended twice.', { itemId, state: item.state });
    },
  );

  return {
    create: atOnce((plan: BatchPlan) => batches.add(plan, processId)),
    plan: known,
    state: (batchId) => known(batchId).state,
    stoppedBy: (batchId) => known(batchId).stoppedBy,
    setState: atOnce((batchId: string, state: BatchState, stoppedBy?: FailureRecord) => {
      refuseIfHeld(known(batchId));
      batches.setState(batchId, state, state === 'paused' ? stoppedBy : undefined, processId);
    }),
    claimNext: atOnceUnflushed((batchId: string): BatchItem | undefined => {
      const batch = known(batchId);
      if (batch.state !== 'running' || batch.processId !== processId) return undefined;
      const item = batches.nextPlanned(batchId);
      if (!item || !batches.claim(item.itemId)) return undefined;
      return { itemId: item.itemId, batchId, groupId: item.groupId, position: item.position, claimedBefore: item.claimedCount };
    }),
    release: atOnceUnflushed((itemId: string, spent?: Spent) => {
      if (!batches.itemById(itemId)) throw unknownItem(itemId);
      batches.release(itemId, spent);
    }),
    setLimits: atOnce((batchId: string, limits: { readonly maxCostUsd?: number | undefined; readonly maxCalls?: number | undefined }) => {
      const { maxCostUsd: _cost, maxCalls: _calls, ...params } = known(batchId).params as Record<string, unknown>;
      batches.setParams(batchId, { ...params, ...limits });
    }),
    redirect: atOnce((batchId: string, to: { readonly numWorkers?: number | undefined; readonly baseUrl?: string | undefined }) => {
      const batch = known(batchId);
      const { numWorkers = batch.numWorkers, baseUrl = batch.params['baseUrl'] } = to;
      if (numWorkers === batch.numWorkers && baseUrl === batch.params['baseUrl']) return false;
      refuseIfHeld(batch);
      batches.setParams(batchId, baseUrl === undefined ? batch.params : { ...batch.params, baseUrl });
      batches.setNumWorkers(batchId, numWorkers);
      return true;
    }),
    finish: atOnceUnflushed((itemId: string, answer: BatchAnswer): string => {
      const item = batches.itemById(itemId);
      if (!item) throw unknownItem(itemId);
      const batch = known(item.batchId);
      if (!batches.end(itemId, 'done', undefined, answer.spent)) {
        throw new Failure('bug', 'A group of this run was answered twice. The second answer was not kept.', { itemId, state: item.state });
      }
      return tables.verdicts.add({
        groupId: item.groupId,
        sessionId: batch.sessionId,
        batchId: batch.batchId,
        itemId,
        judge: batch.judge,
        askedModel: batch.model,
        model: answer.model,
        promptId: batch.promptId,
        promptVersion: batch.promptVersion,
        promptHash: batch.promptHash,
        verdict: answer.verdict,
        numbers: answer.numbers,
        params: { ...batch.params, features: batch.features, withNumbers: batch.withNumbers, ...answer.params },
        exampleIds: batch.exampleIds,
        inputTokens: answer.spent.usage.inputTokens,
        outputTokens: answer.spent.usage.outputTokens,
        cachedInputTokens: answer.spent.usage.cachedInputTokens,
        requestCount: answer.spent.requestCount,
        costUsd: answer.spent.costUsd,
        latencyMs: answer.spent.latencyMs,
        finish: answer.finish,
        warnings: answer.warnings,
        raw: answer.raw,
        system: answer.system,
        text: answer.text,
        pictures: answer.pictures,
        votes: answer.votes ?? [],
      });
    }),
    fail: (itemId, failure, spent) => endUnanswered(itemId, 'failed', failure, spent),
    skip: (itemId, reason, spent) => endUnanswered(itemId, 'skipped', reason, spent),
    skipPlanned: atOnce((batchId: string, reason: SkipRecord, groupIds?: readonly string[]) => {
      refuseIfHeld(known(batchId));
      return batches.skipPlanned(batchId, reason, groupIds);
    }),
    replanSkipped: atOnce((batchId: string, kinds: readonly SkipKind[]) => {
      refuseIfHeld(known(batchId));
      return batches.replanSkipped(batchId, kinds);
    }),
    resetRunning: atOnce((batchId?: string) => {
      const ids = batchId === undefined ? [...batches.inState('running'), ...batches.inState('paused')] : [batchId];
      let count = 0;
      for (const id of ids) if (!heldElsewhere(known(id))) count += batches.resetRunning(id);
      return count;
    }),
    replanFailed: atOnce((batchId: string) => {
      refuseIfHeld(known(batchId));
      const count = batches.replanFailed(batchId);
      if (count > 0) batches.setState(batchId, 'running', undefined, processId);
      return count;
    }),
    counts(batchId) {
      known(batchId);
      return batches.counts(batchId);
    },
    flush: createFlush(database),
    inState: (state) => batches.inState(state).filter((batchId) => !heldElsewhere(known(batchId))),
  };
}

function unknownItem(itemId: string): Failure {
  return new Failure('input.notFound', 'There is no such item of a run.', { itemId });
}
