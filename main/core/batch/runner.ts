import { type SkipRecord, skipOf } from '../../../app/contract/skip.ts';
import { Failure, type FailureRecord, isFailure, toFailureRecord } from '../../../app/failure.ts';
import type { AskResult } from './ask-model.ts';
import type { PaceSignals } from './pace.ts';
import type { BatchAnswer, BatchItem, BatchState, BatchStore } from './store.ts';

export interface RunnerOptions {
  readonly store: BatchStore;
  readonly batchId: string;
  /** Groups asked about at the same time: any positive number. */
  readonly numWorkers: number;
  /**
   * Asks about one group. Failures of the group come back as values or are thrown; `cancelled` is thrown when a signal
   * fired. An unexpected error counts as this group's failure.
   */
  readonly ask: (item: BatchItem, signals: PaceSignals) => Promise<AskResult>;
  /** After every commit. */
  readonly onChange?: () => void;
  /** When the run has ended or paused and nothing is on its way any more. */
  readonly onRest?: (state: BatchState) => void;
  /** Errors that nobody foresaw, for the log. */
  readonly onBug?: (error: unknown) => void;
}

export interface Runner {
  /** Starts or goes on; does nothing while running. Throws `input.invalid` for a cancelled run. */
  start(): void;
  /** No further group is started; replies that are on their way are kept. */
  pause(): void;
  /** Ends the run; what is on its way is given up at once, and its groups stay unjudged. */
  cancel(): void;
  /** Resolves when nothing is on its way. */
  rest(): Promise<void>;
  readonly active: number;
}

/** Every other group would meet the same: no use in asking on. */
const stopping = ['provider.auth', 'provider.quota', 'provider.offlineOnly', 'vault.unavailable', 'storage.unavailable'] as const;
/** So many groups in a row that could not reach the server at all, or all of fewer, and the run pauses. */
const unreachableInRow = 3;

/**
 * Works through the planned items of a run. Each answer is committed, and on the disk, before its worker claims the next
 * item, so a crash or a power cut loses at most what is on its way. One failing group is its own failure, one that there is nothing to ask
 * about is skipped; a bad key or an empty account pauses the run with the reason, and the rest stays planned. At the run's own limit, and
 * when it is cancelled, the rest is skipped with that reason.
 */
