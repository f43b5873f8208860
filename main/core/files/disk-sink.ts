import { randomBytes } from 'node:crypto';
import * as nodeFs from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Sink, SinkContent } from '../../../app/analyzer/sink.ts';
import { offerZstd } from '../../../app/analyzer/zstd.ts';
import { Failure, throwIfCancelled } from '../../../app/failure.ts';
import { nodeZstd } from './node-zstd.ts';
import { writeProblem } from './write-problem.ts';

offerZstd(nodeZstd);

/** The operating system's functions a disk sink uses; tests give failing ones. */
export type SinkFiles = Pick<typeof nodeFiles, 'lstat' | 'mkdir' | 'open' | 'rename' | 'rm'> &
  Pick<typeof nodeFs, 'openSync' | 'writeSync' | 'closeSync' | 'mkdirSync' | 'fsync'>;

const operatingSystem: SinkFiles = {
  lstat: nodeFiles.lstat,
  mkdir: nodeFiles.mkdir,
  open: nodeFiles.open,
  rename: nodeFiles.rename,
  rm: nodeFiles.rm,
  openSync: nodeFs.openSync,
  writeSync: nodeFs.writeSync,
  closeSync: nodeFs.closeSync,
  mkdirSync: nodeFs.mkdirSync,
  fsync: nodeFs.fsync,
};

/** Up to this a file is written at once: handing it to a thread and waiting costs many times as much. */
const quickBytes = 2 ** 16;
/** So many of these stay open until they are flushed: opening each again costs as much as writing it. */
const mostOpen = 128;
/** A disk that let one such call wait this long gets threads from then on. */
const slowMs = 100;

/** Only on Windows: a virus scanner or indexer may hold a fresh file for a moment. */
const renameTries = process.platform === 'win32' ? 10 : 1;

/** From here on a file is flushed as soon as it is written, so that the disk works while the next is made. */
const largeBytes = 2 ** 22;
/** Each flush holds one of Node's four file threads; reading and writing go on with the others. */
const flushesBesides = 2;
const flushesAtOnce = 4;

/**
 * A new folder on disk. It grows beside the wanted one as `<name>.partial-<random>`; `commit` flushes every file and folder
 * to the disk, where that has not been done before, and renames it into place. Missing parent folders are made. Throws `output.exists` where the name is taken,
 * `output.failed` naming the folder where it can't be written.
 */
