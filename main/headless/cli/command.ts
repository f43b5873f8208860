import type { FailureRecord } from '../../../app/failure.ts';
import type { Log } from '../../core/log.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Switches of every command. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly log?: string;
  readonly dataDir?: string;
}

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Fires at Ctrl+C. */
  readonly signal: AbortSignal;
  readonly common: CommonOptions;
  /** Where `--log` points; nothing is written without it. */
  readonly log: Log | undefined;
}

/** How a command ended. `json` is printed with `--json`, `text` without. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
  readonly exitCode?: ExitCode;
  /** The work ended early: what was done stays, and this is the reason. Printed instead of `json`. */
  readonly failure?: FailureRecord;
}
