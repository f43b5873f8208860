import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import { inCommon } from '../in-common.ts';
import { folderState } from './folder-state.ts';

export interface UsingOptions extends ReadOptions {
  /** Look at the folder now, however short ago that was done. */
  readonly lookNow?: boolean;
}

export interface OpenAnalyzers {
  /**
   * Runs the work with the folder's analyzer, opening it where it isn't yet. A folder that was seen to have changed since
   * is opened again, so that a view never outlives what it shows by more than a moment.
   */
  using<Result>(folder: string, work: (view: IdentifiedAnalyzer) => Promise<Result>, options?: UsingOptions): Promise<Result>;
  /**
   * True where the view's folder is as it was when the view was opened. Looks after it was asked; who asks while others
   * wait is answered by the same look.
   */
  isCurrent(view: IdentifiedAnalyzer): Promise<boolean>;
  /** The next use opens the folder again: something beside it changed that its view rests on. */
  reopen(folder: string): Promise<void>;
  close(): Promise<void>;
}

export interface OpenAnalyzersOptions {
  readonly open: (folder: string, options: ReadOptions) => Promise<IdentifiedAnalyzer>;
  /** How many stay open. */
  readonly most?: number;
  /** A folder is looked at again for changes after this long. */
  readonly lookAgainMs?: number;
  readonly now?: () => number;
  /** What a folder looks like; another answer means that it changed. */
  readonly stateOf?: (folder: string) => Promise<string>;
}

interface Held {
  readonly folder: string;
  readonly view: IdentifiedAnalyzer;
  readonly state: string;
  lookedAt: number;
  usedAt: number;
  users: number;
  gone: boolean;
  /** Looks after it was asked, once for all who wait. */
  readonly look: () => Promise<string>;
}

/** Between looks at a folder is this much more time than one takes, so that looking after every picture leaves room for drawing. */
const restPerLook = 9;
const mostRestMs = 100;

/** Analyzers held open, the least recently used one closed first, none while somebody works with it. */
export function createOpenAnalyzers(options: OpenAnalyzersOptions): OpenAnalyzers {
  const most = options.most ?? 4;
  const lookAgainMs = options.lookAgainMs ?? 2000;
  const now = options.now ?? (() => performance.now());
  const stateOf = options.stateOf ?? folderState;
  const held = new Map<string, Held>();
  const opening = new Map<string, Promise<Held>>();

  const retire = async (entry: Held): Promise<void> => {
    if (held.get(entry.folder) === entry) held.delete(entry.folder);
    entry.gone = true;
    if (entry.users === 0) await entry.view.close();
  };

  const openNow = async (folder: string): Promise<Held> => {
    // The state is taken first: a change while opening is then seen at the next look.
    const state = await stateOf(folder);
    const view = await options.open(folder, {});
    const look = inCommon(
      () => stateOf(folder),
      (tookMs) => Math.min(mostRestMs, restPerLook * tookMs),
    );
    const entry: Held = { folder, view, state, lookedAt: now(), usedAt: now(), users: 0, gone: false, look };
    held.set(folder, entry);
    return entry;
  };

  /** One opening serves everyone who waits for it, so nobody's cancelling ends it. */
  const opened = (folder: string): Promise<Held> => {
    const waiting = opening.get(folder);
    if (waiting) return waiting;
    const promise = openNow(folder).finally(() => opening.delete(folder));
    opening.set(folder, promise);
    return promise;
  };

  const current = async (folder: string, lookNow = false): Promise<Held> => {
    const entry = held.get(folder);
    if (!entry) return opened(folder);
    if (!lookNow && now() - entry.lookedAt < lookAgainMs) return entry;
    const state = await stateOf(folder);
    entry.lookedAt = now();
    if (state === entry.state) return entry;
    await retire(entry);
    return opened(folder);
  };

  const closeSurplus = async (): Promise<void> => {
    const idle = [...held.values()].filter((entry) => entry.users === 0).sort((a, b) => a.usedAt - b.usedAt);
    for (const entry of idle.slice(0, Math.max(0, held.size - most))) await retire(entry);
  };

  return {
    async using(folder, work, { signal, lookNow } = {}) {
      let entry = await untilAborted(current(folder, lookNow), signal);
      // It may have been closed between being found and being used.
      while (entry.gone) entry = await untilAborted(current(folder), signal);
      entry.users += 1;
      entry.usedAt = now();
      try {
        return await work(entry.view);
      } finally {
        entry.users -= 1;
        if (entry.gone && entry.users === 0) await entry.view.close();
        await closeSurplus();
      }
    },
    async isCurrent(view) {
      const entry = [...held.values()].find((one) => one.view === view);
      return entry !== undefined && (await entry.look()) === entry.state;
    },
    async reopen(folder) {
      await opening.get(folder)?.catch(() => undefined);
      const entry = held.get(folder);
      if (entry) await retire(entry);
    },
    async close() {
      await Promise.allSettled(opening.values());
      for (const entry of [...held.values()]) await retire(entry);
    },
  };
}

function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(new DOMException('Cancelled.', 'AbortError'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
