/** Zstandard as the host has it built in, many times as fast as what comes along compiled to WebAssembly. */
export interface Zstd {
  /** One frame. */
  compress(bytes: Uint8Array, level: number): Promise<Uint8Array>;
  /** Throws where the frame is damaged or holds more than `byteLength`. */
  decompress(frame: Uint8Array, byteLength: number): Uint8Array;
}

let found: (() => Promise<Zstd | undefined>) | undefined;

/** A host says once where its own is; it is looked for when the first compressed chunk comes. */
export function offerZstd(find: () => Promise<Zstd | undefined>): void {
  found = find;
}

/** The host's own, or `undefined` where it has none. */
export async function hostZstd(): Promise<Zstd | undefined> {
  return found?.();
}
