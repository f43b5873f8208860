import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Downward } from '../../../app/contract/messages.ts';
import { decodeMessage, encodeMessage } from '../../../app/contract/wire.ts';
import { type Served, serve } from '../../../main/headless/serve.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const analyzer = join(root, 'test', 'fixtures', 'analyzers', 'tutorial');
let folder: string;
let served: Served;
let address: URL;
let token: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'samecell-serve-'));
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'page', 'index.html'), '<meta name="style-nonce" content="__STYLE_NONCE__">');
  writeFileSync(join(folder, 'page', 'assets', 'x.js'), 'export {}');
  writeFileSync(join(folder, 'outside.html'), 'outside');
  served = await serve({
    analyzer,
    dataFolder: join(folder, 'data'),
    assetsFolder: join(root, 'assets'),
    version: '1.2.3',
    pageFolder: join(folder, 'page'),
  });
  address = new URL(served.url);
  token = new URLSearchParams(address.hash.slice(1)).get('token')!;
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: address.port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

interface Line {
  ask(name: string, input: unknown): Promise<Extract<Downward, { type: 'reply' }>['result']>;
  readonly socket: WebSocket;
  readonly events: string[];
}

function connect(over: { token?: string; origin?: string | undefined; host?: string; path?: string } = {}): Promise<Line> {
  const socket = new WebSocket(`ws://127.0.0.1:${address.port}${over.path ?? '/bridge'}`, ['samecell.1', `token.${over.token ?? token}`], {
    ...('origin' in over ? (over.origin === undefined ? {} : { origin: over.origin }) : { origin: address.origin }),
    headers: over.host ? { host: over.host } : {},
  });
  const waiting = new Map<number, (result: never) => void>();
  const events: string[] = [];
  let lastId = 0;
  socket.on('message', (frame: Buffer) => {
    const message = decodeMessage(frame) as Downward;
    if (message.type === 'event') events.push(message.name);
    if (message.type === 'reply') waiting.get(message.id)?.(message.result as never);
  });
  const line: Line = {
    socket,
    events,
    ask: (name, input) =>
      new Promise((resolve) => {
        const id = ++lastId;
        waiting.set(id, resolve);
        socket.send(encodeMessage({ type: 'ask', id, name, input }));
      }),
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(line));
    socket.once('error', reject);
  });
}

describe('the page', () => {
  test('comes with the policy, a nonce of this load, and the socket of this host allowed', async () => {
    const { status, headers, body } = await get('/');
    expect(status).toBe(200);
    const nonce = /content="([^"]+)"/.exec(body)![1];
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(headers['content-security-policy']).toContain(`ws://127.0.0.1:${address.port}`);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect((await get('/')).body).not.toBe(body);
  });

  test('is all that can be read', async () => {
    expect((await get('/assets/x.js')).status).toBe(200);
    for (const path of [
      '/../outside.html',
      '/%2e%2e/outside.html',
      '/..%2foutside.html',
      '/assets/..%5c..%5coutside.html',
      '//outside.html',
      '/data/samecell.db',
      '/none.js',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  test('is read only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await get('/', {}, method)).status).toBe(405);
  });

  test('is not given to a page of another name that was pointed here', async () => {
    const { status, body } = await get('/', { host: `evil.example:${address.port}` });
    expect(status).toBe(403);
    expect(body).not.toContain('nonce');
  });

  test('is given through a tunnel, whatever its port', async () => {
    expect((await get('/', { host: 'localhost:9999' })).status).toBe(200);
  });
});

describe('the socket', () => {
  test('opens for the page of this host with the token of this start', async () => {
    const { ask, socket } = await connect();
    expect(await ask('app.state', {})).toMatchObject({ ok: true, value: { version: '1.2.3', host: 'web' } });
    socket.close();
  });

  test.each([
    ['a wrong token', { token: 'x'.repeat(43) }],
    ['an empty token', { token: '' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin', { origin: undefined }],
    ['an origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['another host', { host: 'evil.example', origin: 'http://evil.example' }],
    ['another path', { path: '/' }],
  ])('stays closed for %s', async (_, over) => {
    await expect(connect(over)).rejects.toThrow(/403|Invalid|subprotocol/i);
  });

  test('passes the same door', async () => {
    const { ask, socket } = await connect();
    expect(await ask('toString', {})).toMatchObject({ ok: false, failure: { kind: 'ipc.forbidden' } });
    expect(await ask('review.undo', { sessionId: 1 })).toMatchObject({ ok: false, failure: { kind: 'ipc.invalid' } });
    socket.close();
  });

  test('says what only a desktop has, and the way round', async () => {
    const { ask, socket } = await connect();
    const chosen = await ask('grant.chooseFolder', { purpose: 'analyzer' });
    expect(chosen).toMatchObject({
      ok: false,
      failure: { kind: 'host.unsupported', message: expect.stringContaining('Type the folder’s path') },
    });
    expect(await ask('app.showLog', {})).toMatchObject({ ok: false, failure: { kind: 'host.unsupported' } });
    expect(await ask('grant.folder', { path: 'relative', purpose: 'analyzer' })).toMatchObject({
      ok: false,
      failure: { kind: 'input.invalid' },
    });
    socket.close();
  });

  test('opens a typed folder, and tells every window of what changed', async () => {
    const one = await connect();
    const two = await connect();
    const granted = await one.ask('grant.folder', { path: analyzer, purpose: 'analyzer' });
    expect(granted).toMatchObject({ ok: true, value: { name: 'tutorial' } });
    const { grant } = (granted as { value: { grant: string } }).value;
    const opened = await one.ask('analyzer.open', { grant });
    expect(opened).toMatchObject({ ok: true, value: { info: { name: 'tutorial' } } });
    const { sessionId } = (opened as { value: { session: { sessionId: string } } }).value.session;
    expect(await one.ask('session.rename', { sessionId, title: 'Renamed' })).toMatchObject({ ok: true });
    await expect.poll(() => two.events).toContain('session.changed');
    one.socket.close();
    two.socket.close();
  });

  test('closes on what is no message, and the host goes on', async () => {
    const { socket } = await connect();
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send(Buffer.from([0xc1]));
    expect(await closed).toBe(1007);
    const next = await connect();
    next.socket.send('text is no message either');
    expect(await next.ask('app.state', {})).toMatchObject({ ok: true });
    next.socket.close();
  });
});

test('the analyzer of the start is handed to the first window', async () => {
  const other = await serve({
    analyzer,
    dataFolder: join(folder, 'data-2'),
    assetsFolder: join(root, 'assets'),
    version: '1.2.3',
    pageFolder: join(folder, 'page'),
  });
  const url = new URL(other.url);
  const socket = new WebSocket(`ws://${url.host}/bridge`, ['samecell.1', `token.${url.hash.slice('#token='.length)}`], {
    origin: url.origin,
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const reply = new Promise<Downward>((resolve) => socket.once('message', (frame: Buffer) => resolve(decodeMessage(frame) as Downward)));
  socket.send(encodeMessage({ type: 'ask', id: 1, name: 'app.state', input: {} }));
  expect(await reply).toMatchObject({ result: { ok: true, value: { openAtStart: expect.any(String) } } });
  await other.close();
});

test('a port that is taken is said in one sentence', async () => {
  const taken = serve({
    port: Number(address.port),
    dataFolder: join(folder, 'data-3'),
    assetsFolder: '',
    version: '1',
    pageFolder: folder,
  });
  await expect(taken).rejects.toMatchObject({ kind: 'input.invalid', message: expect.stringContaining('the port is taken') });
});
