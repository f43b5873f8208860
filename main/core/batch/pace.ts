import { Failure, type FailureKind, isFailure } from '../../../app/failure.ts';

/** How often a request is sent again after each kind of failure. A kind that is not here is never asked again. */
const retries: Partial<Record<FailureKind, number>> = {
  'provider.rateLimited': 8,
  'provider.server': 5,
  'provider.unreachable': 5,
  'provider.timeout': 1,
};

export interface PaceOptions {
  readonly sleep?: (ms: number, signals: readonly AbortSignal[]) => Promise<void>;
  readonly random?: () => number;
  readonly now?: () => number;
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  /** A provider that asks for a longer wait ends the run instead. */
  readonly longestRetryAfterMs?: number;
}

export interface PaceSignals {
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** Ends waiting, but not a request that is on its way. */
  readonly pausing: AbortSignal;
}

export interface Pace {
  /** Sends, and sends again where that can help; `onTry` is told of each. Throws the last failure, or `cancelled`. */
  run<T>(send: () => Promise<T>, signals: PaceSignals, onTry?: () => void): Promise<T>;
}

/**
 * When requests of one run go out: `Retry-After` is honoured by all workers together, other passing failures wait
 * exponentially longer with jitter, each for itself.
 */
export function createPace(options: PaceOptions = {}): Pace {
  const { random = Math.random, now = Date.now, sleep = sleepUnlessAborted } = options;
  const firstWaitMs = options.firstWaitMs ?? 1000;
  const longestWaitMs = options.longestWaitMs ?? 60_000;
  const longestRetryAfterMs = options.longestRetryAfterMs ?? 10 * 60_000;
  let heldUntilMs = 0;

  async function wait(ms: number, signals: PaceSignals): Promise<void> {
    if (ms > 0) await sleep(ms, [signals.signal, signals.pausing]);
    if (signals.signal.aborted || signals.pausing.aborted) throw new Failure('cancelled', 'Cancelled.');
  }

  return {
    async run(send, signals, onTry) {
      for (let tries = 0; ; tries++) {
        // A random part of a second spreads the workers out after a common wait.
        while (heldUntilMs > now()) await wait(heldUntilMs - now() + random() * Math.min(1000, firstWaitMs), signals);
        if (signals.signal.aborted) throw new Failure('cancelled', 'Cancelled.');
        onTry?.();
        try {
          return await send();
        } catch (error) {
          if (!isFailure(error) || tries >= (retries[error.kind] ?? 0)) throw error;
          const asked = error.details['retryAfterMs'];
          if (typeof asked === 'number') {
            if (asked > longestRetryAfterMs) {
              throw new Failure(error.kind, error.message, { ...error.details, wholeRun: true }, error);
            }
            heldUntilMs = Math.max(heldUntilMs, now() + asked);
          } else {
            const full = Math.min(longestWaitMs, firstWaitMs * 2 ** tries);
            await wait(full / 2 + (random() * full) / 2, signals);
          }
        }
      }
    },
  };
}

/** Resolves after the time, or as soon as one of the signals fires. */
function sleepUnlessAborted(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    if (signals.some((signal) => signal.aborted)) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  });
}
