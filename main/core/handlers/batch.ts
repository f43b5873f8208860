import type { BatchRow, HandlersOf } from '../../../app/contract/calls.ts';
import type { SkipKind } from '../../../app/contract/skip.ts';
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
    'batch.skip': ({ batchId, groupIds }) => ({ skipped: judges.skip(batchId, groupIds) }),
    'batch.retrySkipped': ({ batchId }) => {
      refuseUnagreed(batchId);
      judges.retrySkipped(batchId);
      return {};
    },
    'batch.list': ({ sessionId }) =>
      tables.ofOneMoment(() => ({
        batches: tables.batches.ofSession(sessionOf(core, sessionId).sessionId).map((batch) => batchRow(core, batch)),
      })),
  };
}

/** So many failures, and groups left out, of a kind are told one by one. */
const mostOfAKind = 100;

function batchRow({ tables }: Core, batch: BatchRecord): BatchRow {
  const { batchId, sessionId, judge, model, state, createdAt, finishedAt, stoppedBy } = batch;
  const { total, done, failed, skipped, running, inputTokens, outputTokens, requestCount, costUsd } = tables.batches.counts(batchId);
  const failures = tables.batches.reasons(batchId, 'failed', mostOfAKind);
  const skips = tables.batches.reasons(batchId, 'skipped', mostOfAKind);
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
    skipped,
    running,
    inputTokens,
    outputTokens,
    costUsd,
    createdAt,
    finishedAt,
    failures: failures
      .flatMap(({ kind, first }) => first.map((group) => ({ ...group, kind })))
      .sort((a, b) => a.position - b.position)
      .map(({ groupId, units, kind, message }) => ({ groupId, units: [...units], kind, message })),
    failureCounts: Object.fromEntries(failures.map(({ kind, count }) => [kind, count])),
    skips: skips.map(({ kind, count, first }) => ({
      kind: kind as SkipKind,
      message: first[0].message,
      count,
      groups: first.map(({ groupId, units }) => ({ groupId, units: [...units] })),
    })),
    ...(stoppedBy ? { stoppedBy: { kind: stoppedBy.kind, message: stoppedBy.message } } : {}),
  };
}
