import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openUnidentified } from '../../../../app/analyzer/open.ts';
import type { Source } from '../../../../app/analyzer/source.ts';
import { isFailure } from '../../../../app/failure.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { httpSource } from '../../../../main/core/files/http-source.ts';
import { loopbackFetch } from '../../../fixtures/servers/loopback-fetch.ts';

const store = join(import.meta.dirname, '../../../fixtures/analyzers/legacy/0.104.9/analyzer.zarr');
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function served(answer: Answer): Promise<{ address: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/analyzer.zarr`, requests };
}

/** The store as an ordinary file server gives it, with or without parts of files. */
function files(options: { ranges: boolean; head?: boolean }): Answer {
  return (request, response) => {
    const path = join(store, decodeURIComponent(new URL(request.url ?? '', 'http://x').pathname).replace('/analyzer.zarr', ''));
    if (!existsSync(path) || !statSync(path).isFile()) return void response.writeHead(404).end();
    const { size } = statSync(path);
    if (request.method === 'HEAD') {
      if (options.head === false) return void response.writeHead(405).end();
      return void response.writeHead(200, { 'content-length': size }).end();
    }
    const range = options.ranges ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') : null;
    if (range === null) {
      response.writeHead(200, { 'content-length': size });
      return void createReadStream(path).pipe(response);
    }
    const start = Number(range[1]);
    if (start >= size) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    const end = Math.min(Number(range[2]), size - 1);
    response.writeHead(206, { 'content-length': end - start + 1, 'content-range': `bytes ${start}-${end}/${size}` });
    createReadStream(path, { start, end }).pipe(response);
  };
}

const sourceAt = (address: string, options: Partial<Parameters<typeof httpSource>[1]> = {}): Source =>
  httpSource(address, { offlineOnly: () => false, fetch: loopbackFetch, ...options });

async function failureOf(promise: Promise<unknown>): Promise<{ kind: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    if (!isFailure(error)) throw error;
    expect(error.message).toMatch(/^[^\n]+\.$/);
    return { kind: error.kind, message: error.message };
  }
  throw new Error('it did not fail');
}

describe.each([
  { name: 'with parts of files', answer: files({ ranges: true }) },
  { name: 'without parts of files', answer: files({ ranges: false }) },
  { name: 'without HEAD', answer: files({ ranges: true, head: false }) },
  { name: 'without both', answer: files({ ranges: false, head: false }) },
])('a server $name', ({ answer }) => {
  test('gives the analyzer that lies on its disk', async () => {
    const { address } = await served(answer);
    const [remote, local] = [await openUnidentified(sourceAt(address)), await openUnidentified(diskSource(store))];
    expect(remote.summary).toEqual(local.summary);
    expect(await remote.spikes()).toEqual(await local.spikes());
    expect(await remote.extension('templates').then(({ average }) => average)).toEqual(
      await local.extension('templates').then(({ average }) => average),
    );
    await remote.close();
    await local.close?.();
  });

  test('gives parts, sizes and absence as a disk does', async () => {
    const { address } = await served(answer);
    const [remote, local] = [sourceAt(address), diskSource(store)];
    for (const [offset, length] of [
      [0, 10],
      [5, 1000],
      [0, 10_000_000],
      [1_000_000_000, 10],
      [3, 0],
    ]) {
      expect(await remote.getRange('.zmetadata', offset, length)).toEqual(await local.getRange('.zmetadata', offset, length));
    }
    expect(await remote.size('.zmetadata')).toBe(await local.size('.zmetadata'));
    for (const ask of [remote.get('none/0'), remote.getRange('none/0', 0, 4), remote.size('none/0')]) expect(await ask).toBeUndefined();
    expect((await remote.list('')).map(({ name }) => name)).toEqual(['.zattrs', '.zgroup', '.zmetadata', ...(await folders(local))]);
    await local.close?.();
  });
});

async function folders(source: Source): Promise<string[]> {
  return (await source.list('')).flatMap(({ name }) => (name.startsWith('.') ? [] : [name]));
}

describe('a server that does otherwise', () => {
  test('and has no such store says what HTTP can read', async () => {
    const { address } = await served((_, response) => void response.writeHead(404).end());
    const failure = await failureOf(openUnidentified(sourceAt(address)));
    expect(failure.kind).toBe('input.notFound');
    expect(failure.message).toContain('has no .zmetadata');
  });

  test.each([
    [500, 'storage.unavailable', 'answers with status 500'],
    [403, 'storage.unavailable', 'may not be read (status 403)'],
  ])('and answers with %i is named', async (status, kind, words) => {
    const { address } = await served((_, response) => void response.writeHead(status).end('no'));
    const failure = await failureOf(openUnidentified(sourceAt(`${address}?signature=geheim`)));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('geheim');
  });

  test('and redirects is not followed', async () => {
    const { address, requests } = await served(
      (_, response) => void response.writeHead(302, { location: 'http://elsewhere.example/x' }).end(),
    );
    const failure = await failureOf(openUnidentified(sourceAt(address)));
    expect(failure).toMatchObject({ kind: 'analyzer.refused', message: expect.stringContaining('redirected to elsewhere.example') });
    expect(requests).toHaveLength(1);
  });

  test('and is slow is given up', async () => {
    const { address } = await served((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{');
    });
    const failure = await failureOf(openUnidentified(sourceAt(address, { timeoutMs: 150 })));
    expect(failure).toMatchObject({ kind: 'storage.unavailable', message: expect.stringContaining('within 0.15 s') });
  });

  test('and ends too early is noticed', async () => {
    const { address } = await served((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"metadata"');
      response.socket?.end();
    });
    const failure = await failureOf(openUnidentified(sourceAt(address)));
    expect(failure.kind).toBe('storage.unavailable');
  });

  test('and sends another part than was asked for is noticed', async () => {
    const { address } = await served((_, response) => {
      response.writeHead(206, { 'content-length': 4, 'content-range': 'bytes 100-103/1000' });
      response.end('abcd');
    });
    const failure = await failureOf(sourceAt(address).getRange('.zmetadata', 0, 4));
    expect(failure.message).toContain('another part');
  });

  test('and sends more than was asked for costs no memory', async () => {
    const { address } = await served((_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-3/1000' });
      response.write(Buffer.alloc(2 ** 20));
      response.end();
    });
    expect((await failureOf(sourceAt(address).getRange('.zmetadata', 0, 4))).message).toContain('more than it should');
  });

  test('and gives large files only whole is refused before they are read', async () => {
    const { address } = await served((_, response) => void response.writeHead(200, { 'content-length': 2 ** 31 }).flushHeaders());
    const failure = await failureOf(sourceAt(address).getRange('big', 10, 4));
    expect(failure).toMatchObject({ kind: 'analyzer.refused', message: expect.stringContaining('the server gives no parts of files') });
  });

  test('and compresses is refused', async () => {
    const { address } = await served((_, response) => {
      response.writeHead(200, { 'content-encoding': 'deflate' });
      response.end('x');
    });
    expect((await failureOf(sourceAt(address).get('a'))).message).toContain('compressed (deflate)');
  });

  test('and is not there is named', async () => {
    const { address } = await served(() => undefined);
    for (const close of closers.splice(0)) await close();
    expect((await failureOf(sourceAt(address).get('a'))).message).toContain('nothing answers at 127.0.0.1');
  });
});

describe('an address', () => {
  test('is asked for with its own query, and keys are quoted', async () => {
    const { address, requests } = await served((_, response) => void response.writeHead(200, { 'content-length': 1 }).end('x'));
    await sourceAt(`${address}/?signature=a%2Bb`).get('extensions/x y?#/0.0');
    expect(requests[0].url).toBe('/analyzer.zarr/extensions/x%20y%3F%23/0.0?signature=a%2Bb');
  });

  test('beyond this machine is not asked for where that is switched off', async () => {
    let asked = 0;
    const source = httpSource('https://data.example/analyzer.zarr', {
      offlineOnly: () => true,
      fetch: () => {
        asked += 1;
        throw new Error('asked');
      },
    });
    const failure = await failureOf(openUnidentified(source));
    expect(failure.kind).toBe('provider.offlineOnly');
    expect(asked).toBe(0);
  });

  test('of a bucket stands for its public address', async () => {
    const urls: string[] = [];
    const source = httpSource('s3://lab-data/day 1/analyzer.zarr', {
      offlineOnly: () => false,
      fetch: async (url) => {
        urls.push(String(url));
        return new Response('{}');
      },
    });
    await source.get('.zmetadata');
    expect(urls).toEqual(['https://lab-data.s3.amazonaws.com/day%201/analyzer.zarr/.zmetadata']);
    expect(source.name).toBe('analyzer.zarr');
  });

  test.each(['ftp://x/y', 'https://', 's3://X', 'https://user:pass@host/x'])('%s is refused', (address) => {
    expect(() => httpSource(address, { offlineOnly: () => false })).toThrow(expect.objectContaining({ kind: 'input.invalid' }));
  });

  test('below which a key leads out is refused, and cancelling ends a wait', async () => {
    const { address } = await served(() => undefined);
    expect((await failureOf(sourceAt(address).get('../x'))).kind).toBe('analyzer.refused');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    expect((await failureOf(sourceAt(address).get('a', { signal: stop.signal }))).kind).toBe('cancelled');
  });
});
