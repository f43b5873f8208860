import { create } from 'zustand';
import { Failure, type FailureRecord, isFailure } from '../../app/failure.ts';

export interface Announced {
  readonly key: number;
  readonly failure: FailureRecord;
}

interface Failures {
  readonly announced: readonly Announced[];
  dismiss(key: number): void;
}

let lastKey = 0;

/** Failures that no panel shows; the same sentence twice in a row stands once. */
export const useFailures = create<Failures>((set) => ({
  announced: [],
  dismiss: (key) => set((state) => ({ announced: state.announced.filter((one) => one.key !== key) })),
}));

/** Shows a failure at the edge of the window until it is dismissed. Cancelling is no failure. */
export function announceFailure(error: unknown): void {
  const failure = isFailure(error)
    ? error.toRecord()
    : new Failure('bug', 'Something in this window went wrong. Reload it to go on.').toRecord();
  if (failure.kind === 'cancelled') return;
  useFailures.setState((state) => {
    const others = state.announced.filter((one) => one.failure.message !== failure.message);
    lastKey += 1;
    return { announced: [...others.slice(-3), { key: lastKey, failure }] };
  });
}
