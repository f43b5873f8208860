import type { FromCore, ToCore } from '../../../app/contract/link.ts';

/** A running core, however it was started. Made by one of the two starters beside this file. */
export interface CoreProcess {
  send(message: ToCore): void;
  onMessage(listener: (message: FromCore) => void): void;
  /** Once, when the process has ended, with its exit code where it has one. */
  onExit(listener: (code: number | null) => void): void;
  /** Lines of its standard output and error, for the log. */
  onLine(listener: (line: string) => void): void;
  kill(): void;
}

export type StartCore = () => CoreProcess;
