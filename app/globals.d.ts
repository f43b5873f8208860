// The domain runs in windows, workers and plain Node alike: these are the only host globals it may use.
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes?: ArrayBufferView | ArrayBuffer): string;
}
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}
interface TurnPort {
  onmessage: (() => void) | null;
  postMessage(message: number): void;
  close(): void;
}
/** These two only for giving the event loop a turn (`app/analyzer/compute/breathe.ts`). Windows have no `setImmediate`. */
declare const setImmediate: ((callback: () => void) => void) | undefined;
declare class MessageChannel {
  readonly port1: TurnPort;
  readonly port2: TurnPort;
}
declare class DecompressionStream {
  constructor(format: 'gzip' | 'deflate' | 'deflate-raw');
  readonly readable: {
    getReader(): {
      read(): Promise<{ done: false; value: Uint8Array } | { done: true; value: undefined }>;
      cancel(reason?: unknown): Promise<void>;
    };
  };
  readonly writable: { getWriter(): { write(chunk: Uint8Array): Promise<void>; close(): Promise<void> } };
}
