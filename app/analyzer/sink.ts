import type { ReadOptions } from './source.ts';

/** Bytes to write: all at once, or piece by piece so that a large array never has to be whole in memory. */
export type SinkContent = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Where a new folder comes into being. Keys are relative, `/`-separated; nothing shows under the folder's own name
 * before `commit`, and after `discard` nothing is left of it. A sink never touches what exists.
 */
export interface Sink {
  /** What people call it: the folder's name, never its whole path. */
  readonly name: string;
  /** Throws `output.failed` naming the folder (full disk, no right to write), `cancelled`; each key is written once. */
  write(key: string, content: SinkContent, options?: ReadOptions): Promise<void>;
  /** Takes one written key away again, where what belongs beside it could not be written. */
  remove(key: string): Promise<void>;
  /** Makes it safe on disk and gives it its name, in one step. Throws `output.exists` where the name was taken meanwhile. */
  commit(): Promise<void>;
  /** Takes away what was written so far. Safe to call twice and after `commit` (then it does nothing). */
  discard(): Promise<void>;
}

/** Runs `work` on a sink and commits; where it fails or is cancelled nothing stays behind and the failure goes on. */
export async function inOneStep<Result>(sink: Sink, work: (sink: Sink) => Promise<Result>): Promise<Result> {
  try {
    const result = await work(sink);
    await sink.commit();
    return result;
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

/** The part of a sink below a folder key. Committing and discarding stay with the whole. */
export function below(sink: Sink, folder: string): Pick<Sink, 'write' | 'remove'> {
  return {
    write: (key, content, options) => sink.write(`${folder}/${key}`, content, options),
    remove: (key) => sink.remove(`${folder}/${key}`),
  };
}
