import type { Downward, Upward } from './messages.ts';

/** What a host says to the core: requests of windows (already through the door) and its own few questions. */
export type ToCore =
  | Upward
  /** The host grants a folder that a person chose; the reply's value is a `Granted`. */
  | { readonly type: 'grant'; readonly id: number; readonly path: string; readonly purpose: 'analyzer' | 'output' | 'recording' }
  /** Where this session last wrote; the reply's value is `{ path: string | undefined }`. */
  | { readonly type: 'lastOutput'; readonly id: number; readonly sessionId: string }
  | { readonly type: 'close' };

export interface Granted {
  readonly grant: string;
  readonly name: string;
  /** For people: the path with the home folder shortened. */
  readonly display: string;
}

/** What the core says to its host. `ready` comes once, when calls are answered; `failed` when it can't start. */
export type FromCore =
  | Downward
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly failure: import('../failure.ts').FailureRecord }
  | { readonly type: 'closed' };

/** How the core process is told where things are (one JSON argument). */
export interface CoreOptions {
  readonly dataFolder: string;
  readonly assetsFolder: string;
  readonly version: string;
}
