import { Failure } from '../../../app/failure.ts';

export interface BudgetLimits {
  readonly limitUsd?: number | undefined;
  readonly limitCalls?: number | undefined;
}

export interface Budget {
  /**
   * Before a request: waits while what is on its way could reach the limit, then counts it in. Throws `provider.quota`
   * (`wholeRun`) once the limit is reached. Call the result with what it cost, also where it failed.
   */
  admit(expectedUsd: number | null, signal: AbortSignal): Promise<(costUsd: number | null) => void>;
}

/** What a run meets at its own limit (`at`, in words): it stops, and the rest is left out. */
export function limitReached(at: string, details: Readonly<Record<string, number>>): Failure {
  const message = `The run stopped at its limit of ${at}. Raise the limit to go on.`;
  return new Failure('provider.quota', message, { ...details, wholeRun: true, skip: 'limit' });
}

function refuseBeyond({ limitUsd, limitCalls }: BudgetLimits, { usd, calls }: { readonly usd: number; readonly calls: number }): void {
  if (limitUsd !== undefined && usd >= limitUsd)
    throw limitReached(`${limitUsd} USD (${usd.toFixed(4)} USD spent)`, { limitUsd, spentUsd: usd });
  if (limitCalls !== undefined && calls >= limitCalls) throw limitReached(`${limitCalls} requests`, { limitCalls, calls });
}

/**
 * Keeps a run within so many USD and so many requests, counting what was spent before. Requests on their way count with the
 * mean of those that came back, or with what was expected of them; so the limit is exceeded by one answer at most.
 */
export function createBudget(limits: BudgetLimits, spent: { readonly usd: number; readonly calls: number }): Budget {
  let { usd, calls } = spent;
  let answered = 0;
  let answeredUsd = 0;
  let onTheirWay = 0;
  let waiting: (() => void)[] = [];

  const mayExceed = (expectedUsd: number | null): boolean => {
    if (onTheirWay === 0) return false;
    const each = answered > 0 ? answeredUsd / answered : (expectedUsd ?? 0);
    return limits.limitUsd !== undefined && usd + onTheirWay * each >= limits.limitUsd;
  };

  return {
    async admit(expectedUsd, signal) {
      for (;;) {
        if (signal.aborted) throw new Failure('cancelled', 'Cancelled.');
        refuseBeyond(limits, { usd, calls });
        if (!mayExceed(expectedUsd)) break;
        await new Promise<void>((resolve) => {
          const go = () => {
            signal.removeEventListener('abort', go);
            resolve();
          };
          signal.addEventListener('abort', go, { once: true });
          waiting.push(go);
        });
      }
      onTheirWay++;
      calls++;
      return (costUsd) => {
        onTheirWay--;
        if (costUsd !== null) {
          usd += costUsd;
          answered++;
          answeredUsd += costUsd;
        }
        const woken = waiting;
        waiting = [];
        for (const go of woken) go();
      };
    },
  };
}
