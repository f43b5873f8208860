import { Failure } from '../../../app/failure.ts';
import type { PaceSignals } from './pace.ts';

export interface Slots {
  /** Runs the work as soon as one of the slots is free, first come first served. Throws `cancelled` where a signal fires first. */
  run<Result>(work: () => Promise<Result>, signals: PaceSignals): Promise<Result>;
}

/** So many requests at the same time. What is built ahead of them waits here. */
export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  const take = (signals: PaceSignals): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = () => {
        waiting.splice(waiting.indexOf(next), 1);
        forget();
        reject(new Failure('cancelled', 'Cancelled.'));
      };
      const forget = () => {
        for (const signal of [signals.signal, signals.pausing]) signal.removeEventListener('abort', stop);
      };
      const next = () => {
        forget();
        resolve();
      };
      if (signals.signal.aborted || signals.pausing.aborted) {
        reject(new Failure('cancelled', 'Cancelled.'));
        return;
      }
      waiting.push(next);
      for (const signal of [signals.signal, signals.pausing]) signal.addEventListener('abort', stop, { once: true });
      give();
    });
  const give = (): void => {
    while (free > 0 && waiting.length > 0) {
      free--;
      waiting.shift()?.();
    }
  };
  return {
    async run(work, signals) {
      await take(signals);
      try {
        return await work();
      } finally {
        free++;
        give();
      }
    },
  };
}
