import { parentPort, workerData } from 'node:worker_threads';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import { Failure, type FailureRecord, toFailureRecord } from '../../../app/failure.ts';
import { createOpenAnalyzers } from '../analyzers/open-analyzers.ts';
import { createComputedStore } from '../compute/computed-store.ts';
import { diskSource } from '../files/disk-source.ts';
import { sha256 } from '../files/sha256.ts';
import { createSearchWork, type SearchWork, type SearchWorks } from './search-work.ts';

export interface SearchThreadData {
  /** Where computed extensions are kept. */
  readonly computedFolder: string;
}

export type SearchRequest =
  | {
      readonly type: 'work';
      readonly id: number;
      readonly work: SearchWork;
      readonly folder: string;
      /** Of the view that asks: a thread that has an older one open opens it again. */
      readonly fingerprint: string;
      readonly input: unknown;
    }
  | { readonly type: 'cancel'; readonly id: number };

export type SearchReply =
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly total: number; readonly what: string }
  | { readonly type: 'done'; readonly id: number; readonly answer: SearchWorks[SearchWork]['answer'] }
  | { readonly type: 'failed'; readonly id: number; readonly failure: FailureRecord; readonly cause: string };

const everyMs = 50;
const port = parentPort;
if (port) {
  const { computedFolder } = workerData as SearchThreadData;
  const store = createComputedStore(computedFolder);
  const analyzers = createOpenAnalyzers({
    most: 2,
    open: (folder, { signal }) => openAnalyzer(diskSource(folder), { sha256, signal, computed: store.sourceFor }),
  });
  const works = createSearchWork();
  const running = new Map<number, AbortController>();
  const say = (reply: SearchReply) => port.postMessage(reply);

  port.on('message', async (request: SearchRequest) => {
    const { id } = request;
    if (request.type === 'cancel') {
      running.get(id)?.abort();
      return;
    }
    const stop = new AbortController();
    running.set(id, stop);
    let told = Number.NEGATIVE_INFINITY;
    const progress = (done: number, total: number, what: string) => {
      const now = performance.now();
      if (now - told < everyMs) return;
      told = now;
      say({ type: 'progress', id, done, total, what });
    };
    const work = (view: IdentifiedAnalyzer) => {
      if (view.fingerprint !== request.fingerprint) return undefined;
      const does = works[request.work] as (view: IdentifiedAnalyzer, input: unknown, options: object) => Promise<never>;
      return does(view, request.input, { signal: stop.signal, progress });
    };
    try {
      let answer = await analyzers.using(request.folder, async (view) => work(view), { signal: stop.signal });
      if (answer === undefined) {
        await analyzers.reopen(request.folder);
        answer = await analyzers.using(request.folder, async (view) => work(view), { signal: stop.signal, lookNow: true });
      }
      if (answer === undefined)
        throw new Failure('analyzer.changed', 'The analyzer changed meanwhile. Open it again.', { folder: request.folder });
      say({ type: 'done', id, answer });
    } catch (error) {
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say({ type: 'failed', id, failure: toFailureRecord(error), cause });
    } finally {
      running.delete(id);
    }
  });
}
