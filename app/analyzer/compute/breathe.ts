import { throwIfCancelled } from '../../failure.ts';

/** How long a loop may hold the thread before messages (a cancel among them) get a turn. */
const holdMs = 12;

/**
 * Lets a long loop be cancelled: call it often. It returns `undefined` at once while the loop has held the thread for
 * less than 12 ms; otherwise a promise that resolves after the host's event loop had a turn and rejects with `cancelled`
 * once the signal has fired. Write `const turn = breathe(); if (turn) await turn;` in hot loops.
 */
export function createBreather(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  throwIfCancelled(signal);
  let since = Date.now();
  return () => {
    if (Date.now() - since < holdMs) return undefined;
    return turnOfTheEventLoop().then(() => {
      throwIfCancelled(signal);
      since = Date.now();
    });
  };
}

function turnOfTheEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    // Node makes the event of a channel with its whole fetch library: loading that takes longer than many a search.
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(0);
  });
}
