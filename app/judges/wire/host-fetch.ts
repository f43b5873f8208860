/** The part of a `Response` that adapters and SDKs read. */
export interface HostResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  clone(): HostResponse;
}

export interface HostRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly redirect: 'error';
}

/** The host's `fetch`, as far as adapters use it. */
export type HostFetch = (url: string, request: HostRequest) => Promise<HostResponse>;

/** What one exchange looked like: the reply's text, or what the host's `fetch` threw. */
export interface Exchange {
  status: number | undefined;
  body: string;
  header(name: string): string | null;
  thrown: unknown;
}

/** What an SDK hands to its `fetch`. */
interface SdkRequest {
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
}

// SDKs add headers of their own: machine and runtime, and whatever an environment variable says. Only these pass.
const passing = ['content-type', 'accept', 'anthropic-version', 'anthropic-beta', 'x-goog-api-client'];

/**
 * A `fetch` for one SDK call: only the needed headers pass, the key is set here and nowhere else, redirects are
 * refused, and the exchange is kept for the record and for naming the failure.
 */
export function recordedFetch(fetch: HostFetch, auth: Readonly<Record<string, string>>, signal: AbortSignal | undefined) {
  const exchange: Exchange = { status: undefined, body: '', header: () => null, thrown: undefined };
  const sdkFetch = async (url: unknown, request: SdkRequest = {}): Promise<HostResponse> => {
    const headers: Record<string, string> = {};
    for (const name of passing) {
      const value = headerOf(request.headers, name);
      if (value !== undefined) headers[name] = value;
    }
    Object.assign(headers, auth);
    const body = isBody(request.body) ? request.body : undefined;
    try {
      const response = await fetch(String(url), { method: request.method ?? 'GET', headers, body, signal, redirect: 'error' });
      exchange.status = response.status;
      exchange.header = (name) => response.headers.get(name);
      exchange.body = await response.clone().text();
      return response;
    } catch (error) {
      exchange.thrown = error;
      throw error;
    }
  };
  return { sdkFetch, exchange };
}

function isBody(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array;
}

function headerOf(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  if ('get' in headers && typeof headers.get === 'function') return (headers.get(name) as string | null) ?? undefined;
  for (const [key, value] of Object.entries(headers)) if (key.toLowerCase() === name && typeof value === 'string') return value;
  return undefined;
}
