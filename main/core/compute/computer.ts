import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ReportProgress } from '../../../app/contract/calls.ts';
import { Failure, throwIfCancelled } from '../../../app/failure.ts';
import type { Computed, ComputeRequest } from './compute-extensions.ts';
import type { ComputeReply } from './compute-worker.ts';

/** Computes extensions in a thread of its own, one run after another. */
export interface Computer {
  /** Rejects with `cancelled` once the thread has put its things away. */
  run(
    request: ComputeRequest,
    options: { readonly signal?: AbortSignal | undefined; readonly progress?: ReportProgress | undefined },
  ): Promise<readonly Computed[]>;
  /** Cancels what runs and waits for its end. */
  close(): Promise<void>;
}

/** A thread that was told to stop and doesn't is ended after this long. */
const patienceMs = 10_000;

export function createComputer(): Computer {
  const closing = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(request, { signal, progress }) {
      const both = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
      const turn = last.then(() => {
        throwIfCancelled(both);
        return inThread(request, both, progress);
      });
      last = turn.catch(() => undefined);
      return turn;
    },
    async close() {
      closing.abort();
      await last;
    },
  };
}

function inThread(request: ComputeRequest, signal: AbortSignal, progress: ReportProgress | undefined): Promise<readonly Computed[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), { name: 'compute', workerData: request, execArgv: [] });
    let patience: NodeJS.Timeout | undefined;
    const cancel = () => {
      worker.postMessage('cancel');
      patience = setTimeout(() => void worker.terminate(), patienceMs);
      patience.unref();
    };
    let answered = false;
    const end = (settle: () => void) => {
      if (answered) return;
      answered = true;
      clearTimeout(patience);
      signal.removeEventListener('abort', cancel);
      settle();
    };
    worker.on('message', (reply: ComputeReply) => {
      if (reply.type === 'progress') progress?.(reply.done, reply.total, reply.what);
      else if (reply.type === 'done') end(() => resolve(reply.computed));
      else end(() => reject(new Failure(reply.failure.kind, reply.failure.message, reply.failure.details, reply.cause)));
    });
    const lost = (cause: unknown) =>
      end(() =>
        reject(
          signal.aborted
            ? new Failure('cancelled', 'Cancelled.')
            : new Failure('bug', 'Extensions could not be computed: their thread ended.', {}, cause),
        ),
      );
    worker.on('error', lost);
    worker.on('exit', (code) => lost(new Error(`The computing thread ended with code ${code}.`)));
    signal.addEventListener('abort', cancel, { once: true });
  });
}

// Straight from source the worker lies beside this file; in a build beside it or, where this is a shared chunk, one folder up.
function workerFile(): URL {
  const places = import.meta.url.endsWith('.ts') ? ['./compute-worker.ts'] : ['./compute-worker.js', '../compute-worker.js'];
  for (const place of places) {
    const url = new URL(place, import.meta.url);
    if (existsSync(fileURLToPath(url))) return url;
  }
  throw new Failure('bug', 'The computing thread (compute-worker) is missing from this build. Install Samecell again.');
}
