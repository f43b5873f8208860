import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { sendRequest } from '../../../../main/core/batch/send-request.ts';

async function serve(answer: RequestListener): Promise<{ url: URL; sockets: Set<Socket> }> {
  const server = createServer(answer);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/x?y=1`), sockets };
}

const post = (body: Uint8Array, signal = new AbortController().signal) =>
  ({ method: 'POST', headers: { authorization: 'Bearer k' }, body, signal }) as const;

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a large body arrives whole, with its length and only the headers that were given or are needed', async () => {
  const sent = new Uint8Array(3_000_000).map((_, i) => i % 251);
  let arrived = Buffer.alloc(0);
  let headers: unknown;
  const { url } = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    arrived = Buffer.concat(chunks);
    headers = request.headers;
    response.setHeader('x-two', ['1', '2']).end('done');
  });
  const reply = await sendRequest(url, post(sent));
  expect(await textOf(reply.body)).toBe('done');
  expect([reply.status, reply.headers.get('x-two')]).toEqual([200, '1, 2']);
  expect(Buffer.compare(arrived, sent)).toBe(0);
  expect(headers).toEqual({
    accept: '*/*',
    'accept-encoding': 'gzip',
    authorization: 'Bearer k',
    connection: 'keep-alive',
    'content-length': '3000000',
    host: url.host,
    'user-agent': 'node',
  });
});

test('a packed reply is unpacked, one that is broken within fails', async () => {
  const packed = gzipSync('{"answer":1}');
  let whole = true;
  const { url } = await serve((_, response) => {
    response.setHeader('content-encoding', 'gzip').end(whole ? packed : packed.subarray(0, packed.length - 9));
  });
  expect(await textOf((await sendRequest(url, post(new Uint8Array(1)))).body)).toBe('{"answer":1}');
  whole = false;
  const broken = await sendRequest(url, post(new Uint8Array(1)));
  await expect(textOf(broken.body)).rejects.toThrow();
});

test('a kept connection is used again; where it breaks off nothing is sent twice', async () => {
  const heard: string[] = [];
  const { url, sockets } = await serve(async (request, response) => {
    for await (const chunk of request) heard.push(String(chunk));
    if (heard.length === 3) response.destroy();
    else response.end('ok');
  });
  const ask = async (word: string) => textOf((await sendRequest(url, post(new TextEncoder().encode(word)))).body);
  await ask('first');
  await ask('second');
  expect(sockets.size).toBe(1);
  await expect(ask('third')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await ask('fourth')).toBe('ok');
  expect(heard).toEqual(['first', 'second', 'third', 'fourth']);
});

test('giving up ends a request that waits and a reply that is read', async () => {
  const { url } = await serve((request, response) => {
    request.resume();
    if (request.headers['x-begin'] !== undefined) response.write('a beginning');
  });
  const first = new AbortController();
  const waiting = sendRequest(url, post(new Uint8Array(1), first.signal));
  setTimeout(() => first.abort(), 20);
  await expect(waiting).rejects.toThrow(/abort/i);
  const second = new AbortController();
  const begun = await sendRequest(url, { ...post(new Uint8Array(1), second.signal), headers: { 'x-begin': '1' } });
  setTimeout(() => second.abort(), 20);
  await expect(textOf(begun.body)).rejects.toThrow(/abort/i);
});