export function createRunner(options: RunnerOptions): Runner {
  const { store, batchId } = options;
  let state: 'idle' | 'running' | 'pausing' | 'cancelled' = 'idle';
  let active = 0;
  let unreachable = 0;
  /** Why what is still planned is left out once nothing is on its way. */
  let leavingOut: SkipRecord | undefined;
  const cancelling = new AbortController();
  let pausing = new AbortController();
  let resting: (() => void)[] = [];

  function fill(): void {
    while (state === 'running' && active < options.numWorkers) {
      const item = guarded(() => store.claimNext(batchId));
      if (item === undefined) break;
      active++;
      void work(item).finally(() => {
        active--;
        fill();
      });
    }
    if (active === 0) settle();
  }

  function settle(): void {
    if (leavingOut !== undefined) {
      const reason = leavingOut;
      leavingOut = undefined;
      guarded(() => store.skipPlanned(batchId, reason));
      options.onChange?.();
    }
    if (state === 'running') {
      // Planned groups that can't be claimed belong to another process by now; then this run is not done.
      guarded(() => store.setState(batchId, store.counts(batchId).planned === 0 ? 'done' : 'paused'));
      state = 'idle';
    } else if (state === 'pausing') {
      state = 'idle';
    }
    const waiting = resting;
    resting = [];
    for (const resolve of waiting) resolve();
    const now = guarded(() => store.state(batchId));
    if (now !== undefined) options.onRest?.(now);
  }

  async function work(item: BatchItem): Promise<void> {
    const signals: PaceSignals = { signal: cancelling.signal, pausing: pausing.signal };
    let result: AskResult;
    try {
      result = await unlessAborted(options.ask(item, signals), signals.signal);
    } catch (error) {
      if (isCancel(error)) {
        guarded(() => {
          store.release(item.itemId);
          // Given up by somebody else than this run, such as a closing application: then the others wait too.
          if (!signals.signal.aborted && !signals.pausing.aborted) stop(undefined);
        });
        options.onChange?.();
        return;
      }
      if (!isFailure(error)) options.onBug?.(error);
      result = { ok: false, failure: toFailureRecord(error), spent: undefined };
    }
    await turnOver();
    guarded(() => {
      if (result.ok) {
        unreachable = 0;
        keep(item, result.answer);
        return;
      }
      const { failure, spent } = result;
      unreachable = failure.kind === 'provider.unreachable' ? unreachable + 1 : 0;
      if (stopsRun(failure) || isUnreachable()) {
        store.release(item.itemId, spent);
        leavingOut = skipOf(failure);
        stop(failure);
        return;
      }
      const reason = skipOf(failure);
      if (reason === undefined) store.fail(item.itemId, failure, spent);
      else store.skip(item.itemId, reason, spent);
    });
    await flushed();
    options.onChange?.();
  }

  /** Counts the run only where groups of it can't reach the server. */
  function isUnreachable(): boolean {
    return unreachable >= unreachableInRow || (unreachable > 0 && unreachable >= store.counts(batchId).total);
  }

  /** An answer that can't be stored is this group's failure, as long as that can be stored. */
  function keep(item: BatchItem, answer: BatchAnswer): void {
    try {
      store.finish(item.itemId, answer);
    } catch (error) {
      options.onBug?.(error);
      store.fail(item.itemId, toFailureRecord(error), answer.spent);
    }
  }

  /** A store that can't be written must not be asked on: the run stops, and the reason is told where it can be. */
  function guarded<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch (error) {
      stopUnwritten(error);
      return undefined;
    }
  }

  /** Only then does the worker go on to the next group. */
  async function flushed(): Promise<void> {
    try {
      await store.flush();
    } catch (error) {
      stopUnwritten(error);
    }
  }

  function stopUnwritten(error: unknown): void {
    options.onBug?.(error);
    try {
      stop(toFailureRecord(error));
    } catch (second) {
      options.onBug?.(second);
    }
  }

  function stop(failure: FailureRecord | undefined): void {
    if (state !== 'running') return;
    state = 'pausing';
    pausing.abort();
    store.setState(batchId, 'paused', failure);
  }

  return {
    start() {
      if (state === 'running') return;
      if (state === 'cancelled' || store.state(batchId) === 'cancelled')
        throw new Failure(
          'input.invalid',
          'This run was cancelled. Start a new one; verdicts that are there already are not asked for again.',
        );
      // Also where it stands as running already: after a crash this is what makes it ours.
      store.setState(batchId, 'running');
      state = 'running';
      unreachable = 0;
      leavingOut = undefined;
      pausing = new AbortController();
      fill();
    },
    pause() {
      if (state !== 'running') return;
      stop(undefined);
      if (active === 0) settle();
    },
    cancel() {
      if (state === 'cancelled') return;
      state = 'cancelled';
      leavingOut = { kind: 'cancelled', message: 'The run was cancelled before this group was asked about.' };
      cancelling.abort();
      store.setState(batchId, 'cancelled');
      if (active === 0) settle();
    },
    rest() {
      if (active === 0) return Promise.resolve();
      return new Promise((resolve) => resting.push(resolve));
    },
    get active() {
      return active;
    },
  };
}

/**
 * Lets the question that took this one's slot go out first; the answer is committed already, only its verdict is not. Several
 * milliseconds of writing before it would be added to every question of a run.
 */
function turnOver(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Every other group of the run would meet the same. */
export function stopsRun(failure: Pick<FailureRecord, 'kind' | 'details'>): boolean {
  return (stopping as readonly string[]).includes(failure.kind) || failure.details['wholeRun'] === true;
}

function isCancel(error: unknown): boolean {
  return toFailureRecord(error).kind === 'cancelled';
}

/** The work, or `cancelled` the moment the signal fires, even where the work does not listen to it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(new Failure('cancelled', 'Cancelled.'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
