import { expect, onTestFinished, test } from 'vitest';
import { type Failure, isFailure } from '../../../../app/failure.ts';
import { createRemoteFetch, type RemoteFetchOptions, type RequestNote } from '../../../../main/core/batch/remote-fetch.ts';
import type { SendRequest } from '../../../../main/core/batch/send-request.ts';
import { loopbackSend } from '../../../fixtures/servers/loopback-send.ts';
import { type Behaviour, startProviderServer } from '../../../fixtures/servers/provider-server.ts';

async function serve(behaviour: Behaviour = { kind: 'answer' }) {
  const server = await startProviderServer(() => behaviour);
  onTestFinished(() => server.close());
  return server;
}

function remote(options: Partial<RemoteFetchOptions>, notes: RequestNote[] = []) {
  return createRemoteFetch({
    hosts: ['api.example.com'],
    offlineOnly: () => false,
    timeoutMs: 2000,
    title: 'The server',
    send: loopbackSend,
    onRequest: (note) => notes.push(note),
    ...options,
  });
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isFailure(error)) return error;
  throw new Error(`It did not fail with a Failure: ${String(error)}`);
}

const never: SendRequest = () => {
  throw new Error('Something was sent.');
};

test('goes to the configured address only', async () => {
  const server = await serve();
  const other = await serve();
  const send = remote({ baseUrl: `${server.origin}/v1` });
  expect((await send(`${server.origin}/v1/models`)).status).toBe(200);
  const failure = await failureOf(send(`${other.origin}/v1/models`));
  expect(failure).toMatchObject({ kind: 'provider.badRequest', details: { wholeRun: true } });
  expect(other.arrived).toEqual([]);
});

test.each([
  'http://api.example.com/v1',
  'https://api.example.com:8443/v1',
  'https://api.example.com.evil.test/v1',
  'https://evil.test/?next=https://api.example.com',
  'https://api.example.com@evil.test/v1',
  'http://127.0.0.1:1/v1',
])('%s is not the provider’s own host', async (url) => {
  expect((await failureOf(remote({ send: never })(url))).kind).toBe('provider.badRequest');
});

test('the provider’s own host is asked, encrypted', async () => {
  const asked: string[] = [];
  const send = remote({
    send: async (url) => {
      asked.push(String(url));
      return new Response('{}');
    },
  });
  await send('https://api.example.com/v1/models', { headers: { authorization: 'Bearer k' } });
  expect(asked).toEqual(['https://api.example.com/v1/models']);
});

test('“offline only” makes every remote request impossible, at once, and leaves this machine', async () => {
  let offline = false;
  const server = await serve();
  const far = remote({ send: async () => new Response('{}'), offlineOnly: () => offline });
  const near = remote({ baseUrl: server.origin, offlineOnly: () => offline });
  await far('https://api.example.com/');
  offline = true;
  expect((await failureOf(far('https://api.example.com/'))).kind).toBe('provider.offlineOnly');
  const lan = remote({ baseUrl: 'http://192.168.1.5:8000', send: never, offlineOnly: () => true });
  expect((await failureOf(lan('http://192.168.1.5:8000/v1'))).kind).toBe('provider.offlineOnly');
  expect((await near(`${server.origin}/v1/models`)).status).toBe(200);
});

test('a redirect is refused in words', async () => {
  const thief = await serve();
  const server = await serve({ kind: 'redirect', to: `${thief.origin}/v1/models` });
  const failure = await failureOf(remote({ baseUrl: server.origin })(`${server.origin}/v1/models`));
  expect(failure.kind).toBe('provider.unreachable');
  expect(failure.message).toContain('redirect');
  expect(failure.details['wholeRun']).toBe(true);
  expect(thief.arrived).toEqual([]);
});

test('a silent server is a timeout that names the seconds', async () => {
  const server = await serve({ kind: 'silent' });
  const started = performance.now();
  const failure = await failureOf(remote({ baseUrl: server.origin, timeoutMs: 300 })(`${server.origin}/v1/models`));
  expect(failure.kind).toBe('provider.timeout');
  expect(failure.message).toContain('0.3 s');
  expect(performance.now() - started).toBeLessThan(1500);
});

test('a reply that drips without end is a timeout too', async () => {
  const server = await serve();
  const send = remote({
    baseUrl: server.origin,
    timeoutMs: 300,
    send: async (_, { signal }) => {
      const drip = new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 30));
          if (signal.aborted) controller.error(signal.reason);
          else controller.enqueue(new Uint8Array([32]));
        },
      });
      return new Response(drip);
    },
  });
  expect((await failureOf(send(`${server.origin}/v1/models`))).kind).toBe('provider.timeout');
});

test('a huge reply is cut off, not kept', async () => {
  const server = await serve({ kind: 'huge', bytes: 400_000_000 });
  const before = process.memoryUsage().arrayBuffers;
  const failure = await failureOf(
    remote({ baseUrl: server.origin, maxReplyBytes: 1024 * 1024, timeoutMs: 10_000 })(`${server.origin}/v1/models`),
  );
  expect(failure.kind).toBe('provider.badReply');
  expect(failure.message).toContain('more than 1 MB');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
});

test('a broken connection and a missing server are told apart', async () => {
  const broken = await serve({ kind: 'broken' });
  expect((await failureOf(remote({ baseUrl: broken.origin })(`${broken.origin}/v1/models`))).message).toContain('broke off');
  const gone = await startProviderServer();
  await gone.close();
  const failure = await failureOf(remote({ baseUrl: gone.origin })(`${gone.origin}/v1/models`));
  expect(failure.kind).toBe('provider.unreachable');
  expect(failure.message).toContain('Nothing answers at 127.0.0.1');
});

test('cancelling is no timeout and no failure of the network', async () => {
  const server = await serve({ kind: 'silent' });
  const controller = new AbortController();
  const asked = failureOf(remote({ baseUrl: server.origin })(`${server.origin}/v1/models`, { signal: controller.signal }));
  setTimeout(() => controller.abort(), 30);
  expect((await asked).kind).toBe('cancelled');
  expect((await failureOf(remote({ baseUrl: server.origin, send: never })(server.origin, { signal: controller.signal }))).kind).toBe(
    'cancelled',
  );
});

test('every request leaves a note without header, body or question mark', async () => {
  const server = await serve();
  const notes: RequestNote[] = [];
  const send = remote({ baseUrl: server.origin }, notes);
  await send(`${server.origin}/v1/models?key=canary-1`, { headers: { authorization: 'Bearer canary-2' } });
  await failureOf(send('https://elsewhere.invalid/x', { method: 'POST', body: 'canary-3' }));
  expect(notes).toMatchObject([
    { method: 'GET', path: '/v1/models', status: 200, failure: undefined },
    { method: 'POST', host: 'elsewhere.invalid', status: undefined, failure: 'provider.badRequest', sentBytes: 8 },
  ]);
  expect(notes[0].receivedBytes).toBeGreaterThan(10);
  expect(JSON.stringify(notes)).not.toContain('canary');
});
