import type { BatchRow, HandlersOf } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';
import type { BatchRecord } from '../db/tables/batches.ts';
import { askingParams } from '../judging/asking-params.ts';
import { refuseWithoutConsent } from '../judging/consent.ts';
import { sessionOf } from '../sessions/session-access.ts';

export function batchHandlers(core: Core): HandlersOf<'batch'> {
  const { judges, tables } = core;
  const refuseUnagreed = (batchId: string): void => {
    const batch = tables.batches.byId(batchId);
    if (batch) refuseWithoutConsent(tables, batch.judge);
  };
  return {
    'batch.estimate': (request, { signal }) => judges.estimate(request, { signal }),
    'batch.start': (request) => {
      refuseWithoutConsent(tables, request.judge);
      return { batchId: judges.start(request) };
    },
    'batch.pause': ({ batchId }) => {
      judges.pause(batchId);
      return {};
    },
    'batch.resume': ({ batchId, maxCostUsd, maxCalls }) => {
      refuseUnagreed(batchId);
      judges.resume(batchId, { maxCostUsd, maxCalls });
      return {};
    },
    'batch.collect': ({ batchId }, { signal }) => {
      refuseUnagreed(batchId);
      return judges.collect(batchId, { signal });
    },
    'batch.preflight': (request, { signal }) => judges.preflight(request, { signal }),
    'batch.cancel': async ({ batchId }, { signal }) => {
      await judges.cancel(batchId, { signal });
      return {};
    },
    'batch.retryFailed': ({ batchId }) => {
      refuseUnagreed(batchId);
      judges.retryFailed(batchId);
      return {};
    },
    'batch.list': ({ sessionId }) => ({
      batches: tables.batches.ofSession(sessionOf(core, sessionId).sessionId).map((batch) => batchRow(core, batch)),
    }),
  };
}

function batchRow({ tables }: Core, batch: BatchRecord): BatchRow {
  const { batchId, sessionId, judge, model, state, createdAt, finishedAt, stoppedBy } = batch;
  const { total, done, failed, running, inputTokens, outputTokens, requestCount, costUsd } = tables.batches.counts(batchId);
  const failures = tables.batches
    .failures(batchId)
    .map(({ groupId, failure }) => ({ groupId, kind: failure.kind, message: failure.message }));
  const { mode, votes, maxCostUsd, maxCalls } = askingParams(batch.params);
  return {
    mode,
    votes,
    requestCount,
    maxCostUsd: maxCostUsd ?? null,
    maxCalls: maxCalls ?? null,
    providerBatches: tables.providerBatches
      .ofBatch(batchId)
      .map(({ state, requestCount, detail, submittedAt, polledAt }) => ({ state, requestCount, detail, submittedAt, polledAt })),
    batchId,
    sessionId,
    judge,
    model,
    state,
    total,
    done,
    failed,
    running,
    inputTokens,
    outputTokens,
    costUsd,
    createdAt,
    finishedAt,
    failures,
    ...(stoppedBy ? { stoppedBy: { kind: stoppedBy.kind, message: stoppedBy.message } } : {}),
  };
}
