import { type IncomingMessage, Agent as PlainAgent, request as requestPlain } from 'node:http';
import { request as requestSafe, Agent as SafeAgent } from 'node:https';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The part of `fetch` that is needed to ask a provider, and of its answer. Redirects are refused. */
export type SendRequest = (
  url: URL,
  request: {
    readonly method: string;
    readonly headers?: RequestInit['headers'];
    readonly body?: Uint8Array | undefined;
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number; readonly headers: Headers; readonly body: AsyncIterable<Uint8Array> | null }>;

// A connection kept for longer may be closed by the other side just when it is used again, which nobody could tell from one that
// breaks off after the question was taken.
const kept = { keepAlive: true, timeout: 4000 };
const plain = new PlainAgent(kept);
const safe = new SafeAgent(kept);

/**
 * One request without the streams that `fetch` builds around it: a question with pictures takes a quarter of the processor time,
 * and its slot waits half as long beside the server. It is sent once, whatever happens.
 */
export const sendRequest: SendRequest = (url, { method, headers, body, signal }) =>
  new Promise((resolve, reject) => {
    const isSafe = url.protocol === 'https:';
    const sent = { accept: '*/*', 'accept-encoding': 'gzip', 'user-agent': 'node', ...Object.fromEntries(new Headers(headers)) };
    const length = body === undefined && method === 'GET' ? {} : { 'content-length': String(body?.byteLength ?? 0) };
    const options = { method, headers: { ...sent, ...length }, signal };
    const request = isSafe ? requestSafe(url, { ...options, agent: safe }) : requestPlain(url, { ...options, agent: plain });
    request.on('error', reject);
    request.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      if ([301, 302, 303, 307, 308].includes(status)) {
        response.destroy();
        reject(new Error('The server answers with a redirect.'));
        return;
      }
      resolve({ status, headers: headersOf(response), body: bodyOf(response) });
    });
    request.end(body);
  });

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i], rawHeaders[i + 1]);
  return headers;
}

function bodyOf(response: IncomingMessage): AsyncIterable<Uint8Array> {
  if (response.headers['content-encoding']?.toLowerCase() !== 'gzip') return response;
  // What goes wrong on the way is thrown by the stream that is read.
  return pipeline(response, createGunzip(), () => undefined);
}
