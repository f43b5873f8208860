import { Failure, type FailureKind, isFailure } from '../../failure.ts';
import type { Exchange } from './host-fetch.ts';
import { quotable } from './scrub.ts';

interface Asked {
  readonly provider: { readonly id: string; readonly title: string };
  readonly model: string | undefined;
  readonly key: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * The failure of one exchange, in words that name the provider and the remedy and never hold the key.
 * `details.retryAfterMs` where the provider said when; `details.wholeRun` where every other group would meet the same.
 */
export function providerFailure(exchange: Exchange, error: unknown, asked: Asked): Failure {
  if (asked.signal?.aborted) return new Failure('cancelled', 'Cancelled.');
  if (isFailure(exchange.thrown)) return exchange.thrown;
  if (isFailure(error)) return error;
  const title = capital(asked.provider.title);
  if (exchange.thrown !== undefined || exchange.status === undefined) {
    return new Failure(
      'provider.unreachable',
      `${title} could not be reached, or the connection broke off. Check the network and the address.`,
      { provider: asked.provider.id },
      exchange.thrown ?? error,
    );
  }
  if (exchange.status < 400) {
    return new Failure(
      'provider.badReply',
      `${title} sent a reply that is not in its own format. If an address was entered for it, check that it speaks this protocol.`,
      { provider: asked.provider.id, status: exchange.status },
      error,
    );
  }
  return statusFailure(exchange as Exchange & { status: number }, asked);
}

function statusFailure(exchange: Exchange & { status: number }, asked: Asked): Failure {
  const { status, body } = exchange;
  const title = capital(asked.provider.title);
  const theirWords = quotable(messageOf(body), asked.key);
  const said = theirWords === '' ? '' : ` It said: “${theirWords}”`;
  const fail = (kind: FailureKind, message: string, details: Record<string, string | number | boolean> = {}) =>
    new Failure(kind, message + said, { provider: asked.provider.id, status, ...details });

  if (status === 401 || status === 403 || (status === 400 && /api[ _]key[ _](not[ _]valid|invalid|expired)/i.test(body))) {
    return fail('provider.auth', `${title} refused the key (${status}). Enter a working key for it in the settings.`, { wholeRun: true });
  }
  if (status === 402 || isOutOfQuota(status, body)) {
    return fail('provider.quota', `${title} says that nothing is left to spend (${status}). Check the plan and billing of the account.`, {
      wholeRun: true,
    });
  }
  if (status === 429) {
    const waitMs = retryAfterMs(exchange);
    return fail(
      'provider.rateLimited',
      `${title} asks to slow down (429). Use fewer workers (num_workers), or try again later.`,
      waitMs === undefined ? {} : { retryAfterMs: waitMs },
    );
  }
  if (status === 408 || status === 504) {
    return fail('provider.timeout', `${title} took too long (${status}). Try again, or choose a faster model.`, waited(exchange));
  }
  if (status === 409 || status >= 500) {
    return fail('provider.server', `${title} has a problem of its own (${status}). Try again later.`, waited(exchange));
  }
  if (status === 404 || status === 405) {
    const model = asked.model === undefined ? 'the address' : `the model “${quotable(asked.model, asked.key, 100)}” or the address`;
    return fail('provider.badRequest', `${title} does not know ${model} (${status}). Check its spelling in the settings.`, {
      wholeRun: true,
    });
  }
  if (/content[_ ](policy|filter)|safety|moderation/i.test(body)) {
    return fail('provider.refused', `${title} declined to look at this question (${status}). Judge this group by hand.`);
  }
  if (status === 413) return fail('provider.badRequest', `${title} finds the question too large (413). Send fewer pictures or examples.`);
  return fail('provider.badRequest', `${title} did not accept the question (${status}). The model may not take pictures or this many.`);
}

function waited(exchange: Exchange): Record<string, number> {
  const waitMs = retryAfterMs(exchange);
  return waitMs === undefined ? {} : { retryAfterMs: waitMs };
}

const statusOfWord: readonly (readonly [word: RegExp, status: number])[] = [
  [/quota|billing|credit/i, 402],
  [/rate.?limit|too.?many|resource.?exhausted|\b429\b/i, 429],
  [/authenticat|invalid.?api.?key|unauthorized|\b401\b/i, 401],
  [/permission|forbidden/i, 403],
  [/not.?found|\b404\b/i, 404],
  [/timeout|timed out|deadline/i, 504],
  [/overloaded|unavailable/i, 503],
  [/content.?(filter|policy)|safety|moderation/i, 400],
  [/invalid.?(request|argument|prompt|image|base64)|unsupported|context.?length|too.?large/i, 400],
];

/** The status that a reply's own error would have had; `undefined` for a reply without one. An error nobody knows is the server's. */
export function errorStatus(reply: unknown): number | undefined {
  const first = field(reply, 'choices');
  const error = field(reply, 'error') ?? (Array.isArray(first) ? field(first[0], 'error') : undefined);
  const isError = typeof error === 'string' ? error !== '' : typeof error === 'object' && error !== null;
  if (!isError) return undefined;
  for (const name of ['code', 'status', 'status_code']) {
    const status = Number(field(error, name));
    if (Number.isInteger(status) && status >= 400 && status < 600) return status;
  }
  const words =
    typeof error === 'string' ? error : ['type', 'code', 'status', 'message'].map((name) => String(field(error, name) ?? '')).join(' ');
  return statusOfWord.find(([word]) => word.test(words))?.[1] ?? 500;
}

function isOutOfQuota(status: number, body: string): boolean {
  if (/insufficient_quota|billing_hard_limit|credit balance is too low|billing_not_active|insufficient[_ ]balance/i.test(body)) return true;
  // Google answers a full minute and a spent day alike; the day's counter is named in the details.
  return status === 429 && /PerDay/.test(body) && !/PerMinute/.test(body);
}

function capital(title: string): string {
  return title[0].toUpperCase() + title.slice(1);
}

function messageOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const outer = Array.isArray(value) ? value[0] : value;
    const error = field(outer, 'error') ?? field(outer, 'detail') ?? outer;
    if (typeof error === 'string') return error;
    const message = field(error, 'message') ?? field(outer, 'message');
    return typeof message === 'string' ? message : '';
  } catch {
    return /<html|<!doctype/i.test(body) ? '' : body.slice(0, 400);
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Milliseconds to wait as the reply says: `retry-after-ms`, `retry-after` in seconds or as a date, or in its words. */
export function retryAfterMs(exchange: Pick<Exchange, 'header' | 'body'>): number | undefined {
  const ms = Number(exchange.header('retry-after-ms') ?? Number.NaN);
  if (ms >= 0) return ms;
  const after = exchange.header('retry-after');
  if (after !== null) {
    const seconds = Number(after);
    if (seconds >= 0) return seconds * 1000;
    const until = Date.parse(after) - (Date.parse(exchange.header('date') ?? '') || Date.now());
    if (until >= 0) return until;
  }
  const delay =
    /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(exchange.body) ?? /"retry_?after"\s*:\s*"?(\d+(?:\.\d+)?)(?![\d.])/i.exec(exchange.body);
  if (delay) return Math.ceil(Number(delay[1]) * 1000);
  // OpenAI's words: "Please try again in 1.5s", "in 320ms", "in 6m0s".
  const words = /(?:try again|retry) in (?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s))?/i.exec(exchange.body);
  const [, hours, minutes, amount, unit] = words ?? [];
  if (hours === undefined && minutes === undefined && amount === undefined) return undefined;
  const rest = Number(amount ?? 0) * (unit === 'ms' ? 1 : 1000);
  return Math.ceil(Number(hours ?? 0) * 3_600_000 + Number(minutes ?? 0) * 60_000 + rest);
}
