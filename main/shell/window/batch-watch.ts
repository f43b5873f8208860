import type { BatchRow } from '../../../app/contract/calls.ts';
import type { Downward } from '../../../app/contract/messages.ts';

export interface BatchStanding {
  readonly running: boolean;
  /** 0 to 1 over every running batch. */
  readonly fraction: number;
  readonly left: number;
}

/**
 * Follows the runs of judges from the core's hints, so that the taskbar shows how far they are and closing asks first.
 * `list` is the core's own answer; hints that come while it is being asked count as one more.
 */
export function watchBatches(list: (sessionId: string) => Promise<readonly BatchRow[]>, onChange: (standing: BatchStanding) => void) {
  const rows = new Map<string, readonly BatchRow[]>();
  const asking = new Set<string>();
  const again = new Set<string>();
  let standing: BatchStanding = { running: false, fraction: 0, left: 0 };

  async function refresh(sessionId: string): Promise<void> {
    if (asking.has(sessionId)) {
      again.add(sessionId);
      return;
    }
    asking.add(sessionId);
    try {
      do {
        again.delete(sessionId);
        rows.set(
          sessionId,
          (await list(sessionId)).filter((row) => row.state === 'running'),
        );
      } while (again.has(sessionId));
    } catch {
      rows.delete(sessionId);
    } finally {
      asking.delete(sessionId);
    }
    const running = [...rows.values()].flat();
    const total = running.reduce((sum, row) => sum + row.total, 0);
    const done = running.reduce((sum, row) => sum + row.done + row.failed + row.skipped, 0);
    standing = { running: running.length > 0, fraction: total > 0 ? done / total : 0, left: total - done };
    onChange(standing);
  }

  return {
    see(message: Extract<Downward, { type: 'event' }>): void {
      if (message.name !== 'batch.progressed' && message.name !== 'batch.finished') return;
      const { sessionId } = message.data as { sessionId: string };
      void refresh(sessionId);
    },
    standing: () => standing,
  };
}
