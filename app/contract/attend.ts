import { Failure, toFailureRecord } from '../failure.ts';
import type { CallContext, CallName } from './calls.ts';
import { admit } from './door.ts';
import type { Downward } from './messages.ts';

/** What stands behind the door. Both sides get parsed input only; `host` answers the calls of its kind itself. */
export interface Behind {
  host(name: CallName, input: unknown, context: CallContext): Promise<unknown> | unknown;
  core(name: CallName, input: unknown, context: CallContext): Promise<unknown> | unknown;
  send(message: Downward): void;
  /** Every failed request: what was asked and the error itself, whose text never reaches the window. */
  log(entry: { readonly call: string; readonly kind: string; readonly error: unknown }): void;
  /** A fresh controller; the domain has no such global of its own. */
  newAbort(): { readonly signal: CallContext['signal']; abort(): void };
}

export interface Attendant {
  /** Takes one message from the window, whatever it is. Never throws. */
  receive(message: unknown): void;
  /** Cancels everything that is still being answered. */
  close(): void;
}

const mostAtOnce = 1000;

/** Stands at the door for one window: admits, answers, reports progress, cancels, and turns every error into a value. */
export function attend(behind: Behind): Attendant {
  const running = new Map<number, { abort(): void }>();

  async function answer(id: number, name: unknown, input: unknown): Promise<void> {
    const abort = behind.newAbort();
    running.set(id, abort);
    const context: CallContext = {
      signal: abort.signal,
      progress: (done, total, what) => {
        if (running.get(id) === abort) behind.send({ type: 'progress', id, done, total, what });
      },
    };
    try {
      const admitted = admit(name, input);
      const value = await (admitted.by === 'host' ? behind.host : behind.core)(admitted.name, admitted.input, context);
      behind.send({ type: 'reply', id, result: { ok: true, value } });
    } catch (error) {
      const failure = toFailureRecord(error);
      if (failure.kind !== 'cancelled')
        behind.log({ call: typeof name === 'string' ? name.slice(0, 100) : typeof name, kind: failure.kind, error });
      behind.send({ type: 'reply', id, result: { ok: false, failure } });
    } finally {
      running.delete(id);
    }
  }

  return {
    receive(message) {
      if (typeof message !== 'object' || message === null) return;
      const { type, id, name, input } = message as Record<string, unknown>;
      if (typeof id !== 'number' || !Number.isSafeInteger(id)) return;
      if (type === 'cancel') running.get(id)?.abort();
      if (type !== 'ask' || running.has(id)) return;
      if (running.size < mostAtOnce) {
        void answer(id, name, input);
        return;
      }
      const failure = new Failure('ipc.forbidden', `The window asked for more than ${mostAtOnce} things at the same time.`);
      behind.send({ type: 'reply', id, result: { ok: false, failure: failure.toRecord() } });
    },
    close() {
      for (const abort of running.values()) abort.abort();
      running.clear();
    },
  };
}
