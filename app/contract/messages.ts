import type { FailureRecord } from '../failure.ts';

/** From the window to a host, over one channel. */
export type Upward =
  | { readonly type: 'ask'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number };

/** From a host to the window, over one channel. */
export type Downward =
  | { readonly type: 'reply'; readonly id: number; readonly result: Result }
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly total: number; readonly what: string }
  | { readonly type: 'event'; readonly name: string; readonly data: unknown };

/** Failures travel as values. */
export type Result = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly failure: FailureRecord };

/**
 * What the preload script puts on `window.bridge`; the web host's page builds the same over a WebSocket.
 * `pathOfDropped` is empty where the host cannot know it.
 */
export interface Bridge {
  send(message: Upward): void;
  listen(listener: (message: Downward) => void): () => void;
  pathOfDropped(file: unknown): string;
}
