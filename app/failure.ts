/**
 * Every kind of failure a person can meet. The part before the dot says who can mend it:
 * the person's input, their analyzer, the provider, this machine, or us (`bug`).
 */
export const failureKinds = [
  'bug',
  'cancelled',
  'usage',
  'ipc.forbidden',
  'ipc.invalid',
  'input.invalid',
  'input.notFound',
  'analyzer.notAnAnalyzer',
  'analyzer.missingFile',
  'analyzer.damaged',
  'analyzer.unsupported',
  'analyzer.refused',
  'analyzer.missingExtension',
  'analyzer.unknownUnit',
  'analyzer.changed',
  'provider.auth',
  'provider.quota',
  'provider.rateLimited',
  'provider.unreachable',
  'provider.server',
  'provider.timeout',
  'provider.badRequest',
  'provider.refused',
  'provider.badReply',
  'provider.offlineOnly',
  'vault.unavailable',
  'storage.newer',
  'storage.unavailable',
  'output.exists',
  'output.failed',
  'merge.conflict',
  'merge.impossible',
  'host.unsupported',
  'host.lost',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** Facts that go with a failure: which file, field, unit or limit, and the remedy. Never a secret. */
export type FailureDetails = Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;

/** A failure as it crosses processes and lands in `--json` output. */
export interface FailureRecord {
  readonly kind: FailureKind;
  readonly message: string;
  readonly details: FailureDetails;
}

const marker = Symbol.for('samecell.failure');

/** The one error type. `message` is one clear sentence that names the file or field and the remedy. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly details: FailureDetails;
  readonly [marker] = true;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Failure';
    this.kind = kind;
    this.details = details;
  }

  toRecord(): FailureRecord {
    return { kind: this.kind, message: this.message, details: this.details };
  }
}

/** True for a `Failure`, also one from another copy of this module; with kinds given, only for those. */
export function isFailure(error: unknown, ...kinds: FailureKind[]): error is Failure {
  if (typeof error !== 'object' || error === null || !(marker in error)) return false;
  return kinds.length === 0 || kinds.includes((error as Failure).kind);
}

/** The failure as a value; anything that is not a `Failure` becomes a `bug` whose own text stays behind. */
export function toFailureRecord(error: unknown): FailureRecord {
  if (isFailure(error)) return error.toRecord();
  if (isAbort(error)) return { kind: 'cancelled', message: 'Cancelled.', details: {} };
  return { kind: 'bug', message: 'Something in Samecell went wrong. The log has the details.', details: {} };
}

/** Throws `cancelled` once the signal has fired. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Failure('cancelled', 'Cancelled.');
}

function isAbort(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'AbortError';
}
