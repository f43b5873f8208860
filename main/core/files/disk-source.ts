import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  promises,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import type { ReadOptions, Source, SourceEntry } from '../../../app/analyzer/source.ts';
import { offerZstd } from '../../../app/analyzer/zstd.ts';
import { Failure, throwIfCancelled } from '../../../app/failure.ts';
import { nodeZstd } from './node-zstd.ts';

offerZstd(nodeZstd);

const maxOpenFiles = 8;
/** Above this a file's handle is kept for the next range. */
const bigFileBytes = 2 ** 20;
const maxWholeBytes = 2 ** 30;
/** Up to this a file is read at once: handing it to a thread and waiting costs many times as much. */
const quickBytes = 2 ** 16;
/** The same where nobody else waits for the thread. */
const aloneBytes = 2 ** 24;
/** A disk that let one such call wait this long gets threads from then on. */
const slowS = 0.1;
/** The same for a short range of a large file: many may follow each other. */
const slowRangeS = 0.002;
/** Handles nobody used for this long are closed. */
const idleMs = 3000;
const absent = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG']);

interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
  /** Reads under way; a handle is closed only when nobody reads. */
  users: number;
  retired: boolean;
}

/**
 * Reads below one folder and never writes. Keys are relative with `/`; `..`, absolute keys and links that lead out of the
 * folder throw `analyzer.refused`; `._*` files (macOS) do not exist here. A folder that isn't there throws `input.notFound`.
 * `alone`: nobody else waits for this thread, so that not even the first look is left to another, which takes long to start.
 */
export function diskSource(folder: string, { alone = false }: { readonly alone?: boolean } = {}): Source {
  return new DiskSource(resolve(folder), alone);
}

class DiskSource implements Source {
  readonly name: string;
  private readonly folder: string;
  private readonly alone: boolean;
  private readonly quickBytes: number;
  private root: Promise<string> | undefined;
  private knownRoot: string | undefined;
  private readonly openFiles = new Map<string, OpenFile>();
  private idle: NodeJS.Timeout | undefined;
  private readonly folders = new Map<string, Promise<string | undefined>>();
  private readonly quickFolders = new Map<string, string>();
  private isQuick = true;
  private areRangesQuick = true;

  constructor(folder: string, alone: boolean) {
    this.folder = folder;
    this.alone = alone;
    this.quickBytes = alone ? aloneBytes : quickBytes;
    this.name = basename(folder) || folder;
  }

  async get(key: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const root = this.knownRoot ?? (await this.rootPath());
    const quick = this.quickly(root, key, options, (descriptor, size) => (size <= this.quickBytes ? readAt(descriptor, size) : undefined));
    if (quick !== undefined) return quick;
    return this.withFile(key, options, async (file) => {
      if (!(file.size <= maxWholeBytes)) {
        throw new Failure('analyzer.refused', `${key} is larger than 1 GiB, too large to be read in one piece. Is this the right folder?`, {
          file: key,
        });
      }
      return this.readInto(file, key, 0, file.size, options);
    });
  }

  async getRange(
    key: string,
    offset: number,
    length: number,
    options?: ReadOptions,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (offset === 0 && length <= this.quickBytes) {
      const root = this.knownRoot ?? (await this.rootPath());
      const quick = this.quickly(root, key, options, (descriptor, size) => readAt(descriptor, Math.min(size, length)));
      if (quick !== undefined) return quick;
    }
    const held = this.openFiles.get(key);
    if (held !== undefined && length <= quickBytes && this.areRangesQuick) return this.readQuickly(held, key, offset, length, options);
    return this.withFile(key, options, (file) =>
      this.readInto(file, key, offset, Math.max(0, Math.min(length, file.size - offset)), options, into),
    );
  }

