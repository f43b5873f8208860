import type { BatchRow, HandlersOf } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';
import type { BatchRecord } from '../db/tables/batches.ts';
import { sessionOf } from '../sessions/session-access.ts';

export function batchHandlers(core: Core): HandlersOf<'batch'> {
  const { judges, tables } = core;
  return {
    'batch.estimate': (request, { signal }) => judges.estimate(request, { signal }),
    'batch.start': (request) => ({ batchId: judges.start(request) }),
    'batch.pause': ({ batchId }) => {
      judges.pause(batchId);
      return {};
    },
    'batch.resume': ({ batchId }) => {
      judges.resume(batchId);
      return {};
    },
    'batch.cancel': ({ batchId }) => {
      judges.cancel(batchId);
      return {};
    },
    'batch.retryFailed': ({ batchId }) => {
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
  const { total, done, failed, running, inputTokens, outputTokens, costUsd } = tables.batches.counts(batchId);
  const failures = tables.batches
    .failures(batchId)
    .map(({ groupId, failure }) => ({ groupId, kind: failure.kind, message: failure.message }));
  return {
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
