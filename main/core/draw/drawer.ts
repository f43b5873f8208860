import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Failure, throwIfCancelled } from '../../../app/failure.ts';
import type { SizePx } from '../../../app/plots/feature.ts';
import type { SheetLayout } from '../../../app/plots/sheet.ts';
import type { DrawReply, DrawRequest } from './draw-worker.ts';
import { readFonts } from './fonts.ts';
import type { Paper, PaperPart } from './painter.ts';

export interface DrawnPicture {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png';
  readonly width: number;
  readonly height: number;
  /** Time in the worker, without waiting. */
  readonly ms: number;
}

/** Draws pictures for models and reports in worker threads: the same data give the same bytes, whatever the machine has. */
export interface Drawer {
  /**
   * `data` is what the feature's `load` gave; the size is the feature's own unless given. Rejects with `cancelled` at once
   * when the signal fires.
   */
  draw(feature: string, data: unknown, options?: { signal?: AbortSignal | undefined; sizePx?: SizePx | undefined }): Promise<DrawnPicture>;
  /** All of them on one sheet, part by tile. */
  drawSheet(parts: readonly PaperPart[], layout: SheetLayout, options?: { signal?: AbortSignal | undefined }): Promise<DrawnPicture>;
  /** Ends the threads; waiting pictures are cancelled. */
  close(): Promise<void>;
}

interface Job {
  readonly request: DrawRequest;
  readonly resolve: (picture: DrawnPicture) => void;
  readonly reject: (failure: Failure) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
}

/** Threads start when they are first needed (about a quarter of a second each) and stay. */
export function createDrawer(options: { threads?: number } = {}): Drawer {
  const most = Math.max(1, Math.floor(options.threads ?? usualThreads(availableParallelism())));
  const waiting: Job[] = [];
  const threads = new Set<Thread>();
  let fonts: ReturnType<typeof readFonts> | undefined;
  let lastId = 0;
  let closed = false;

  const startThread = (): Thread => {
    fonts ??= readFonts();
    const worker = new Worker(workerFile(), { name: 'draw', workerData: fonts, execArgv: [] });
    const thread: Thread = { worker, job: undefined };
    threads.add(thread);
    worker.on('message', (reply: DrawReply) => {
      const { job } = thread;
      thread.job = undefined;
      worker.unref();
      if (job && job.request.id === reply.id) settle(job, reply);
      next();
    });
    const lost = (cause: unknown) => {
      if (!threads.delete(thread)) return;
      thread.job?.reject(new Failure('bug', 'A picture could not be drawn: its thread ended.', {}, cause));
      thread.job = undefined;
      if (!closed) next();
    };
    worker.on('error', lost);
    worker.on('exit', (code) => lost(new Error(`The drawing thread ended with code ${code}.`)));
    worker.unref();
    return thread;
  };

  const next = () => {
    while (waiting.length > 0) {
      const idle = [...threads].find((thread) => !thread.job) ?? (threads.size < most ? startThread() : undefined);
      if (!idle) return;
      const job = waiting.shift() as Job;
      idle.job = job;
      idle.worker.ref();
      try {
        idle.worker.postMessage(job.request);
      } catch (error) {
        idle.job = undefined;
        idle.worker.unref();
        job.reject(new Failure('bug', `The data of ${namesOf(job.request.paper)} can't be sent to its thread.`, {}, error));
      }
    }
  };

  const order = (paper: Paper, signal: AbortSignal | undefined): Promise<DrawnPicture> =>
    new Promise((resolve, reject) => {
      if (closed) throw new Failure('cancelled', 'Cancelled.');
      throwIfCancelled(signal);
      const cancel = () => {
        const at = waiting.indexOf(job);
        if (at >= 0) waiting.splice(at, 1);
        job.reject(new Failure('cancelled', 'Cancelled.'));
      };
      const done = <Value>(settle: (value: Value) => void) => {
        return (value: Value) => {
          signal?.removeEventListener('abort', cancel);
          settle(value);
        };
      };
      const job: Job = { request: { id: ++lastId, paper }, resolve: done(resolve), reject: done(reject) };
      signal?.addEventListener('abort', cancel, { once: true });
      waiting.push(job);
      next();
    });

  return {
    draw: (feature, data, { signal, sizePx } = {}) => order({ part: { feature, data }, sizePx }, signal),
    drawSheet: (parts, layout, { signal } = {}) => order({ parts, layout }, signal),

    async close() {
      closed = true;
      for (const job of waiting.splice(0)) job.reject(new Failure('cancelled', 'Cancelled.'));
      const ending = [...threads];
      for (const { job } of ending) job?.reject(new Failure('cancelled', 'Cancelled.'));
      threads.clear();
      await Promise.all(ending.map(({ worker }) => worker.terminate()));
    },
  };
}

/** One core is left to the rest of the application where there are more than two: beside drawing it has little to do. */
function usualThreads(cores: number): number {
  return Math.min(4, cores > 2 ? cores - 1 : cores);
}

function namesOf(paper: Paper): string {
  return 'part' in paper ? paper.part.feature : paper.parts.map(({ feature }) => feature).join(', ');
}

function settle(job: Job, reply: DrawReply): void {
  if (reply.ok) {
    job.resolve({ bytes: reply.bytes, mediaType: 'image/png', width: reply.width, height: reply.height, ms: reply.ms });
    return;
  }
  const { kind, message, details } = reply.failure;
  job.reject(new Failure(kind, message, details, reply.cause));
}

// Straight from source the worker lies beside this file; in a build beside it or, where this is a shared chunk, one folder up.
function workerFile(): URL {
  const places = import.meta.url.endsWith('.ts') ? ['./draw-worker.ts'] : ['./draw-worker.js', '../draw-worker.js'];
  for (const place of places) {
    const url = new URL(place, import.meta.url);
    if (existsSync(fileURLToPath(url))) return url;
  }
  throw new Failure('bug', 'The drawing thread (draw-worker) is missing from this build. Install Samecell again.');
}
