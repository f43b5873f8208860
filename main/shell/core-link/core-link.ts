import type { CallContext } from '../../../app/contract/calls.ts';
import type { FromCore, Granted, ToCore } from '../../../app/contract/link.ts';
import type { Downward } from '../../../app/contract/messages.ts';
import { Failure, type FailureRecord, toFailureRecord } from '../../../app/failure.ts';
import type { CoreProcess, StartCore } from './core-process.ts';

export interface CoreLink {
  /** Asks the core on behalf of a window; rejects with a `Failure`, also when the core ends meanwhile. */
  ask(name: string, input: unknown, context: CallContext): Promise<unknown>;
  grant(path: string, purpose: 'analyzer' | 'output' | 'recording'): Promise<Granted>;
  lastOutput(sessionId: string): Promise<{ path: string | undefined }>;
  /** Resolves when the core answers calls, rejects with the `Failure` that keeps it from starting. */
  ready(): Promise<void>;
  /** Lets the core finish and end. */
  close(): Promise<void>;
}

export interface CoreLinkOptions {
  readonly start: StartCore;
  onEvent(message: Extract<Downward, { type: 'event' }>): void;
  onLine(line: string): void;
  /** The core ended by itself. `again` says whether it is being started again. */
  onCrash(code: number | null, again: boolean): void;
  readonly now?: () => number;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(failure: Failure): void;
  readonly context: CallContext | undefined;
}

const mostCrashes = 3;
const crashWindowMs = 60_000;
const closeWithinMs = 5000;

/** Keeps one core running: starts it, passes messages, and starts it again when it crashes (thrice a minute at most). */
export function createCoreLink(options: CoreLinkOptions): CoreLink {
  const now = options.now ?? Date.now;
  const waiting = new Map<number, Waiting>();
  const crashes: number[] = [];
  let lastId = 0;
  let running: CoreProcess;
  let queue: ToCore[] = [];
  let isReady = false;
  let wasReady = false;
  let closing: (() => void) | undefined;
  let closed: Promise<void> | undefined;
  let broken: Failure | undefined;
  let settleReady: { resolve(): void; reject(failure: Failure): void };
  const readiness = new Promise<void>((resolve, reject) => {
    settleReady = { resolve, reject };
  });
  readiness.catch(() => undefined);

  function failAll(failure: Failure): void {
    const all = [...waiting.values()];
    waiting.clear();
    queue = [];
    for (const one of all) one.reject(failure);
  }

  function giveUp(failure: Failure): void {
    broken = failure;
    settleReady.reject(failure);
    failAll(failure);
  }

  function receive(message: FromCore): void {
    switch (message.type) {
      case 'ready':
        isReady = true;
        for (const one of queue) running.send(one);
        queue = [];
        if (wasReady) options.onEvent({ type: 'event', name: 'core.restarted', data: {} });
        wasReady = true;
        settleReady.resolve();
        return;
      case 'failed':
        giveUp(asFailure(message.failure));
        return;
      case 'event':
        options.onEvent(message);
        return;
      case 'progress':
        waiting.get(message.id)?.context?.progress(message.done, message.total, message.what);
        return;
      case 'reply': {
        const one = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.result.ok) one?.resolve(message.result.value);
        else one?.reject(asFailure(message.result.failure));
        return;
      }
    }
  }

  function start(): void {
    const process = options.start();
    running = process;
    isReady = false;
    process.onLine(options.onLine);
    process.onMessage((message) => {
      if (process === running) receive(message);
    });
    process.onExit((code) => {
      if (process !== running) return;
      if (closing) {
        failAll(new Failure('cancelled', 'Samecell is closing.'));
        closing();
        return;
      }
      if (broken) return;
      const time = now();
      crashes.push(time);
      while (crashes.length > 0 && !(time - crashes[0] < crashWindowMs)) crashes.shift();
      if (crashes.length > mostCrashes) {
        options.onCrash(code, false);
        giveUp(
          new Failure(
            'bug',
            `The part of Samecell that reads and computes stopped ${crashes.length} times within a minute. The log says more.`,
            {
              exitCode: code,
            },
          ),
        );
        return;
      }
      options.onCrash(code, true);
      failAll(
        new Failure(
          'bug',
          'The part of Samecell that reads and computes stopped unexpectedly. It was started again: please try once more.',
          {
            exitCode: code,
          },
        ),
      );
      start();
    });
  }

  function request(make: (id: number) => ToCore, context?: CallContext): Promise<unknown> {
    if (broken) return Promise.reject(broken);
    if (closing) return Promise.reject(new Failure('cancelled', 'Samecell is closing.'));
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const cancel = () => say({ type: 'cancel', id });
      const settle = () => context?.signal.removeEventListener('abort', cancel);
      waiting.set(id, {
        context,
        resolve(value) {
          settle();
          resolve(value);
        },
        reject(failure) {
          settle();
          reject(failure);
        },
      });
      context?.signal.addEventListener('abort', cancel, { once: true });
      try {
        say(make(id));
      } catch (error) {
        waiting.delete(id);
        settle();
        reject(new Failure('bug', toFailureRecord(error).message, {}, error));
      }
    });
  }

  function say(message: ToCore): void {
    if (isReady) running.send(message);
    else queue.push(message);
  }

  start();
  return {
    ask: (name, input, context) => request((id) => ({ type: 'ask', id, name, input }), context),
    grant: (path, purpose) => request((id) => ({ type: 'grant', id, path, purpose })) as Promise<Granted>,
    lastOutput: (sessionId) => request((id) => ({ type: 'lastOutput', id, sessionId })) as Promise<{ path: string | undefined }>,
    ready: () => readiness,
    close() {
      closed ??= new Promise<void>((resolve) => {
        if (broken) {
          running.kill();
          resolve();
          return;
        }
        const timer = setTimeout(() => running.kill(), closeWithinMs);
        closing = () => {
          clearTimeout(timer);
          resolve();
        };
        running.send({ type: 'close' });
      });
      return closed;
    },
  };
}

function asFailure(record: FailureRecord): Failure {
  return new Failure(record.kind, record.message, record.details);
}
