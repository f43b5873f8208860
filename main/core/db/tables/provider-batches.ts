import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';

export type ProviderBatchState = 'sending' | 'waiting' | 'collected' | 'failed' | 'cancelled';

export interface ProviderBatchRecord {
  readonly providerBatchId: string;
  readonly batchId: string;
  /** What the provider calls it; `null` where sending broke off before it said so. */
  readonly remoteId: string | null;
  readonly state: ProviderBatchState;
  readonly detail: string | null;
  readonly requestCount: number;
  readonly submittedAt: string;
  readonly polledAt: string | null;
  readonly collectedAt: string | null;
}

export interface NewProviderRequest {
  readonly requestId: string;
  readonly itemId: string;
  readonly asked: unknown;
}

/** Questions that lie in a provider's own batches. What was asked is kept beside them, so that they can be read after a restart. */
export function providerBatchesTable(database: Database, now: () => string) {
  const ofBatch = database.prepare(
    `SELECT p.provider_batch_id AS providerBatchId, p.batch_id AS batchId, p.remote_id AS remoteId, p.state, p.detail,
       p.submitted_at AS submittedAt, p.polled_at AS polledAt, p.collected_at AS collectedAt,
       (SELECT COUNT(*) FROM provider_requests r WHERE r.provider_batch_id = p.provider_batch_id) AS requestCount
     FROM provider_batches p WHERE p.batch_id = ? ORDER BY p.seq`,
  );
  const insert = database.prepare(
    "INSERT INTO provider_batches (provider_batch_id, batch_id, state, submitted_at) VALUES (?, ?, 'sending', ?)",
  );
  const insertRequest = database.prepare(
    'INSERT INTO provider_requests (request_id, provider_batch_id, item_id, asked) VALUES (?, ?, ?, ?)',
  );
  const accepted = database.prepare("UPDATE provider_batches SET state = 'waiting', remote_id = ? WHERE provider_batch_id = ?");
  const polled = database.prepare('UPDATE provider_batches SET polled_at = ?, detail = ? WHERE provider_batch_id = ?');
  const end = database.prepare('UPDATE provider_batches SET state = ?, detail = ?, collected_at = ? WHERE provider_batch_id = ?');
  const requests = database.prepare(
    'SELECT request_id AS requestId, item_id AS itemId, asked FROM provider_requests WHERE provider_batch_id = ? ORDER BY rowid',
  );
  return {
    /** Written before anything is sent, so that a question on its way is never asked a second time. */
    add(batchId: string, asked: readonly NewProviderRequest[]): string {
      const providerBatchId = randomUUID();
      insert.run(providerBatchId, batchId, now());
      for (const { requestId, itemId, asked: what } of asked) insertRequest.run(requestId, providerBatchId, itemId, JSON.stringify(what));
      return providerBatchId;
    },
    accepted(providerBatchId: string, remoteId: string): void {
      accepted.run(remoteId, providerBatchId);
    },
    polled(providerBatchId: string, detail: string): void {
      polled.run(now(), detail, providerBatchId);
    },
    end(providerBatchId: string, state: 'collected' | 'failed' | 'cancelled', detail: string): void {
      end.run(state, detail, now(), providerBatchId);
    },
    ofBatch: (batchId: string) => ofBatch.all(batchId) as ProviderBatchRecord[],
    requests: (providerBatchId: string) =>
      (requests.all(providerBatchId) as { requestId: string; itemId: string; asked: string }[]).map((row) => ({
        ...row,
        asked: JSON.parse(row.asked) as unknown,
      })),
  };
}
