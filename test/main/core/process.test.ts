import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { FromCore, ToCore } from '../../../app/contract/link.ts';
import { root, splits } from './support/open-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

// Each starts whole processes: a busy machine needs its time.
vi.setConfig({ testTimeout: 120_000 });

function startCore(dataFolder: string) {
  const options = { dataFolder, assetsFolder: join(root, 'assets'), version: '0.0.0' };
  const child: ChildProcess = fork(join(root, 'main', 'core', 'process.ts'), [JSON.stringify(options)], {
    serialization: 'advanced',
    silent: true,
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const heard: FromCore[] = [];
  child.on('message', (message) => heard.push(message as FromCore));
  let lastId = 0;
  const until = async <Type extends FromCore['type']>(type: Type, fits: (message: FromCore & { type: Type }) => boolean = () => true) => {
    const find = () => heard.find((message) => message.type === type && fits(message as FromCore & { type: Type }));
    await expect.poll(find, { timeout: 15_000, interval: 5 }).toBeDefined();
    return find() as FromCore & { type: Type };
  };
  const send = (message: ToCore) => child.send(message);
  const ask = async (name: string, input: unknown) => {
    lastId += 1;
    const id = lastId;
    send({ type: 'ask', id, name, input });
    return (await until('reply', (message) => message.id === id)).result;
  };
  return { child, heard, until, send, ask };
}

test('the core answers over a fork: grants, calls, typed arrays, progress, events, and closes', async () => {
  const { child, until, send, ask, heard } = startCore(temporaryFolder());
  // Said before it is ready: it waits.
  send({ type: 'grant', id: 1000, path: splits, purpose: 'analyzer' });
  await until('ready');
  const granted = await until('reply', (message) => message.id === 1000);
  const { grant } = (granted.result as { value: { grant: string } }).value;
  const opened = (await ask('analyzer.open', { grant })) as { ok: true; value: { session: { sessionId: string } } };
  const { sessionId } = opened.value.session;
  const found = (await ask('candidates.find', { sessionId, steps: ['template_similarity'], resolveGraph: false })) as {
    value: { groups: { groupId: string }[] };
  };
  const picture = (await ask('plot.picture', { groupId: found.value.groups[0].groupId, feature: 'waveform_single' })) as {
    value: { bytes: Uint8Array };
  };
  expect(picture.value.bytes).toBeInstanceOf(Uint8Array);
  expect([...picture.value.bytes.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  expect(heard.some((message) => message.type === 'event' && message.name === 'groups.changed')).toBe(true);
  expect(heard.some((message) => message.type === 'progress')).toBe(true);
  expect(await ask('nonsense', {})).toMatchObject({ ok: false, failure: { kind: 'ipc.forbidden' } });
  send({ type: 'lastOutput', id: 1001, sessionId });
  expect((await until('reply', (message) => message.id === 1001)).result).toEqual({ ok: true, value: { path: undefined } });
  const ended = once(child, 'exit');
  send({ type: 'close' });
  await until('closed');
  expect((await ended)[0]).toBe(0);
});

test('a call is cancelled by its id', async () => {
  const { until, send, ask } = startCore(temporaryFolder());
  await until('ready');
  const { value } = (await ask('grant.demo', {})) as { value: { grant: string } };
  send({ type: 'ask', id: 500, name: 'analyzer.open', input: { grant: value.grant } });
  send({ type: 'cancel', id: 500 });
  expect((await until('reply', (message) => message.id === 500)).result).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
});

test('a data folder that can not be used is said, and the process ends', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const { child, until } = startCore(file);
  const ended = once(child, 'exit');
  const { failure } = await until('failed');
  expect(failure).toMatchObject({ kind: 'storage.unavailable', details: { folder: file } });
  expect((await ended)[0]).toBe(1);
});

test('the core ends when its host goes away', async () => {
  const { child, until } = startCore(temporaryFolder());
  await until('ready');
  const ended = once(child, 'exit');
  child.disconnect();
  expect((await ended)[0]).toBe(0);
});
