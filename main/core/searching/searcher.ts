import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import type { ReportProgress } from '../../../app/contract/calls.ts';
import { Failure, throwIfCancelled } from '../../../app/failure.ts';
import type { SearchWork, SearchWorks } from './search-work.ts';
import type { SearchReply, SearchRequest, SearchThreadData } from './search-worker.ts';

/** Searches and measures in one thread beside the core, so that windows are answered meanwhile. */
export interface Searcher {
  /** `view` is open in the core; the thread opens the same content itself. Rejects with `cancelled` at once when the signal fires. */
  ask<Work extends SearchWork>(
    work: Work,
    at: { readonly folder: string; readonly view: IdentifiedAnalyzer },
    input: SearchWorks[Work]['input'],
    options?: { readonly signal?: AbortSignal | undefined; readonly progress?: ReportProgress | undefined },
  ): Promise<SearchWorks[Work]['answer']>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (failure: Failure) => void;
  readonly progress: ReportProgress | undefined;
}

/** The thread starts when it is first needed and stays. */
export function createSearcher(data: SearchThreadData): Searcher {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let lastId = 0;
  let closed = false;

  const start = (): Worker => {
    const worker = new Worker(workerFile(), { name: 'search', workerData: data, execArgv: [] });
    worker.on('message', (reply: SearchReply) => {
      const asked = waiting.get(reply.id);
      if (!asked) return;
      if (reply.type === 'progress') {
        asked.progress?.(reply.done, reply.total, reply.what);
        return;
      }
      waiting.delete(reply.id);
      if (waiting.size === 0) worker.unref();
      if (reply.type === 'done') asked.resolve(reply.answer as never);
      else asked.reject(new Failure(reply.failure.kind, reply.failure.message, reply.failure.details, reply.cause));
    });
    const lost = (cause: unknown) => {
      if (thread !== worker) return;
      thread = undefined;
      for (const { reject } of waiting.values()) reject(new Failure('bug', 'The search could not end: its thread did.', {}, cause));
      waiting.clear();
    };
    worker.on('error', lost);
    worker.on('exit', (code) => lost(new Error(`The searching thread ended with code ${code}.`)));
    return worker;
  };

  return {
    ask(work, { folder, view }, input, { signal, progress } = {}) {
      return new Promise((resolve, reject) => {
        if (closed) throw new Failure('cancelled', 'Cancelled.');
        throwIfCancelled(signal);
        const id = ++lastId;
        thread ??= start();
        const worker = thread;
        const cancel = () => {
          if (!waiting.delete(id)) return;
          worker.postMessage({ type: 'cancel', id } satisfies SearchRequest);
          if (waiting.size === 0) worker.unref();
          reject(new Failure('cancelled', 'Cancelled.'));
        };
        const done = <Value>(settle: (value: Value) => void) => {
          return (value: Value) => {
            signal?.removeEventListener('abort', cancel);
            settle(value);
          };
        };
        signal?.addEventListener('abort', cancel, { once: true });
        waiting.set(id, { resolve: done(resolve), reject: done(reject), progress });
        worker.ref();
        worker.postMessage({ type: 'work', id, work, folder, fingerprint: view.fingerprint, input } satisfies SearchRequest);
      });
    },
    async close() {
      closed = true;
      const worker = thread;
      thread = undefined;
      for (const { reject } of waiting.values()) reject(new Failure('cancelled', 'Cancelled.'));
      waiting.clear();
      await worker?.terminate();
    },
  };
}

// Straight from source the worker lies beside this file; in a build beside it or, where this is a shared chunk, one folder up.
function workerFile(): URL {
  const places = import.meta.url.endsWith('.ts') ? ['./search-worker.ts'] : ['./search-worker.js', '../search-worker.js'];
  for (const place of places) {
    const url = new URL(place, import.meta.url);
    if (existsSync(fileURLToPath(url))) return url;
  }
  throw new Failure('bug', 'The searching thread (search-worker) is missing from this build. Install Samecell again.');
}
