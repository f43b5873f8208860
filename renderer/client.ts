import type { Answer, Ask, CallName } from '../app/contract/calls.ts';
import type { EventData, EventName } from '../app/contract/events.ts';
import type { Bridge, Downward } from '../app/contract/messages.ts';
import { Failure } from '../app/failure.ts';

export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { done: number; total: number; what: string }) => void;
}

type Waiting = {
  resolve(value: unknown): void;
  reject(failure: Failure): void;
  onProgress: AskOptions['onProgress'];
};

/** Requests and events over a bridge; the only user of `window.bridge`. */
export function createClient(bridge: Bridge) {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Set<(data: unknown) => void>>();
  let lastId = 0;

  bridge.listen((message: Downward) => {
    if (message.type === 'event') {
      for (const listener of listeners.get(message.name) ?? []) listener(message.data);
      return;
    }
    const call = waiting.get(message.id);
    if (!call) return;
    if (message.type === 'progress') {
      call.onProgress?.({ done: message.done, total: message.total, what: message.what });
      return;
    }
    waiting.delete(message.id);
    if (message.result.ok) call.resolve(message.result.value);
    else call.reject(new Failure(message.result.failure.kind, message.result.failure.message, message.result.failure.details));
  });

  return {
    /** Asks the core or the host; rejects with a `Failure`. Aborting the signal cancels the work behind it. */
    ask<Name extends CallName>(name: Name, input: Ask<Name>, options: AskOptions = {}): Promise<Answer<Name>> {
      const id = ++lastId;
      return new Promise<Answer<Name>>((resolve, reject) => {
        if (options.signal?.aborted) {
          reject(new Failure('cancelled', 'Cancelled.'));
          return;
        }
        const cancel = () => bridge.send({ type: 'cancel', id });
        const settle = () => options.signal?.removeEventListener('abort', cancel);
        waiting.set(id, {
          resolve(value) {
            settle();
            resolve(value as Answer<Name>);
          },
          reject(failure) {
            settle();
            reject(failure);
          },
          onProgress: options.onProgress,
        });
        options.signal?.addEventListener('abort', cancel, { once: true });
        bridge.send({ type: 'ask', id, name, input });
      });
    },
    /** Calls the listener for each such event until the returned function is called. */
    onEvent<Name extends EventName>(name: Name, listener: (data: EventData<Name>) => void): () => void {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      const untyped = listener as (data: unknown) => void;
      all.add(untyped);
      return () => all.delete(untyped);
    },
    pathOfDropped: (file: File) => bridge.pathOfDropped(file),
  };
}

export type Client = ReturnType<typeof createClient>;
