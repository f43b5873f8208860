import { Failure } from '../../failure.ts';
import type { OfferedOutcome } from '../judge.ts';
import type { Line } from './exchange.ts';
import { providerFailure } from './provider-failure.ts';
import { quotable } from './scrub.ts';

/** The outcome of one question of a batch that the provider answered with an error of that status. */
export function offeredFailure(line: Line, status: number, body: unknown): OfferedOutcome {
  const exchange = { status, body: JSON.stringify(body ?? {}), header: () => null, thrown: undefined };
  const failure = providerFailure(exchange, undefined, { provider: line.provider, model: undefined, key: line.key, signal: undefined });
  // What is wrong with one question of a batch is not wrong with all.
  const { wholeRun: _, ...details } = failure.details;
  return { ok: false, failure: new Failure(failure.kind, failure.message, details), expired: false };
}

/** One that was never asked, since its day was over or the batch was cancelled. */
export function neverAsked(line: Line, why: string): OfferedOutcome {
  const title = line.provider.title;
  const failure = new Failure(
    'provider.timeout',
    `${title[0].toUpperCase()}${title.slice(1)} did not get to this question (${quotable(why, line.key, 60)}).`,
  );
  return { ok: false, failure, expired: true };
}