  /** A short range of a file whose handle is open, without a thread, until the disk has to look for one. */
  private readQuickly(
    file: OpenFile,
    key: string,
    offset: number,
    length: number,
    options: ReadOptions | undefined,
  ): Uint8Array<ArrayBuffer> {
    throwIfCancelled(options?.signal);
    const begin = process.uptime();
    try {
      return readAt(file.handle.fd, Math.max(0, Math.min(length, file.size - offset)), offset);
    } catch (error) {
      throw unreadable(error, key);
    } finally {
      if (process.uptime() - begin > slowRangeS) this.areRangesQuick = false;
      this.closeWhenIdle();
    }
  }

  async size(key: string): Promise<number | undefined> {
    const held = this.openFiles.get(key);
    if (held !== undefined) return held.size;
    const root = this.knownRoot ?? (await this.rootPath());
    const quick = this.quickly(root, key, undefined, (_, size) => size);
    if (quick !== undefined) return quick;
    const path = await this.pathOf(key);
    if (path === undefined) return undefined;
    try {
      const found = await promises.stat(path);
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      return ifAbsent(error, key);
    }
  }

  async list(folder: string): Promise<readonly SourceEntry[]> {
    const parts = partsOf(folder);
    if (parts === undefined) return [];
    const root = this.knownRoot ?? (await this.rootPath());
    const path = parts.length === 0 ? root : (this.quickFolders.get(folder) ?? (await this.folderOf(parts)));
    if (path === undefined) return [];
    try {
      const entries: SourceEntry[] = [];
      const isPlain = parts.length === 0 || this.quickFolders.has(folder);
      const found = this.isQuick ? this.entriesAtOnce(path) : await promises.readdir(path, { withFileTypes: true });
      if (this.quickFolders.size > 4096) this.quickFolders.clear();
      for (const entry of found) {
        const { name } = entry;
        if (name.startsWith('._')) continue;
        const isFolder = entry.isSymbolicLink() ? await leadsToFolder(join(path, name)) : entry.isDirectory();
        if (isPlain && entry.isDirectory()) this.quickFolders.set(folder === '' ? name : `${folder}/${name}`, join(path, name));
        entries.push({ name, isFolder });
      }
      return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    } catch (error) {
      ifAbsent(error, folder);
      return [];
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    this.idle = undefined;
    const files = [...this.openFiles.values()];
    this.openFiles.clear();
    await Promise.all(files.map((file) => retire(file)));
  }

  /**
   * Uses a file without a thread; `undefined` where that can't be done or it isn't there in a plain way, and the ordinary way
   * decides. The first look at the root is never quick, so that a drive that doesn't answer holds up nobody else.
   */
  private quickly<Value>(
    root: string,
    key: string,
    options: ReadOptions | undefined,
    use: (descriptor: number, size: number) => Value | undefined,
  ): Value | undefined {
    throwIfCancelled(options?.signal);
    if (!this.isQuick || constants.O_NOFOLLOW === undefined || this.openFiles.has(key)) return undefined;
    const parts = partsOf(key);
    if (parts === undefined || parts.length === 0) return undefined;
    const begin = process.uptime();
    let descriptor: number | undefined;
    try {
      const name = parts[parts.length - 1];
      const folder = this.quickFolders.get(key.slice(0, -1 - name.length)) ?? this.quickFolder(root, parts.slice(0, -1));
      if (folder === undefined) return undefined;
      descriptor = openSync(folder + sep + name, constants.O_RDONLY | constants.O_NOFOLLOW | (constants.O_NONBLOCK ?? 0));
      const found = fstatSync(descriptor);
      return found.isFile() ? use(descriptor, found.size) : undefined;
    } catch {
      return undefined;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
      if (process.uptime() - begin > slowS) this.isQuick = false;
    }
  }

  /** The path of a folder below the root; `undefined` where a link is on the way. */
  private quickFolder(root: string, parts: readonly string[]): string | undefined {
    if (parts.length === 0) return root;
    const key = parts.join('/');
    const known = this.quickFolders.get(key);
    if (known !== undefined) return known;
    const path = join(root, ...parts);
    if (this.quickFolder(root, parts.slice(0, -1)) === undefined || !lstatSync(path).isDirectory()) return undefined;
    if (this.quickFolders.size > 4096) this.quickFolders.clear();
    this.quickFolders.set(key, path);
    return path;
  }

  private entriesAtOnce(path: string): Dirent[] {
    const begin = process.uptime();
    const entries = readdirSync(path, { withFileTypes: true });
    if (process.uptime() - begin > slowS) this.isQuick = false;
    return entries;
  }

  private async withFile<Value>(
    key: string,
    options: ReadOptions | undefined,
    use: (file: OpenFile) => Promise<Value>,
  ): Promise<Value | undefined> {
    throwIfCancelled(options?.signal);
    const held = this.openFiles.get(key);
    if (held !== undefined) held.users += 1;
    const file = held ?? (await this.openFile(key));
    if (file === undefined) return undefined;
    try {
      return await use(file);
    } finally {
      file.users -= 1;
      if (file.retired && file.users === 0) await file.handle.close();
      if (this.openFiles.size > 0) this.closeWhenIdle();
    }
  }

  private closeWhenIdle(): void {
    if (this.idle === undefined) {
      this.idle = setTimeout(() => void this.close().catch(() => undefined), idleMs);
      this.idle.unref();
    } else {
      this.idle.refresh();
    }
  }

  /** Opens a file and counts the caller as its first user. */
  private async openFile(key: string): Promise<OpenFile | undefined> {
    const handle = await this.handleFor(key);
    if (handle === undefined) return undefined;
    try {
      const found = await handle.stat();
      if (found.isDirectory()) {
        await handle.close();
        return undefined;
      }
      if (!found.isFile()) {
        throw new Failure('analyzer.refused', `${key} isn't a regular file. Copy the analyzer to an ordinary folder.`, { file: key });
      }
      const file: OpenFile = { handle, size: found.size, users: 1, retired: found.size < bigFileBytes };
      if (!file.retired) await this.keep(key, file);
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private async keep(key: string, file: OpenFile): Promise<void> {
    const rival = this.openFiles.get(key);
    if (rival !== undefined) {
      file.retired = true;
      return;
    }
    this.openFiles.set(key, file);
    if (this.openFiles.size <= maxOpenFiles) return;
    for (const [oldKey, old] of this.openFiles) {
      if (oldKey === key) continue;
      this.openFiles.delete(oldKey);
      await retire(old);
      return;
    }
  }

  /** Links are not followed on the first try, so that an ordinary file costs one call; a pipe must not block. */
  private async handleFor(key: string): Promise<FileHandle | undefined> {
    const parts = partsOf(key);
    if (parts === undefined || parts.length === 0) return undefined;
    const folder = parts.length === 1 ? await this.rootPath() : await this.folderOf(parts.slice(0, -1));
    if (folder === undefined) return undefined;
    const path = join(folder, parts[parts.length - 1]);
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
    try {
      if (constants.O_NOFOLLOW !== undefined) return await promises.open(path, flags | constants.O_NOFOLLOW);
    } catch (error) {
      if (codeOf(error) !== 'ELOOP' && codeOf(error) !== 'EMLINK') return ifAbsent(error, key);
    }
    const real = await this.inside(path, key);
    if (real === undefined) return undefined;
    return promises.open(real, flags).catch((error) => ifAbsent(error, key));
  }

  private async readInto(
    file: OpenFile,
    key: string,
    offset: number,
    length: number,
    options: ReadOptions | undefined,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const out = into !== undefined && into.byteLength >= length ? into.subarray(0, length) : new Uint8Array(length);
    let done = 0;
    while (done < length) {
      throwIfCancelled(options?.signal);
      const { bytesRead } = await file.handle.read(out, done, Math.min(length - done, 2 ** 26), offset + done).catch((error) => {
        throw unreadable(error, key);
      });
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done === length ? out : out.slice(0, done);
  }

  /** The real path of a key, checked to lie below the root; `undefined` where something on the way is missing. */
  private async pathOf(key: string): Promise<string | undefined> {
    const parts = partsOf(key);
    if (parts === undefined || parts.length === 0) return undefined;
    const folder = parts.length === 1 ? await this.rootPath() : await this.folderOf(parts.slice(0, -1));
    if (folder === undefined) return undefined;
    return this.inside(join(folder, parts[parts.length - 1]), key);
  }

  private folderOf(parts: readonly string[]): Promise<string | undefined> {
    const key = parts.join('/');
    const known = this.folders.get(key);
    if (known !== undefined) return known;
    const found = this.rootPath().then((root) => {
      try {
        const quick = this.isQuick ? this.quickFolder(root, parts) : undefined;
        if (quick !== undefined) return quick;
      } catch {
        // It isn't there, or not in a plain way: the next line says which.
      }
      return this.inside(join(root, ...parts), key);
    });
    if (this.folders.size > 4096) this.folders.clear();
    this.folders.set(key, found);
    found.then(
      (path) => path === undefined && this.folders.delete(key),
      () => this.folders.delete(key),
    );
    return found;
  }

  private async inside(path: string, key: string): Promise<string | undefined> {
    const root = await this.rootPath();
    let real: string;
    try {
      real = await promises.realpath(path);
    } catch (error) {
      return ifAbsent(error, key);
    }
    if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return real;
    throw new Failure(
      'analyzer.refused',
      `${key} is a link that leads out of the folder, so Samecell doesn't follow it. Copy the analyzer with its links resolved (cp -rL).`,
      { file: key },
    );
  }

  private rootPath(): Promise<string> {
    if (this.root === undefined) {
      this.root = this.findRoot();
      this.root.then(
        (root) => {
          this.knownRoot = root;
        },
        () => {
          this.root = undefined;
        },
      );
    }
    return this.root;
  }

  private async findRoot(): Promise<string> {
    try {
      const real = this.alone ? realpathSync.native(this.folder) : await promises.realpath(this.folder);
      // The disk has just answered.
      if (statSync(real).isDirectory()) return real;
    } catch (error) {
      ifAbsent(error, this.name);
      throw new Failure('input.notFound', `There is no folder ${this.name} there. Check the path, or whether its drive is connected.`, {
        file: this.name,
      });
    }
    throw new Failure('input.notFound', `${this.name} is a file, not a folder. Open the folder that holds the analyzer.`, {
      file: this.name,
    });
  }
}

function readAt(descriptor: number, length: number, offset = 0): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const read = readSync(descriptor, out, done, length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return done === length ? out : out.slice(0, done);
}

async function retire(file: OpenFile): Promise<void> {
  file.retired = true;
  if (file.users === 0) await file.handle.close();
}

/** The names of a key, `undefined` for one that can't exist here; throws `analyzer.refused` for one that tries to lead out. */
function partsOf(key: string): string[] | undefined {
  if (key === '') return [];
  const parts = key.split('/');
  const leadsOut =
    parts.some((part) => part === '..' || part === '.' || part === '') || key.includes('\0') || (sep === '\\' && /[\\:]/.test(key));
  if (leadsOut) {
    throw new Failure(
      'analyzer.refused',
      `The analyzer names a file outside its folder (${key.slice(0, 80)}). Don't open it; ask where it comes from.`,
      {
        file: key.slice(0, 200),
      },
    );
  }
  return parts.some((part) => part.startsWith('._')) ? undefined : parts;
}

async function leadsToFolder(path: string): Promise<boolean> {
  try {
    return (await promises.stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function ifAbsent(error: unknown, key: string): undefined {
  if (absent.has(codeOf(error))) return undefined;
  throw unreadable(error, key);
}

function unreadable(error: unknown, key: string): Failure {
  const code = codeOf(error);
  const loop = code === 'ELOOP';
  const denied = code === 'EACCES' || code === 'EPERM';
  const why = loop ? 'its links go in a circle' : denied ? 'reading it is not permitted' : `the disk says ${code || 'no'}`;
  const remedy = denied ? 'Change its permissions.' : 'Copy the analyzer again or check the drive.';
  return new Failure(
    loop ? 'analyzer.refused' : 'storage.unavailable',
    `${key} can't be read: ${why}. ${remedy}`,
    { file: key, code },
    error,
  );
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
