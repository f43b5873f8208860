import { onTestFinished, vi } from 'vitest';

/**
 * A signal that fires in the middle of a loop, however fast the machine: each look at the time finds the thread held too long, so
 * that the loop lets others have their turn, and at the look of that number (from 1) the signal fires.
 */
export function stopAtLook(lookNumber: number): AbortSignal {
  const stop = new AbortController();
  let looks = 0;
  const now = vi.spyOn(Date, 'now').mockImplementation(() => {
    looks += 1;
    if (looks === lookNumber) stop.abort();
    return looks * 1000;
  });
  onTestFinished(() => now.mockRestore());
  return stop.signal;
}
