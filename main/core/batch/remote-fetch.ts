import { Failure, type FailureKind, isFailure } from '../../../app/failure.ts';
import { isLoopbackHost } from '../../../app/judges/wire/base-url.ts';
import { type SendRequest, sendRequest } from './send-request.ts';

/** One request as it stands in the log: where, how big, how it ended. Never a header, a body or a key. */
export interface RequestNote {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly failure: FailureKind | undefined;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly ms: number;
}

export interface RemoteFetchOptions {
  /** The provider's hosts (https only), used where no base URL is given. */
  readonly hosts: readonly string[];
  /** Checked by `checkedBaseUrl`; then only its own origin may be asked. */
  readonly baseUrl?: string | undefined;
  /** Asked before every request, so that the switch works at once. */
  readonly offlineOnly: () => boolean;
  readonly timeoutMs: number;
  readonly maxReplyBytes?: number;
  /** For people: who does not answer. */
  readonly title: string;
  readonly onRequest?: (note: RequestNote) => void;
  readonly send?: SendRequest;
}

const largestReplyBytes = 8 * 1024 * 1024;

/**
 * The only way out of this machine: a `fetch` that goes to one provider, follows no redirect, ends in time and reads
 * a bounded reply. Throws a `Failure`: `provider.offlineOnly`, `provider.timeout`, `provider.unreachable`,
 * `provider.badReply`, `cancelled`.
 */
export function createRemoteFetch(options: RemoteFetchOptions): typeof globalThis.fetch {
  const origin = options.baseUrl ? new URL(options.baseUrl).origin : undefined;
  const send = options.send ?? sendRequest;
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const started = performance.now();
    const body = typeof init.body === 'string' ? Buffer.from(init.body) : init.body instanceof Uint8Array ? init.body : undefined;
    const note = {
      method: init.method ?? 'GET',
      host: url.host,
      path: url.pathname,
      status: undefined as number | undefined,
      failure: undefined as FailureKind | undefined,
      sentBytes: body?.byteLength ?? 0,
      receivedBytes: 0,
      ms: 0,
    };
    // One timer for the whole exchange: a reply that drips in without end is a timeout too. It ends with the exchange, as its
    // listener does: a run sends thousands on the same signal.
    const ending = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      ending.abort();
    }, options.timeoutMs);
    const given = init.signal ?? undefined;
    const giveUp = () => ending.abort();
    given?.addEventListener('abort', giveUp, { once: true });
    try {
      checkWay(url, origin, options);
      if (given?.aborted) throw new Failure('cancelled', 'Cancelled.');
      const response = await send(url, {
        method: note.method,
        headers: init.headers,
        body,
        signal: ending.signal,
      });
      note.status = response.status;
      const bytes = await readBounded(response.body, options.maxReplyBytes ?? largestReplyBytes, options.title);
      note.receivedBytes = bytes.length;
      const headers = new Headers(response.headers);
      headers.delete('content-encoding');
      headers.delete('content-length');
      const empty = response.status === 204 || response.status === 205 || response.status === 304;
      return new Response(empty ? null : new Uint8Array(bytes), { status: response.status, headers });
    } catch (error) {
      const failure = networkFailure(error, url, given, late, options);
      note.failure = failure.kind;
      throw failure;
    } finally {
      clearTimeout(timer);
      given?.removeEventListener('abort', giveUp);
      note.ms = Math.round(performance.now() - started);
      options.onRequest?.(note);
    }
  };
}

function checkWay(url: URL, origin: string | undefined, options: RemoteFetchOptions): void {
  if (options.offlineOnly() && !isLoopbackHost(url.hostname)) {
    throw new Failure(
      'provider.offlineOnly',
      `${options.title} was not asked: “Never ask anything beyond this machine” is on. Turn it off in the settings, or use the offline judge.`,
      { wholeRun: true },
    );
  }
  const allowed =
    origin === undefined ? url.protocol === 'https:' && url.port === '' && options.hosts.includes(url.hostname) : url.origin === origin;
  if (!allowed)
    throw new Failure('provider.badRequest', `${options.title} may not be asked at ${url.host}.`, { host: url.host, wholeRun: true });
}

/** Leaving the loop ends the stream. */
async function readBounded(body: AsyncIterable<Uint8Array> | null, limit: number, title: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > limit)
      throw new Failure('provider.badReply', `${title} sent more than ${Math.round(limit / 1024 / 1024)} MB, which no answer needs.`, {
        limitBytes: limit,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function networkFailure(error: unknown, url: URL, given: AbortSignal | undefined, late: boolean, options: RemoteFetchOptions): Failure {
  if (isFailure(error)) return error;
  if (given?.aborted) return new Failure('cancelled', 'Cancelled.');
  const { title } = options;
  if (late) {
    const seconds = Math.round(options.timeoutMs / 100) / 10;
    return new Failure(
      'provider.timeout',
      `${title} gave no full reply within ${seconds} s. Choose a faster model, or allow more seconds in the settings.`,
      { host: url.host, timeoutMs: options.timeoutMs },
    );
  }
  const text = causes(error);
  const unreachable = (message: string, details = {}) =>
    new Failure('provider.unreachable', message, { host: url.host, ...details }, error);
  // The next question would meet the same.
  const always = { wholeRun: true };
  if (/redirect/i.test(text))
    return unreachable(`${url.host} answers with a redirect, which a key must not follow. Enter the final address of ${title}.`, always);
  if (/ECONNREFUSED/.test(text))
    return unreachable(`Nothing answers at ${url.host}. Start the server, or correct the address of ${title}.`);
  if (/ENOTFOUND|EAI_AGAIN/.test(text))
    return unreachable(`The host ${url.host} can't be found. Check the network, or the address of ${title}.`);
  if (/CERT|certificate|SSL|TLS/i.test(text))
    return unreachable(
      `The certificate of ${url.host} can't be trusted. Correct the address of ${title}, or the server's certificate.`,
      always,
    );
  return unreachable(`The connection to ${url.host} broke off. Check the network; asking again may help.`);
}

function causes(error: unknown): string {
  let text = '';
  let at = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    const { message, code, cause, errors } = at as { message?: unknown; code?: unknown; cause?: unknown; errors?: unknown };
    text += ` ${String(code ?? '')} ${String(message ?? '')}`;
    if (Array.isArray(errors)) text += errors.map((one) => ` ${String((one as { code?: unknown }).code ?? '')}`).join('');
    at = cause;
  }
  return text;
}
