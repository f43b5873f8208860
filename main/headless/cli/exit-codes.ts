import type { FailureKind } from '../../../app/failure.ts';

/** What a script can tell from the exit code. */
export const exitCodes = { done: 0, bug: 1, usage: 2, input: 3, provider: 4, cancelled: 5, someFailed: 6 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Who can mend it decides the code. */
export function exitCodeOf(kind: FailureKind | string): ExitCode {
  if (kind === 'bug') return exitCodes.bug;
  if (kind === 'usage' || kind.startsWith('ipc.')) return exitCodes.usage;
  if (kind === 'cancelled') return exitCodes.cancelled;
  if (kind.startsWith('provider.') || kind.startsWith('vault.')) return exitCodes.provider;
  return exitCodes.input;
}
