import type { FromCore, ToCore } from '../../app/contract/link.ts';
import type { Result } from '../../app/contract/messages.ts';
import { toFailureRecord } from '../../app/failure.ts';
import type { Service } from './service.ts';

export interface HostAnswering {
  /** Takes one message of the host, whatever it is. Never throws. */
  receive(message: Exclude<ToCore, { type: 'close' }>): void;
  /** Cancels everything that is still being answered. */
  close(): void;
}

/** Speaks the core link: answers each message by its id, reports progress, cancels, turns every error into a value. */
export function answerHost(service: Pick<Service, 'handle' | 'grant' | 'lastOutput'>, send: (message: FromCore) => void): HostAnswering {
  const running = new Map<number, AbortController>();

  const reply = async (id: number, work: (abort: AbortController) => Promise<unknown> | unknown): Promise<void> => {
    const abort = new AbortController();
    running.set(id, abort);
    let result: Result;
    try {
      result = { ok: true, value: await work(abort) };
    } catch (error) {
      result = { ok: false, failure: toFailureRecord(error) };
    }
    running.delete(id);
    send({ type: 'reply', id, result });
  };

  return {
    receive(message) {
      if (message.type === 'cancel') {
        running.get(message.id)?.abort();
      } else if (message.type === 'ask') {
        const { id, name, input } = message;
        void reply(id, ({ signal }) =>
          service.handle(name, input, {
            signal,
            progress: (done, total, what) => {
              if (running.has(id)) send({ type: 'progress', id, done, total, what });
            },
          }),
        );
      } else if (message.type === 'grant') {
        void reply(message.id, () => service.grant(message.path, message.purpose));
      } else if (message.type === 'lastOutput') {
        void reply(message.id, () => ({ path: service.lastOutput(message.sessionId) }));
      }
    },
    close() {
      for (const abort of running.values()) abort.abort();
      running.clear();
    },
  };
}
