import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { UnitId } from '../../../../app/analyzer/view.ts';
import { type SkipKind, type SkipRecord, unaskableKinds } from '../../../../app/contract/skip.ts';
import type { FailureRecord } from '../../../../app/failure.ts';
import type { AskedPlan, BatchCounts, BatchPlan, BatchState, Spent } from '../../batch/store.ts';

export interface BatchRecord extends AskedPlan {
  readonly batchId: string;
  readonly state: BatchState;
  readonly stoppedBy: FailureRecord | undefined;
  /** The process that is at it, or was last. */
  readonly processId: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export interface BatchItemRecord {
  readonly itemId: string;
  readonly batchId: string;
  readonly groupId: string;
  readonly position: number;
  readonly state: 'planned' | 'running' | 'done' | 'failed' | 'skipped';
  readonly claimedCount: number;
}

/** Groups of a run that have no verdict for the same reason: how many, and the first of them. */
export interface OfReason {
  readonly kind: string;
  readonly count: number;
  /** In the run's order. */
  readonly first: readonly {
    readonly groupId: string;
    readonly units: readonly UnitId[];
    readonly message: string;
    readonly position: number;
  }[];
}

/** Why asking about a group gave no verdict. */
export type OpenFailure = Pick<FailureRecord, 'message'> & { readonly kind: string };

interface RawBatch {
  batchId: string;
  sessionId: string;
  judge: string;
  model: string;
  promptId: string;
  promptVersion: string;
  promptHash: string;
  features: string;
  withNumbers: number;
  exampleIds: string;
  numWorkers: number;
  params: string;
  state: BatchState;
  stoppedBy: string | null;
  processId: string | null;
  createdAt: string;
  finishedAt: string | null;
}

/** Runs and their items. */
export function batchesTable(database: Database, now: () => string) {
  const select = `SELECT batch_id AS batchId, session_id AS sessionId, judge, model, prompt_id AS promptId, prompt_version AS promptVersion,
      prompt_hash AS promptHash, features, with_numbers AS withNumbers, example_ids AS exampleIds, num_workers AS numWorkers, params, state,
      stopped_by AS stoppedBy, process_id AS processId, created_at AS createdAt, finished_at AS finishedAt FROM batches`;
  const item = 'item_id AS itemId, batch_id AS batchId, group_id AS groupId, position, state, claimed_count AS claimedCount';
  const insert = database.prepare(
    `INSERT INTO batches (batch_id, session_id, judge, model, prompt_id, prompt_version, prompt_hash, features, with_numbers, example_ids,
       num_workers, params, state, process_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?)`,
  );
  const insertItem = database.prepare('INSERT INTO batch_items (item_id, batch_id, group_id, position) VALUES (?, ?, ?, ?)');
  const byId = database.prepare([select, 'WHERE batch_id = ?'].join(' '));
  const ofSession = database.prepare([select, 'WHERE session_id = ? ORDER BY seq DESC'].join(' '));
  const inState = database.prepare('SELECT batch_id AS batchId FROM batches WHERE state = ? ORDER BY seq');
  const groupIds = database.prepare('SELECT group_id AS groupId FROM batch_items WHERE batch_id = ? ORDER BY position');
  const setState = database.prepare('UPDATE batches SET state = ?, stopped_by = ?, process_id = ?, finished_at = ? WHERE batch_id = ?');
  const itemById = database.prepare(['SELECT', item, 'FROM batch_items WHERE item_id = ?'].join(' '));
  const notAtProvider = `NOT EXISTS (SELECT 1 FROM provider_requests r JOIN provider_batches p ON p.provider_batch_id = r.provider_batch_id
      WHERE r.item_id = batch_items.item_id AND p.state IN ('sending', 'waiting'))`;
  const nextPlanned = database.prepare(
    ['SELECT', item, "FROM batch_items WHERE batch_id = ? AND state = 'planned' AND", notAtProvider, 'ORDER BY position LIMIT 1'].join(' '),
  );
  const plannedItems = database.prepare(
    ['SELECT', item, "FROM batch_items WHERE batch_id = ? AND state = 'planned' ORDER BY position"].join(' '),
  );
  const claim = database.prepare(
    "UPDATE batch_items SET state = 'running', claimed_count = claimed_count + 1 WHERE item_id = ? AND state = 'planned'",
  );
  const release = database.prepare(
    `UPDATE batch_items SET state = 'planned', input_tokens = input_tokens + ?, output_tokens = output_tokens + ?,
       cached_input_tokens = cached_input_tokens + ?, cost_usd = CASE WHEN ? IS NULL THEN cost_usd ELSE COALESCE(cost_usd, 0) + ? END,
       request_count = request_count + ?
     WHERE item_id = ? AND state = 'running'`,
  );
  const setParams = database.prepare('UPDATE batches SET params = ? WHERE batch_id = ?');
  const setNumWorkers = database.prepare('UPDATE batches SET num_workers = ? WHERE batch_id = ?');
  const end = database.prepare(
    `UPDATE batch_items SET state = ?, failure = ?, ended_at = ?, input_tokens = input_tokens + ?, output_tokens = output_tokens + ?,
       cached_input_tokens = cached_input_tokens + ?, cost_usd = CASE WHEN ? IS NULL THEN cost_usd ELSE COALESCE(cost_usd, 0) + ? END,
       latency_ms = latency_ms + ?, request_count = request_count + ?
     WHERE item_id = ? AND state = 'running'`,
  );
  const resetRunning = database.prepare("UPDATE batch_items SET state = 'planned' WHERE batch_id = ? AND state = 'running'");
  const replanFailed = database.prepare("UPDATE batch_items SET state = 'planned', failure = NULL WHERE batch_id = ? AND state = 'failed'");
  const skipPlanned = database.prepare(
    [
      "UPDATE batch_items SET state = 'skipped', failure = ?, ended_at = ? WHERE batch_id = ? AND state = 'planned' AND",
      notAtProvider,
      'AND (? IS NULL OR group_id IN (SELECT value FROM json_each(?)))',
    ].join(' '),
  );
  const replanSkipped = database.prepare(
    `UPDATE batch_items SET state = 'planned', failure = NULL WHERE batch_id = ? AND state = 'skipped'
       AND json_extract(failure, '$.kind') IN (SELECT value FROM json_each(?))`,
  );
  const skips = database.prepare(
    "SELECT group_id AS groupId, failure FROM batch_items WHERE batch_id = ? AND state = 'skipped' ORDER BY position",
  );
  const counts = database.prepare(
    `SELECT COUNT(*) AS total, COALESCE(SUM(state = 'planned'), 0) AS planned, COALESCE(SUM(state = 'running'), 0) AS running,
       COALESCE(SUM(state = 'done'), 0) AS done, COALESCE(SUM(state = 'failed'), 0) AS failed,
       COALESCE(SUM(state = 'skipped'), 0) AS skipped,
       COALESCE(SUM(input_tokens), 0) AS inputTokens, COALESCE(SUM(output_tokens), 0) AS outputTokens, COALESCE(SUM(request_count), 0) AS requestCount,
       SUM(cost_usd) AS costUsd
     FROM batch_items WHERE batch_id = ?`,
  );
  const failures = database.prepare(
    "SELECT group_id AS groupId, failure FROM batch_items WHERE batch_id = ? AND state = 'failed' ORDER BY position",
  );
  const reasonCounts = database.prepare(
    `SELECT failure ->> '$.kind' AS kind, COUNT(*) AS count FROM batch_items WHERE batch_id = ? AND state = ?
     GROUP BY kind ORDER BY MIN(position)`,
  );
  const firstOfReason = database.prepare(
    `SELECT g.group_id AS groupId, g.units, i.failure ->> '$.message' AS message, i.position FROM batch_items i JOIN groups g ON g.group_id = i.group_id
     WHERE i.batch_id = ? AND i.state = ? AND i.failure ->> '$.kind' = ? ORDER BY i.position LIMIT ?`,
  );
  const hasSkipped = database.prepare(
    `SELECT EXISTS (SELECT 1 FROM batch_items WHERE batch_id = ? AND state = 'skipped' AND failure ->> '$.kind' = ?) AS found`,
  );
  // One that could not be asked about counts with the failed; one that was merely left out says nothing about its group.
  const ended = `ended_at IS NOT NULL AND (state IN ('done', 'failed') OR (state = 'skipped'
      AND json_extract(failure, '$.kind') IN (${unaskableKinds.map((kind) => `'${kind}'`).join(', ')})))`;
  const lastEnds = database.prepare(
    [
      'SELECT group_id AS groupId, state, failure FROM batch_items WHERE batch_id IN (SELECT batch_id FROM batches WHERE session_id = ?) AND',
      ended,
      'ORDER BY ended_at, seq',
    ].join(' '),
  );
  const lastEndOf = database.prepare(
    ['SELECT state, failure FROM batch_items WHERE group_id = ? AND', ended, 'ORDER BY ended_at DESC, seq DESC LIMIT 1'].join(' '),
  );

  return {
    add(plan: BatchPlan, processId: string): string {
      const batchId = randomUUID();
      insert.run(
        batchId,
        plan.sessionId,
        plan.judge,
        plan.model,
        plan.promptId,
        plan.promptVersion,
        plan.promptHash,
        JSON.stringify(plan.features),
        Number(plan.withNumbers),
        JSON.stringify(plan.exampleIds),
        plan.numWorkers,
        JSON.stringify(plan.params),
        processId,
        now(),
      );
      for (const [position, groupId] of plan.groupIds.entries()) insertItem.run(randomUUID(), batchId, groupId, position);
      return batchId;
    },
    byId(batchId: string): BatchRecord | undefined {
      const raw = byId.get(batchId) as RawBatch | undefined;
      return raw && record(raw);
    },
    /** Newest first. */
    ofSession: (sessionId: string) => (ofSession.all(sessionId) as RawBatch[]).map(record),
    inState: (state: BatchState) => (inState.all(state) as { batchId: string }[]).map((row) => row.batchId),
    groupIds: (batchId: string) => (groupIds.all(batchId) as { groupId: string }[]).map((row) => row.groupId),
    setState(batchId: string, state: BatchState, stoppedBy: FailureRecord | undefined, processId: string): void {
      const finishedAt = state === 'done' || state === 'cancelled' ? now() : null;
      setState.run(state, stoppedBy ? JSON.stringify(stoppedBy) : null, processId, finishedAt, batchId);
    },
    itemById: (itemId: string) => itemById.get(itemId) as BatchItemRecord | undefined,
    nextPlanned: (batchId: string) => nextPlanned.get(batchId) as BatchItemRecord | undefined,
    plannedItems: (batchId: string) => plannedItems.all(batchId) as BatchItemRecord[],
    claim: (itemId: string) => claim.run(itemId).changes === 1,
    release(itemId: string, spent?: Spent): void {
      const { inputTokens, outputTokens, cachedInputTokens } = spent?.usage ?? { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };
      const cost = spent?.costUsd ?? null;
      release.run(inputTokens, outputTokens, cachedInputTokens, cost, cost, spent?.requestCount ?? 0, itemId);
    },
    setParams(batchId: string, params: Readonly<Record<string, unknown>>): void {
      setParams.run(JSON.stringify(params), batchId);
    },
    setNumWorkers(batchId: string, numWorkers: number): void {
      setNumWorkers.run(numWorkers, batchId);
    },
    /** True where the item was running. What it cost is added to what it cost before. */
    end(
      itemId: string,
      state: 'done' | 'failed' | 'skipped',
      reason: FailureRecord | SkipRecord | undefined,
      spent: Spent | undefined,
    ): boolean {
      const cost = spent?.costUsd ?? null;
      const { changes } = end.run(
        state,
        reason ? JSON.stringify(reason) : null,
        now(),
        spent?.usage.inputTokens ?? 0,
        spent?.usage.outputTokens ?? 0,
        spent?.usage.cachedInputTokens ?? 0,
        cost,
        cost,
        spent?.latencyMs ?? 0,
        spent?.requestCount ?? 0,
        itemId,
      );
      return changes === 1;
    },
    resetRunning: (batchId: string) => resetRunning.run(batchId).changes,
    replanFailed: (batchId: string) => replanFailed.run(batchId).changes,
    skipPlanned(batchId: string, reason: SkipRecord, groupIds?: readonly string[]): number {
      const named = groupIds === undefined ? null : JSON.stringify(groupIds);
      return skipPlanned.run(JSON.stringify(reason), now(), batchId, named, named).changes;
    },
    replanSkipped: (batchId: string, kinds: readonly SkipKind[]) => replanSkipped.run(batchId, JSON.stringify(kinds)).changes,
    skips: (batchId: string) =>
      (skips.all(batchId) as { groupId: string; failure: string }[]).map((row) => ({
        groupId: row.groupId,
        skip: JSON.parse(row.failure) as SkipRecord,
      })),
    /** Why groups of a run failed, or were left out, in the run's order; of each reason the first `most` groups. */
    reasons: (batchId: string, state: 'failed' | 'skipped', most: number): OfReason[] =>
      (reasonCounts.all(batchId, state) as Omit<OfReason, 'first'>[]).map((reason) => {
        const first = firstOfReason.all(batchId, state, reason.kind, most) as (OfReason['first'][number] & { units: string })[];
        return { ...reason, first: first.map((row) => ({ ...row, units: JSON.parse(row.units) as UnitId[] })) };
      }),
    hasSkipped: (batchId: string, kind: SkipKind) => (hasSkipped.get(batchId, kind) as { found: number }).found === 1,
    counts: (batchId: string) => counts.get(batchId) as BatchCounts,
    failures: (batchId: string) =>
      (failures.all(batchId) as { groupId: string; failure: string }[]).map((row) => ({
        groupId: row.groupId,
        failure: JSON.parse(row.failure) as FailureRecord,
      })),
    /** Why the last time this group was asked about gave no verdict. */
    openFailureOf(groupId: string): OpenFailure | undefined {
      const row = lastEndOf.get(groupId) as { state: string; failure: string | null } | undefined;
      return row && row.state !== 'done' && row.failure !== null ? JSON.parse(row.failure) : undefined;
    },
    /** For each group of the session: why the last time it was asked about gave no verdict. */
    openFailures(sessionId: string): Map<string, OpenFailure> {
      const open = new Map<string, OpenFailure>();
      for (const row of lastEnds.all(sessionId) as { groupId: string; state: string; failure: string | null }[]) {
        if (row.state !== 'done' && row.failure !== null) open.set(row.groupId, JSON.parse(row.failure));
        else open.delete(row.groupId);
      }
      return open;
    },
  };
}

function record(raw: RawBatch): BatchRecord {
  return {
    ...raw,
    features: JSON.parse(raw.features),
    withNumbers: raw.withNumbers === 1,
    exampleIds: JSON.parse(raw.exampleIds),
    params: JSON.parse(raw.params),
    stoppedBy: raw.stoppedBy === null ? undefined : JSON.parse(raw.stoppedBy),
  };
}
