import type { z } from 'zod';
import { createBreather } from '../../analyzer/compute/breathe.ts';
import { Failure, throwIfCancelled } from '../../failure.ts';
import { type HostFetch, type HostResponse, recordedFetch } from './host-fetch.ts';
import { errorStatus, providerFailure } from './provider-failure.ts';
import { scrubbed } from './scrub.ts';

export interface Line {
  readonly provider: { readonly id: string; readonly title: string };
  readonly key: string | undefined;
  readonly fetch: HostFetch;
  /** Headers that carry the key. */
  readonly auth: Readonly<Record<string, string>>;
}

export type SdkFetch = (url: unknown, request?: { method?: string; headers?: unknown; body?: unknown }) => Promise<HostResponse>;

/** Milliseconds after which an SDK's own clock would give up; the host's is shorter. */
export const sdkTimeoutMs = 3_700_000;

/**
 * One request through an SDK, and its reply in the given shape. The shape asks for no more than is read, because
 * providers and gateways add and leave out fields. Throws a `Failure` of a `provider.*` kind, or `cancelled`.
 */
export async function exchange<Shape extends z.ZodType>(
  line: Line,
  model: string | undefined,
  signal: AbortSignal | undefined,
  shape: Shape,
  call: (sdkFetch: SdkFetch) => Promise<unknown>,
): Promise<{ reply: z.output<Shape>; raw: string }> {
  const { raw, read } = await exchangeRaw(line, model, signal, call);
  return { reply: read(() => shape.parse(JSON.parse(raw))), raw };
}

/**
 * As `exchange`, for the answer to a question: a reply that says 200 but holds an error, as gateways give it when the server behind them
 * fails, is that error.
 */
export async function exchangeAnswer<Shape extends z.ZodType>(
  line: Line,
  model: string | undefined,
  signal: AbortSignal | undefined,
  shape: Shape,
  call: (sdkFetch: SdkFetch) => Promise<unknown>,
): Promise<{ reply: z.output<Shape>; raw: string }> {
  const { raw, exchange, asked, read } = await exchangeRaw(line, model, signal, call);
  const value = read<unknown>(() => JSON.parse(raw));
  const status = errorStatus(value);
  if (status !== undefined) throw providerFailure({ ...exchange, status }, undefined, asked);
  return { reply: read(() => shape.parse(value)), raw };
}

/** As `exchange`, for a reply of JSON lines; empty lines are left out. */
export async function exchangeLines<Shape extends z.ZodType>(
  line: Line,
  signal: AbortSignal | undefined,
  shape: Shape,
  call: (sdkFetch: SdkFetch) => Promise<unknown>,
): Promise<{ reply: z.output<Shape>; raw: string }[]> {
  const { raw, read } = await exchangeRaw(line, undefined, signal, call);
  // Thousands of answers must not hold up the thread.
  const breathe = createBreather(signal);
  const rows: { reply: z.output<Shape>; raw: string }[] = [];
  for (let from = 0; from < raw.length; ) {
    const end = raw.indexOf('\n', from);
    const one = raw.slice(from, end < 0 ? raw.length : end);
    from = end < 0 ? raw.length : end + 1;
    if (one.trim() === '') continue;
    rows.push({ reply: read(() => shape.parse(JSON.parse(one))), raw: one });
    const turn = breathe();
    if (turn) await turn;
  }
  return rows;
}

async function exchangeRaw(
  line: Line,
  model: string | undefined,
  signal: AbortSignal | undefined,
  call: (sdkFetch: SdkFetch) => Promise<unknown>,
) {
  throwIfCancelled(signal);
  const { sdkFetch, exchange } = recordedFetch(line.fetch, line.auth, signal);
  const asked = { provider: line.provider, model, key: line.key, signal };
  let thrown: unknown;
  try {
    await call(sdkFetch);
  } catch (error) {
    thrown = error;
  }
  // An SDK may choke on a reply that holds all we need; what counts is the reply.
  if (exchange.thrown !== undefined || exchange.status === undefined || exchange.status >= 400)
    throw providerFailure(exchange, thrown, asked);
  /** What is read out of the reply; where that fails, the provider's failure. */
  const read = <Value>(reading: () => Value): Value => {
    try {
      return reading();
    } catch (error) {
      throw providerFailure(exchange, error, asked);
    }
  };
  return { raw: scrubbed(exchange.body, line.key), exchange, asked, read };
}

/** The key, or `provider.auth` where there is none. */
export function neededKey(key: string | undefined, provider: { readonly id: string; readonly title: string }): string {
  const trimmed = key?.trim() ?? '';
  if (trimmed !== '' && /^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  const why = trimmed === '' ? 'There is no key' : 'The key holds characters that no key has';
  throw new Failure('provider.auth', `${why} for ${provider.title}. Enter one in the settings.`, { provider: provider.id, wholeRun: true });
}
