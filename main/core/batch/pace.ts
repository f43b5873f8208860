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
  /** Requests a second at most, or `undefined` while nothing limits them. */
  readonly perSecond: number | undefined;
  /** Sends, and sends again where that can help; `onTry` is told of each. Throws the last failure, or `cancelled`. */
  run<T>(send: () => Promise<T>, signals: PaceSignals, onTry?: () => void): Promise<T>;
}

/** A slow-down counts once for all requests that were under way; the next one counts this much later. */
const slowDownEveryMs = 1000;
/** Over this long it is looked how fast requests went out before a slow-down. */
const lookBackMs = 10_000;
const leastPerS = 0.5;
/** How much of the speed is left after a slow-down, and how it grows with every answer. */
const slowDown = 0.7;
const speedUp = 1.03;

/**
 * When requests to one provider go out. They go freely until it asks to slow down (429); from then on they take tokens from a
 * bucket that fills at a share of the speed before, slower with each 429 and faster with each answer. `Retry-After` is
 * honoured by all workers together, other passing failures wait exponentially longer with jitter, each for itself.
 */
export function createPace(options: PaceOptions = {}): Pace {
  const { random = Math.random, now = Date.now, sleep = sleepUnlessAborted } = options;
  const firstWaitMs = options.firstWaitMs ?? 1000;
  const longestWaitMs = options.longestWaitMs ?? 60_000;
  const longestRetryAfterMs = options.longestRetryAfterMs ?? 10 * 60_000;
  let heldUntilMs = 0;
  let sentAtMs: number[] = [];
  let perS: number | undefined;
  let tokens = 0;
  let filledAtMs = 0;
  let slowedAtMs = Number.NEGATIVE_INFINITY;

  function slow(): void {
    const nowMs = now();
    if (nowMs - slowedAtMs < slowDownEveryMs) return;
    slowedAtMs = nowMs;
    const recent = sentAtMs.filter((at) => nowMs - at <= lookBackMs);
    const overMs = Math.max(1000, Math.min(lookBackMs, nowMs - (recent[0] ?? nowMs)));
    const measured = (1000 * recent.length) / overMs;
    perS = Math.max(leastPerS, slowDown * Math.min(perS ?? measured, measured));
    tokens = Math.min(1, perS);
    filledAtMs = nowMs;
  }

  /** Takes a token, or says how long until there is one. */
  function take(): number {
    const nowMs = now();
    if (perS === undefined) {
      sentAtMs.push(nowMs);
      if (sentAtMs.length > 2000) sentAtMs = sentAtMs.slice(-1000);
      return 0;
    }
    tokens = Math.min(Math.max(2, perS), tokens + ((nowMs - filledAtMs) / 1000) * perS);
    filledAtMs = nowMs;
    if (tokens < 1) return Math.ceil(((1 - tokens) / perS) * 1000);
    tokens -= 1;
    sentAtMs.push(nowMs);
    if (sentAtMs.length > 2000) sentAtMs = sentAtMs.slice(-1000);
    return 0;
  }

  async function wait(ms: number, signals: PaceSignals): Promise<void> {
    if (ms > 0) await sleep(ms, [signals.signal, signals.pausing]);
    if (signals.signal.aborted || signals.pausing.aborted) throw new Failure('cancelled', 'Cancelled.');
  }

  return {
    get perSecond() {
      return perS;
    },
    async run(send, signals, onTry) {
      for (let tries = 0; ; tries++) {
        // A random part of a second spreads the workers out after a common wait.
        for (;;) {
          if (heldUntilMs > now()) {
            await wait(heldUntilMs - now() + random() * Math.min(1000, firstWaitMs), signals);
            continue;
          }
          const untilTokenMs = take();
          if (untilTokenMs === 0) break;
          await wait(untilTokenMs, signals);
        }
        if (signals.signal.aborted) throw new Failure('cancelled', 'Cancelled.');
        onTry?.();
        try {
          const result = await send();
          if (perS !== undefined) perS *= speedUp;
          return result;
        } catch (error) {
          if (isFailure(error, 'provider.rateLimited')) slow();
          if (!isFailure(error) || error.details['wholeRun'] === true || tries >= (retries[error.kind] ?? 0)) throw error;
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
