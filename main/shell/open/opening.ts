import type { Granted } from '../../../app/contract/link.ts';
import { toFailureRecord } from '../../../app/failure.ts';

/** Folders that came from outside: arguments, a second start, the system. All end as grants. */
export interface Opening {
  /** Before the page asks for the state; later ones come to it as events. */
  open(path: string): void;
  /** What the window is to open when it starts: a grant, or why there is none. Handed out once. */
  atStart(): Promise<{ openAtStart?: string; startProblem?: string }>;
}

export function createOpening(options: {
  grant(path: string): Promise<Granted>;
  onArrived(granted: Granted): void;
  onProblem(message: string): void;
}): Opening {
  let first: Promise<{ openAtStart?: string; startProblem?: string }> | undefined;
  let isRunning = false;

  return {
    open(path) {
      const granting = options.grant(path);
      if (isRunning) {
        granting.then(options.onArrived, (error: unknown) => options.onProblem(toFailureRecord(error).message));
        return;
      }
      first = granting.then(
        (granted) => ({ openAtStart: granted.grant }),
        (error: unknown) => ({ startProblem: toFailureRecord(error).message }),
      );
    },
    async atStart() {
      isRunning = true;
      const found = (await first) ?? {};
      first = undefined;
      return found;
    },
  };
}
