import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attend, type Behind } from '../../../app/contract/attend.ts';
import { calls } from '../../../app/contract/calls.ts';
import type { Downward } from '../../../app/contract/messages.ts';
import { Failure } from '../../../app/failure.ts';

function door(over: Partial<Behind> = {}) {
  const sent: Downward[] = [];
  const logged: { call: string; kind: string; error: unknown }[] = [];
  const seen: { by: string; name: string; input: unknown }[] = [];
  const attendant = attend({
    host: (name, input) => {
      seen.push({ by: 'host', name, input });
      return {};
    },
    core: (name, input) => {
      seen.push({ by: 'core', name, input });
      return { groups: [] };
    },
    send: (message) => sent.push(message),
    log: (entry) => logged.push(entry),
    newAbort: () => new AbortController(),
    ...over,
  });
  return { attendant, sent, logged, seen };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const ask = (name: unknown, input: unknown, id = 1) => ({ type: 'ask', id, name, input });

describe('the door', () => {
  test('sends host calls to the host and the rest to the core', async () => {
    const { attendant, seen, sent } = door();
    attendant.receive(ask('app.showLog', {}));
    attendant.receive(ask('group.list', { sessionId: 's' }, 2));
    await settle();
    expect(seen.map((one) => `${one.by} ${one.name}`)).toEqual(['host app.showLog', 'core group.list']);
    expect(sent).toEqual([
      { type: 'reply', id: 1, result: { ok: true, value: {} } },
      { type: 'reply', id: 2, result: { ok: true, value: { groups: [] } } },
    ]);
  });

  test.each([
    ['a name that does not exist', 'vault.getKey', {}],
    ['an inherited name', 'toString', {}],
    ['a name that is no text', { toString: (): string => 'app.state' }, {}],
    ['the prototype', '__proto__', {}],
  ])('refuses %s', async (_, name, input) => {
    const { attendant, seen, sent, logged } = door();
    attendant.receive(ask(name, input));
    await settle();
    expect(seen).toEqual([]);
    expect(sent).toMatchObject([{ type: 'reply', id: 1, result: { ok: false, failure: { kind: 'ipc.forbidden' } } }]);
    expect(logged).toHaveLength(1);
  });

  test('refuses a wrong shape and names the field', async () => {
    const { attendant, seen, sent } = door();
    attendant.receive(ask('review.decide', { sessionId: 's', groupId: 'g', decision: 'maybe' }));
    await settle();
    expect(seen).toEqual([]);
    expect(sent).toMatchObject([{ result: { ok: false, failure: { kind: 'ipc.invalid', details: { field: 'decision' } } } }]);
  });

  test('an unexpected error reaches the window as a bug without any text of its own, and the log in full', async () => {
    const secret = 'sk-canary-000 at /home/someone/.keys';
    const { attendant, sent, logged } = door({
      core: () => {
        throw new Error(secret);
      },
    });
    attendant.receive(ask('group.list', { sessionId: 's' }));
    await settle();
    expect(JSON.stringify(sent)).not.toContain('canary');
    expect(JSON.stringify(sent)).not.toContain('/home');
    expect(sent).toMatchObject([{ result: { ok: false, failure: { kind: 'bug' } } }]);
    expect((logged[0].error as Error).message).toBe(secret);
  });

  test('a Failure keeps its sentence and its details', async () => {
    const { attendant, sent } = door({
      core: () => Promise.reject(new Failure('analyzer.damaged', 'The file templates.npy is cut short.', { file: 'templates.npy' })),
    });
    attendant.receive(ask('group.list', { sessionId: 's' }));
    await settle();
    expect(sent).toMatchObject([
      {
        result: {
          failure: { kind: 'analyzer.damaged', message: 'The file templates.npy is cut short.', details: { file: 'templates.npy' } },
        },
      },
    ]);
  });

  test('cancel aborts the work, and progress stops with the answer', async () => {
    let report: ((done: number, total: number, what: string) => void) | undefined;
    const { attendant, sent } = door({
      core: (_name, _input, context) =>
        new Promise((_resolve, reject) => {
          report = context.progress;
          context.progress(1, 4, 'reading');
          context.signal.addEventListener('abort', () => reject(new Failure('cancelled', 'Cancelled.')), { once: true });
        }),
    });
    attendant.receive(ask('group.list', { sessionId: 's' }, 7));
    attendant.receive({ type: 'cancel', id: 7 });
    await settle();
    report?.(2, 4, 'late');
    expect(sent).toEqual([
      { type: 'progress', id: 7, done: 1, total: 4, what: 'reading' },
      { type: 'reply', id: 7, result: { ok: false, failure: { kind: 'cancelled', message: 'Cancelled.', details: {} } } },
    ]);
  });

  test('closing cancels what still runs', async () => {
    let aborted = false;
    const { attendant } = door({
      core: (_name, _input, context) => new Promise(() => context.signal.addEventListener('abort', () => (aborted = true), { once: true })),
    });
    attendant.receive(ask('group.list', { sessionId: 's' }));
    attendant.close();
    expect(aborted).toBe(true);
  });

  test('no junk ever reaches a handler, and none makes it throw', async () => {
    const names = Object.keys(calls);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.anything(),
          fc.record({ type: fc.constantFrom('ask', 'cancel', 'event'), id: fc.anything(), name: fc.anything(), input: fc.anything() }),
          fc.record({ type: fc.constant('ask'), id: fc.integer(), name: fc.constantFrom(...names), input: fc.anything() }),
        ),
        async (junk) => {
          const { attendant, seen } = door();
          attendant.receive(junk);
          await Promise.resolve();
          for (const one of seen) {
            const shape = calls[one.name as keyof typeof calls].input;
            expect(shape.safeParse(one.input).success).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