export async function diskSink(folder: string, files: SinkFiles = operatingSystem): Promise<Sink> {
  const target = resolve(folder);
  const partial = join(dirname(target), `${basename(target)}.partial-${randomBytes(6).toString('hex')}`);
  const folders = new Set<string>([partial]);
  const written = new Set<string>();
  /** Written, and not flushed yet; some are still open. */
  const unflushed = new Map<string, number | undefined>();
  let openCount = 0;
  const flushing = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  let isQuick = true;
  let state: 'open' | 'committed' | 'discarded' = 'open';

  await refuseExisting(files, target);
  try {
    await files.mkdir(partial, { recursive: true });
  } catch (error) {
    throw writeProblem(error, target);
  }

  async function makeFolder(path: string): Promise<void> {
    if (folders.has(path)) return;
    await makeFolder(dirname(path));
    if (isQuick) quickly(() => files.mkdirSync(path, { recursive: true }));
    else await files.mkdir(path, { recursive: true });
    folders.add(path);
  }

  function quickly<Value>(work: () => Value): Value {
    const begin = performance.now();
    const value = work();
    if (performance.now() - begin > slowMs) isQuick = false;
    return value;
  }

  /** Flushes a file or folder that was written, and closes it. */
  async function flush(path: string, flags: 'r' | 'r+', open?: number): Promise<void> {
    if (!isQuick && open === undefined) return syncAndClose(await files.open(path, flags));
    const descriptor = open ?? quickly(() => files.openSync(path, flags));
    try {
      await new Promise<void>((done, fail) => files.fsync(descriptor, (error) => (error ? fail(error) : done())));
    } finally {
      files.closeSync(descriptor);
    }
  }

  /** Begins to flush and close a file; a failure is thrown by the next write, or by `commit`. */
  function flushBesides(handle: nodeFiles.FileHandle): void {
    const flush = syncAndClose(handle)
      .catch((error: unknown) => {
        failed ??= { error };
      })
      .finally(() => flushing.delete(flush));
    flushing.add(flush);
  }

  function close(path: string): void {
    const descriptor = unflushed.get(path);
    unflushed.delete(path);
    if (descriptor === undefined) return;
    openCount -= 1;
    files.closeSync(descriptor);
  }

  function throwIfFailed(): void {
    if (failed !== undefined) throw failed.error;
  }

  return {
    name: basename(target),

    async write(key, content, options) {
      const path = join(partial, ...segmentsOf(key));
      if (state !== 'open') throw new Error(`the sink for ${basename(target)} is ${state}`);
      if (written.has(path)) throw new Error(`${key} was written already`);
      written.add(path);
      try {
        throwIfFailed();
        await makeFolder(dirname(path));
        if (isQuick && content instanceof Uint8Array && content.byteLength <= quickBytes) {
          throwIfCancelled(options?.signal);
          unflushed.set(path, undefined);
          const descriptor = quickly(() => writeSmall(files, path, content));
          if (openCount < mostOpen) {
            unflushed.set(path, descriptor);
            openCount += 1;
          } else files.closeSync(descriptor);
          return;
        }
        const { handle, byteLength } = await writeFile(files, path, content, options?.signal);
        if (byteLength < largeBytes) {
          unflushed.set(path, undefined);
          await handle.close();
        } else {
          while (flushing.size >= flushesBesides) await Promise.race(flushing);
          flushBesides(handle);
        }
      } catch (error) {
        throw writeProblem(error, target);
      }
    },

    async remove(key) {
      const path = join(partial, ...segmentsOf(key));
      written.delete(path);
      close(path);
      await files.rm(path, { force: true });
    },

    async commit() {
      if (state !== 'open') throw new Error(`the sink for ${basename(target)} is ${state}`);
      await refuseExisting(files, target);
      try {
        await inTurns([...unflushed], flushesAtOnce, ([path, open]) => {
          unflushed.delete(path);
          return flush(path, 'r+', open);
        });
        await Promise.all(flushing);
        throwIfFailed();
        await inTurns([...folders], flushesAtOnce, (path) => flushFolder(path, flush));
        await renameFolder(files, partial, target);
      } catch (error) {
        throw takenMeanwhile(error, target) ?? writeProblem(error, target);
      }
      state = 'committed';
      await flushFolder(dirname(target), flush);
    },

    async discard() {
      if (state !== 'open') return;
      state = 'discarded';
      for (const path of [...unflushed.keys()]) close(path);
      await Promise.all(flushing);
      // The failure that led here is the one to tell; what can't be removed carries `.partial` in its name.
      await files.rm(partial, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
    },
  };
}

/** The descriptor stays open; where writing fails it is closed. */
function writeSmall(files: SinkFiles, path: string, content: Uint8Array): number {
  const descriptor = files.openSync(path, 'wx');
  try {
    for (let offset = 0; offset < content.byteLength; ) offset += files.writeSync(descriptor, content, offset, content.byteLength - offset);
  } catch (error) {
    files.closeSync(descriptor);
    throw error;
  }
  return descriptor;
}

/** The handle stays open; where writing fails it is closed. */
async function writeFile(
  files: SinkFiles,
  path: string,
  content: SinkContent,
  signal: AbortSignal | undefined,
): Promise<{ readonly handle: nodeFiles.FileHandle; readonly byteLength: number }> {
  const handle = await files.open(path, 'wx');
  let byteLength = 0;
  try {
    for await (const piece of content instanceof Uint8Array ? [content] : content) {
      throwIfCancelled(signal);
      let offset = 0;
      while (offset < piece.byteLength) {
        const { bytesWritten } = await handle.write(piece, offset, piece.byteLength - offset);
        offset += bytesWritten;
      }
      byteLength += piece.byteLength;
    }
    throwIfCancelled(signal);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { handle, byteLength };
}

async function syncAndClose(handle: nodeFiles.FileHandle): Promise<void> {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Some at a time, all of them unless one fails; that failure is thrown once nobody works any more. */
async function inTurns<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  let failed: { readonly error: unknown } | undefined;
  const turn = async (): Promise<void> => {
    while (next < items.length && failed === undefined) {
      const item = items[next];
      next += 1;
      await work(item).catch((error: unknown) => {
        failed ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, turn));
  if (failed !== undefined) throw (failed as { readonly error: unknown }).error;
}

async function refuseExisting(files: SinkFiles, target: string): Promise<void> {
  try {
    await files.lstat(target);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw writeProblem(error, target);
  }
  throw exists(target);
}

async function renameFolder(files: SinkFiles, from: string, to: string): Promise<void> {
  for (let left = renameTries; ; left--) {
    try {
      return await files.rename(from, to);
    } catch (error) {
      if (left <= 1 || !['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error))) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

/** So that the names in a folder survive a power cut. Windows and some network file systems can't, then the system does it when it likes. */
async function flushFolder(path: string, flush: (path: string, flags: 'r') => Promise<void>): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    await flush(path, 'r');
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES'].includes(codeOf(error))) throw error;
  }
}

function segmentsOf(key: string): string[] {
  const segments = key.split('/');
  const bad = segments.some((segment) => segment === '' || segment === '.' || segment === '..' || /[\\\0]/.test(segment));
  if (bad) throw new Failure('output.failed', `${JSON.stringify(key)} is no name for a file, so it can't be written.`, { file: key });
  return segments;
}

function takenMeanwhile(error: unknown, target: string): Failure | undefined {
  return ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error)) ? exists(target) : undefined;
}

function exists(target: string): Failure {
  return new Failure('output.exists', `${target} exists already. Choose another name: Samecell never overwrites.`, { folder: target });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
