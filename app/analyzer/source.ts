/** What to stop for. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where bytes come from: a folder on disk, a zip, a web server. Keys are relative, `/`-separated.
 * Absence is `undefined`, failure throws a `Failure`. A source never writes.
 */
export interface Source {
  /** What people call it: the folder's name, never its whole path. */
  readonly name: string;
  /** Whole content, or `undefined` where the key does not exist. */
  get(key: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * `length` bytes from `offset` (fewer at the end), or `undefined` where the key does not exist. They may lie in `into`,
   * where it is given and large enough, and are good until that memory is used again: reading on through a large file then
   * takes no new memory for each piece.
   */
  getRange(
    key: string,
    offset: number,
    length: number,
    options?: ReadOptions,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Size in bytes, or `undefined` where the key does not exist or is a folder. */
  size(key: string): Promise<number | undefined>;
  /** Names directly below a folder key (`''` is the root), sorted; empty where it does not exist. */
  list(folder: string): Promise<readonly SourceEntry[]>;
  /** Lets go of what is held open. The source can still be used afterwards. */
  close?(): Promise<void>;
}

export interface SourceEntry {
  readonly name: string;
  readonly isFolder: boolean;
}
