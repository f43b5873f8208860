import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type FailureRecord, toFailureRecord } from '../../../app/failure.ts';
import { type Computed, type ComputeRequest, computeExtensions } from './compute-extensions.ts';

/** What the thread says; it ends after `done` or `failed`. Any message to it cancels. */
export type ComputeReply =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly what: string }
  | { readonly type: 'done'; readonly computed: readonly Computed[] }
  | { readonly type: 'failed'; readonly failure: FailureRecord; readonly cause: string };

if (parentPort) void work(parentPort);

async function work(port: MessagePort): Promise<void> {
  const stop = new AbortController();
  const say = (reply: ComputeReply) => port.postMessage(reply);
  port.once('message', () => stop.abort());
  try {
    const computed = await computeExtensions(workerData as ComputeRequest, {
      signal: stop.signal,
      progress: (done, total, what) => say({ type: 'progress', done, total, what }),
    });
    say({ type: 'done', computed });
  } catch (error) {
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say({ type: 'failed', failure: toFailureRecord(error), cause });
  }
  port.close();
}
