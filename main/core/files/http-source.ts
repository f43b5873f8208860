import type { ReadOptions, Source, SourceEntry } from '../../../app/analyzer/source.ts';
import { Failure, isFailure, throwIfCancelled } from '../../../app/failure.ts';
import { isLoopbackHost } from '../../../app/judges/wire/base-url.ts';

export interface HttpSourceOptions {
  /** Asked before every request, so that the switch works at once. */
  readonly offlineOnly: () => boolean;
  /** For one whole reply; 30 s by default. */
  readonly timeoutMs?: number;
  /** Nothing larger is read in one piece; 256 MiB by default. */
  readonly maxWholeBytes?: number;
  readonly fetch?: typeof globalThis.fetch;
}

const defaultTimeoutMs = 30_000;
const defaultWholeBytes = 2 ** 28;
const indexKey = '.zmetadata';
const gone = new Set([404, 410]);

/**
 * Reads below one address over HTTP(S); `s3://bucket/key` stands for the public address of that bucket. HTTP has no listing, so names
 * come from the consolidated metadata of a zarr store. Parts of files are asked for by range; a server without ranges is read whole
 * up to `maxWholeBytes`. Redirects are refused. Throws `input.invalid` for an address that can't be used, `input.notFound`,
 * `provider.offlineOnly`, `analyzer.refused`, `storage.unavailable`, `cancelled`; the query of an address, which may be a
 * signature, is in no message.
 */
