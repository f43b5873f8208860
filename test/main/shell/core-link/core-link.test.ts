import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CallContext } from '../../../../app/contract/calls.ts';
import type { FromCore, ToCore } from '../../../../app/contract/link.ts';
import type { CoreProcess } from '../../../../main/shell/core-link/core-process.ts';

vi.mock('electron', () => ({ utilityProcess: { fork: () => ({ isUtility: true }) } }));
const { createCoreLink } = await import('../../../../main/shell/core-link/core-link.ts');
const { startAsFork } = await import('../../../../main/shell/core-link/forked-process.ts');
const { chooseCore } = await import('../../../../main/shell/core-link/choose.ts');

const childCore = fileURLToPath(new URL('./child-core.mjs', import.meta.url));
const options = { dataFolder: '/data', assetsFolder: '/assets', version: '1.2.3' };
const context = (over: Partial<CallContext> = {}): CallContext => ({
  signal: new AbortController().signal,
  progress: () => undefined,
  ...over,
});

describe('a core in a process of its own', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((link) => link.close()));
  });

  function real() {
    const events: string[] = [];
    const lines: string[] = [];
    const crashes: unknown[] = [];
    const link = createCoreLink({
      start: startAsFork(process.execPath, childCore, options),
      onEvent: ({ name }) => events.push(name),
      onLine: (line) => lines.push(line),
      onCrash: (code, again) => crashes.push([code, again]),
    });
    open.push(link);
    return { link, events, lines, crashes };
  }

  test('gets its options and answers, with progress, events and typed arrays as they are', async () => {
    const { link, events } = real();
    const progress: unknown[] = [];
    const input = { array: new Float32Array([1, 2]), big: 2n ** 60n, map: new Map([['a', 1]]) };
    const answer = await link.ask('echo', input, context({ progress: (...words) => progress.push(words) }));
    expect(answer).toEqual({ options, input });
    expect(progress).toEqual([[1, 2, 'echoing']]);
    expect(events).toEqual(['library.changed']);
  });

  test('grants folders and tells the last output', async () => {
    const { link } = real();
    expect(await link.grant('/a', 'analyzer')).toEqual({ grant: 'token:/a', name: 'a', display: '/a' });
    expect(await link.lastOutput('s')).toEqual({ path: 's' });
  });

  test('its failures keep their kind, sentence and details', async () => {
    const { link } = real();
    await expect(link.ask('fail', {}, context())).rejects.toMatchObject({
      kind: 'analyzer.damaged',
      message: 'Cut short.',
      details: { file: 'x.npy' },
    });
  });

  test('cancelling reaches it', async () => {
    const { link } = real();
    const abort = new AbortController();
    const asked = link.ask('never', {}, context({ signal: abort.signal }));
    await link.ready();
    abort.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('a crash fails what was asked in one sentence, and the next request finds it running again', async () => {
    const { link, events, crashes, lines } = real();
    await expect(link.ask('crash', {}, context())).rejects.toMatchObject({ kind: 'bug', details: { exitCode: 7 } });
    expect(crashes).toEqual([[7, true]]);
    expect(await link.ask('echo', 1, context())).toMatchObject({ input: 1 });
    expect(events).toEqual(['core.restarted', 'library.changed']);
    expect(lines).toEqual(['falling over']);
  });

  test('closing lets it finish; later requests are refused', async () => {
    const { link, crashes } = real();
    await link.ready();
    await link.close();
    expect(crashes).toEqual([]);
    await expect(link.ask('echo', 1, context())).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

/** A process that does what the test says. */
function scripted() {
  const started: { sent: ToCore[]; say(message: FromCore): void; exit(code: number | null): void; killed: boolean }[] = [];
  const start = (): CoreProcess => {
    let onMessage: (message: FromCore) => void = () => undefined;
    let onExit: (code: number | null) => void = () => undefined;
    const one = {
      sent: [] as ToCore[],
      say: (message: FromCore) => onMessage(message),
      exit: (code: number | null) => onExit(code),
      killed: false,
    };
    started.push(one);
    return {
      send: (message) => one.sent.push(message),
      onMessage: (listener) => {
        onMessage = listener;
      },
      onExit: (listener) => {
        onExit = listener;
      },
      onLine: () => undefined,
      kill: () => {
        one.killed = true;
      },
    };
  };
  return { start, started };
}

describe('a core that does not stay', () => {
  const quiet = { onEvent: () => undefined, onLine: () => undefined };

  test('requests made before it is ready wait in order', () => {
    const { start, started } = scripted();
    const link = createCoreLink({ ...quiet, start, onCrash: () => undefined });
    void link.ask('one', {}, context());
    void link.ask('two', {}, context());
    expect(started[0].sent).toEqual([]);
    started[0].say({ type: 'ready' });
    expect(started[0].sent.map((message) => (message as { name: string }).name)).toEqual(['one', 'two']);
  });

  test('one that says why it can’t start is not started again', async () => {
    const { start, started } = scripted();
    const link = createCoreLink({ ...quiet, start, onCrash: () => undefined });
    const asked = link.ask('one', {}, context());
    started[0].say({ type: 'failed', failure: { kind: 'storage.newer', message: 'The database is from a newer Samecell.', details: {} } });
    started[0].exit(1);
    await expect(link.ready()).rejects.toMatchObject({ kind: 'storage.newer' });
    await expect(asked).rejects.toMatchObject({ kind: 'storage.newer' });
    await expect(link.ask('two', {}, context())).rejects.toMatchObject({ kind: 'storage.newer' });
    expect(started).toHaveLength(1);
  });

  test('one that keeps falling over within a minute is given up, one an hour later is not', async () => {
    const { start, started } = scripted();
    let time = 0;
    const crashes: boolean[] = [];
    const link = createCoreLink({ ...quiet, start, onCrash: (_code, again) => crashes.push(again), now: () => time });
    for (let hour = 0; hour < 6; hour++) {
      time = hour * 3_600_000;
      started.at(-1)!.exit(1);
    }
    expect(crashes).toEqual([true, true, true, true, true, true]);
    for (let crash = 0; crash < 3; crash++) started.at(-1)!.exit(1);
    expect(crashes.at(-1)).toBe(false);
    await expect(link.ready()).rejects.toMatchObject({ kind: 'bug' });
  });

  test('an answer of a process that is gone is not taken for one of its successor', async () => {
    const { start, started } = scripted();
    const link = createCoreLink({ ...quiet, start, onCrash: () => undefined });
    started[0].say({ type: 'ready' });
    started[0].exit(1);
    const asked = link.ask('one', {}, context());
    started[1].say({ type: 'ready' });
    const { id } = started[1].sent[0] as { id: number };
    started[0].say({ type: 'reply', id, result: { ok: true, value: 'old' } });
    started[1].say({ type: 'reply', id, result: { ok: true, value: 'new' } });
    expect(await asked).toBe('new');
  });
});

describe('how the core is started', () => {
  const env = { SAMECELL_CORE_NODE: process.execPath };
  const isUtility = (start: { packaged: boolean; env: NodeJS.ProcessEnv; nodeVersion: string }) => {
    const started = chooseCore('/app/core.js', options, start);
    return String(started).includes('utilityProcess') || String(started).includes('serviceName');
  };

  test('as Electron’s utilityProcess unless told otherwise', () => {
    expect(isUtility({ packaged: true, env: {}, nodeVersion: '24.0.0' })).toBe(true);
    expect(isUtility({ packaged: false, env: {}, nodeVersion: '24.0.0' })).toBe(true);
  });

  test('with a named Node in a clone', () => {
    expect(isUtility({ packaged: false, env, nodeVersion: '24.0.0' })).toBe(false);
  });

  test('an installed copy does not run a program that a variable names', () => {
    expect(isUtility({ packaged: true, env, nodeVersion: '24.0.0' })).toBe(true);
    expect(isUtility({ packaged: true, env, nodeVersion: '16.17.1' })).toBe(false);
  });
});