export function httpSource(address: string, options: HttpSourceOptions): Source {
  return new HttpSource(baseOf(address), options);
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

class HttpSource implements Source {
  readonly name: string;
  private readonly base: URL;
  private readonly options: HttpSourceOptions;
  private index: Promise<ReadonlyMap<string, ReadonlyMap<string, boolean>>> | undefined;
  private indexBytes: Uint8Array<ArrayBuffer> | undefined;

  constructor(base: URL, options: HttpSourceOptions) {
    this.base = base;
    this.options = options;
    const last = base.pathname.split('/').findLast((part) => part !== '');
    this.name = last === undefined ? base.host : decoded(last);
  }

  async get(key: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (key === indexKey && this.indexBytes !== undefined) return this.indexBytes.slice();
    const reply = await this.ask(key, 'GET', {}, this.wholeBytes, options);
    return reply?.bytes;
  }

  async getRange(key: string, offset: number, length: number, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (length <= 0) return (await this.size(key)) === undefined ? undefined : new Uint8Array(0);
    const reply = await this.ask(key, 'GET', { range: `bytes=${offset}-${offset + length - 1}` }, length, options);
    if (reply === undefined || reply.status === 416) return reply === undefined ? undefined : new Uint8Array(0);
    if (reply.status !== 206) return reply.bytes.slice(offset, offset + length);
    const range = contentRange(reply.headers);
    if (range === undefined || range.start !== offset || range.end - range.start + 1 !== reply.bytes.byteLength) {
      throw this.broken(key, 'it sent another part of the file than was asked for');
    }
    return reply.bytes;
  }

  async size(key: string): Promise<number | undefined> {
    const head = await this.ask(key, 'HEAD', {}, 0, undefined);
    if (head === undefined) return undefined;
    const length = wholeNumber(head.headers.get('content-length'));
    if (head.status === 200 && length !== undefined) return length;
    // Some servers answer HEAD with nothing, or refuse it: the first byte tells the size as well.
    const first = await this.ask(key, 'GET', { range: 'bytes=0-0' }, 1, undefined);
    if (first === undefined) return undefined;
    const total = first.status === 416 || first.status === 206 ? contentRange(first.headers)?.total : first.bytes.byteLength;
    if (total === undefined) throw this.broken(key, 'it doesn’t say how large the file is');
    return total;
  }

  async list(folder: string): Promise<readonly SourceEntry[]> {
    this.index ??= this.readIndex();
    this.index.catch(() => {
      this.index = undefined;
    });
    const entries = (await this.index).get(folder);
    return [...(entries ?? [])]
      .map(([name, isFolder]) => ({ name, isFolder }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  private get wholeBytes(): number {
    return this.options.maxWholeBytes ?? defaultWholeBytes;
  }

  /** Folders and what is in them, by the keys of the consolidated metadata; true where it is a folder. */
  private async readIndex(): Promise<ReadonlyMap<string, ReadonlyMap<string, boolean>>> {
    const bytes = await this.get(indexKey);
    if (bytes === undefined) {
      throw new Failure(
        'input.notFound',
        `${this.place('')} has no ${indexKey}, and over HTTP a folder can’t be listed. Give the address of a zarr analyzer with consolidated metadata (as SpikeInterface writes it), or copy the folder here.`,
        { host: this.base.host },
      );
    }
    this.indexBytes = bytes;
    let metadata: unknown;
    try {
      metadata = (JSON.parse(new TextDecoder().decode(bytes)) as { metadata?: unknown }).metadata;
    } catch {
      // Python's NaN and the like: the keys are all that is wanted here.
      const keys = new TextDecoder().decode(bytes).match(/"(?:[^"\\]|\\.)*\.z(?:attrs|array|group)"/g) ?? [];
      metadata = Object.fromEntries(keys.map((key) => [key.slice(1, -1), null]));
    }
    const found = new Map<string, Map<string, boolean>>([['', new Map([[indexKey, false]])]]);
    for (const key of Object.keys(typeof metadata === 'object' && metadata !== null ? metadata : {})) {
      const parts = key.split('/');
      for (let depth = 0; depth < parts.length; depth += 1) {
        const folder = parts.slice(0, depth).join('/');
        const entries = found.get(folder) ?? new Map<string, boolean>();
        entries.set(parts[depth], depth < parts.length - 1 || entries.get(parts[depth]) === true);
        found.set(folder, entries);
      }
    }
    return found;
  }

  /** One request. `undefined` where the key does not exist; HEAD and ranges may come back with other statuses than 200. */
  private async ask(
    key: string,
    method: 'GET' | 'HEAD',
    headers: Record<string, string>,
    expectedBytes: number,
    options: ReadOptions | undefined,
  ): Promise<Reply | undefined> {
    throwIfCancelled(options?.signal);
    const url = this.urlOf(key);
    if (this.options.offlineOnly() && !isLoopbackHost(url.hostname)) {
      throw new Failure(
        'provider.offlineOnly',
        `${this.place(key)} was not asked for: “Never ask anything beyond this machine” is on. Turn it off in the settings, or copy the analyzer here.`,
        { host: url.host },
      );
    }
    const timeoutMs = this.options.timeoutMs ?? defaultTimeoutMs;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = options?.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    try {
      const response = await (this.options.fetch ?? globalThis.fetch)(url, {
        method,
        headers: { ...headers, 'accept-encoding': 'identity' },
        redirect: 'manual',
        credentials: 'omit',
        signal,
      });
      const { status } = response;
      const isWhole = status === 200;
      const isUsable = isWhole || (headers['range'] !== undefined && (status === 206 || status === 416)) || method === 'HEAD';
      if (gone.has(status) || !isUsable || (status >= 300 && status < 400)) {
        await response.body?.cancel().catch(() => undefined);
        if (gone.has(status)) return undefined;
        throw this.refused(key, status, response.headers);
      }
      if (method === 'HEAD' || status === 416) {
        await response.body?.cancel().catch(() => undefined);
        return { status, headers: response.headers, bytes: new Uint8Array(0) };
      }
      const limit = isWhole ? this.wholeBytes : expectedBytes;
      return { status, headers: response.headers, bytes: await this.body(response, key, limit, headers['range'] !== undefined) };
    } catch (error) {
      if (isFailure(error)) throw error;
      if (options?.signal?.aborted) throw new Failure('cancelled', 'Cancelled.');
      if (timeout.aborted) {
        throw new Failure(
          'storage.unavailable',
          `${this.place(key)} did not come within ${timeoutMs / 1000} s. Check the network and try again, or copy the analyzer here.`,
          { host: url.host, timeoutMs },
          error,
        );
      }
      throw this.unreachable(key, error);
    }
  }

  /** Reads a reply, given up once it is longer than announced or wanted. */
  private async body(response: Response, key: string, limit: number, wasRange: boolean): Promise<Uint8Array<ArrayBuffer>> {
    const encoding = response.headers.get('content-encoding');
    if (encoding !== null && encoding !== 'identity') {
      await response.body?.cancel().catch(() => undefined);
      throw this.broken(key, `it sends files compressed (${encoding.slice(0, 20)}), so parts of them can’t be asked for`);
    }
    const announced = wholeNumber(response.headers.get('content-length'));
    if (announced !== undefined && !(announced <= limit)) {
      await response.body?.cancel().catch(() => undefined);
      const why = wasRange && response.status === 200 ? 'the server gives no parts of files and' : 'it';
      throw new Failure(
        'analyzer.refused',
        `${this.place(key)} can’t be read: ${why} is ${Math.round(announced / 2 ** 20)} MiB in one piece. Copy the analyzer here, or put it on a server with range requests.`,
        { host: this.base.host, byteLength: announced },
      );
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    const reader = response.body?.getReader();
    while (reader !== undefined) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.byteLength;
      if (length > limit) {
        await reader.cancel().catch(() => undefined);
        throw this.broken(key, 'it sends more than it should');
      }
      chunks.push(value);
    }
    if (announced !== undefined && announced !== length) throw this.broken(key, `it ended after ${length} of ${announced} bytes`);
    const out = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      out.set(chunk, at);
      at += chunk.byteLength;
    }
    return out;
  }

  private urlOf(key: string): URL {
    const parts = key.split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..') || key.includes('\0')) {
      throw new Failure(
        'analyzer.refused',
        `The analyzer names a file outside its folder (${key.slice(0, 80)}). Don’t open it; ask where it comes from.`,
        {
          file: key.slice(0, 200),
        },
      );
    }
    const url = new URL(this.base);
    url.pathname = `${url.pathname}${parts.map(encodeURIComponent).join('/')}`;
    return url;
  }

  /** How messages name a key: without the query of the address. */
  private place(key: string): string {
    return `${this.base.origin}${this.base.pathname}${key}`.slice(0, 300);
  }

  private refused(key: string, status: number, headers: Headers): Failure {
    const { host } = this.base;
    if (status >= 300 && status < 400) {
      const location = headers.get('location');
      const target = location !== null && URL.canParse(location, this.base.href) ? ` to ${new URL(location, this.base).host}` : '';
      return new Failure(
        'analyzer.refused',
        `${this.place(key)} is redirected${target}, and Samecell follows no redirect. Give the address it ends at.`,
        { host, status },
      );
    }
    if (status === 401 || status === 403) {
      return new Failure(
        'storage.unavailable',
        `${this.place(key)} may not be read (status ${status}). Make it public, give a signed address, or copy the analyzer here.`,
        { host, status },
      );
    }
    return new Failure(
      'storage.unavailable',
      `${this.place(key)} can’t be read: ${host} answers with status ${status}. Try again later, or copy the analyzer here.`,
      { host, status },
    );
  }

  private broken(key: string, why: string): Failure {
    return new Failure('storage.unavailable', `${this.place(key)} can’t be read: ${why}. Try again, or copy the analyzer here.`, {
      host: this.base.host,
    });
  }

  private unreachable(key: string, error: unknown): Failure {
    const text = causesOf(error);
    const { host } = this.base;
    const why = /ECONNREFUSED/.test(text)
      ? `nothing answers at ${host}`
      : /ENOTFOUND|EAI_AGAIN/.test(text)
        ? `the host ${host} can’t be found`
        : /CERT|certificate|SSL|TLS/i.test(text)
          ? `the certificate of ${host} can’t be trusted`
          : `the connection to ${host} broke off`;
    return new Failure(
      'storage.unavailable',
      `${this.place(key)} can’t be read: ${why}. Check the address and the network.`,
      { host },
      error,
    );
  }
}

function baseOf(address: string): URL {
  const bucket = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(\/.*)?$/i.exec(address);
  const text = bucket === null ? address : `https://${bucket[1]}.s3.amazonaws.com${bucket[2] ?? '/'}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    throw new Failure('input.invalid', 'That is no address Samecell reads from. Give one that begins with https://, http:// or s3://.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new Failure('input.invalid', `The address of ${url.host} holds a name or password. Give a signed address instead.`, {
      host: url.host,
    });
  }
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname = `${url.pathname}/`;
  return url;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function contentRange(headers: Headers): { start: number; end: number; total: number | undefined } | undefined {
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (match === null) return undefined;
  return { start: Number(match[1] ?? 0), end: Number(match[2] ?? -1), total: match[3] === '*' ? undefined : Number(match[3]) };
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}

function causesOf(error: unknown): string {
  let text = '';
  let at = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const { message, code, cause } = at as { message?: unknown; code?: unknown; cause?: unknown };
    text += ` ${String(code ?? '')} ${String(message ?? '')}`;
    at = cause;
  }
  return text;
}
