import * as nodeFs from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inOneStep } from '../../../../app/analyzer/sink.ts';
import { diskSink, type SinkFiles } from '../../../../main/core/files/disk-sink.ts';
import { diskWith } from '../support/disk-with.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'samecell-sink-'));
});
afterEach(async () => {
  await chmod(home, 0o700);
  await rm(home, { recursive: true, force: true });
});

const brokenDisk = () => Object.assign(new Error('input/output error'), { code: 'EIO' });
const diskThatCannotFlush: SinkFiles = {
  ...nodeFs,
  ...nodeFiles,
  fsync: ((_, done) => done(brokenDisk())) as typeof nodeFs.fsync,
  open: async (...how) => {
    const handle = await nodeFiles.open(...how);
    handle.sync = async () => {
      throw brokenDisk();
    };
    return handle;
  },
};

const text = (words: string) => new TextEncoder().encode(words);

describe('a disk sink', () => {
  it('shows nothing under the wanted name before commit and everything after', async () => {
    const sink = await diskSink(join(home, 'deep', 'merged'));
    await sink.write('sorting/spikes.npy', text('spikes'));
    await sink.write('settings.json', [text('{'), text('}')]);
    expect(await readdir(join(home, 'deep'))).toEqual([expect.stringMatching(/^merged\.partial-[0-9a-f]{12}$/)]);
    await sink.commit();
    expect(await readdir(join(home, 'deep'))).toEqual(['merged']);
    expect(await readFile(join(home, 'deep/merged/settings.json'), 'utf8')).toBe('{}');
    expect(await readFile(join(home, 'deep/merged/sorting/spikes.npy'), 'utf8')).toBe('spikes');
  });

  it('refuses a folder that exists, even an empty one, and leaves it alone', async () => {
    await mkdir(join(home, 'merged'));
    await expect(diskSink(join(home, 'merged'))).rejects.toMatchObject({
      kind: 'output.exists',
      message: expect.stringContaining('merged'),
    });
    expect(await readdir(home)).toEqual(['merged']);
  });

  it('refuses where the name was taken while it was writing, and takes its own files away', async () => {
    const sink = await diskSink(join(home, 'merged'));
    const writing = inOneStep(sink, async () => {
      await sink.write('a', text('a'));
      await mkdir(join(home, 'merged'));
      await writeFile(join(home, 'merged/theirs'), 'theirs');
    });
    await expect(writing).rejects.toMatchObject({ kind: 'output.exists' });
    expect(await readdir(home)).toEqual(['merged']);
    expect(await readFile(join(home, 'merged/theirs'), 'utf8')).toBe('theirs');
  });

  it('says which folder had no space left and leaves nothing behind', async () => {
    const sink = await diskSink(join(home, 'merged'), diskWith(10));
    const writing = inOneStep(sink, async () => {
      await sink.write('small', text('1234'));
      await sink.write('large', text('1234567890'));
    });
    await expect(writing).rejects.toMatchObject({ kind: 'output.failed', message: expect.stringContaining(join(home, 'merged')) });
    await expect(writing).rejects.toThrow('no space left');
    expect(await readdir(home)).toEqual([]);
  });

  it.each([
    ['small', 10],
    ['large', 2 ** 22],
  ])('keeps nothing where a %s file can’t be flushed to the disk', async (_, byteLength) => {
    const sink = await diskSink(join(home, 'merged'), diskThatCannotFlush);
    const writing = inOneStep(sink, async () => {
      for (const key of ['a', 'b', 'c', 'd', 'e']) await sink.write(key, new Uint8Array(byteLength));
    });
    await expect(writing).rejects.toMatchObject({ kind: 'output.failed', message: expect.stringContaining(join(home, 'merged')) });
    expect(await readdir(home)).toEqual([]);
  });

  it('flushes every file before the folder gets its name', async () => {
    const flushed: string[] = [];
    const opened = new Map<number, string>();
    const named = (path: unknown) =>
      String(path)
        .replace(/^.*\.partial-\w+/, 'merged')
        .replace(home, 'home');
    const sink = await diskSink(join(home, 'merged'), {
      ...nodeFs,
      ...nodeFiles,
      openSync: (path, flags) => {
        const descriptor = nodeFs.openSync(path, flags);
        opened.set(descriptor, named(path));
        return descriptor;
      },
      fsync: ((descriptor, done) => {
        flushed.push(opened.get(descriptor) ?? '');
        nodeFs.fsync(descriptor, done);
      }) as typeof nodeFs.fsync,
      open: async (path, ...how) => {
        const handle = await nodeFiles.open(path, ...how);
        const sync = handle.sync.bind(handle);
        handle.sync = async () => {
          flushed.push(named(path));
          await sync();
        };
        return handle;
      },
      rename: async (from, to) => {
        flushed.push('renamed');
        await nodeFiles.rename(from, to);
      },
    });
    await sink.write('deep/small', text('1'));
    await sink.write('deep/taken away', text('2'));
    await sink.remove('deep/taken away');
    await sink.write('large', new Uint8Array(2 ** 22));
    await sink.commit();
    const at = flushed.indexOf('renamed');
    expect(flushed.slice(0, at).sort()).toEqual(['merged', 'merged/deep', 'merged/deep/small', 'merged/large']);
    expect(flushed.slice(at + 1)).toEqual(process.platform === 'win32' ? [] : ['home']);
  });

  it.each(['commit', 'discard'] as const)('keeps no file open after %s, however many it wrote', async (ending) => {
    const open = new Set<number>();
    const counting: SinkFiles = {
      ...nodeFs,
      ...nodeFiles,
      openSync: (...how) => {
        const descriptor = nodeFs.openSync(...how);
        open.add(descriptor);
        return descriptor;
      },
      closeSync: (descriptor) => {
        nodeFs.closeSync(descriptor);
        open.delete(descriptor);
      },
    };
    const sink = await diskSink(join(home, 'merged'), counting);
    for (let file = 0; file < 300; file += 1) await sink.write(`extensions/${file}.json`, text('{}'));
    // None where the disk was slow.
    expect(open.size).toBeLessThanOrEqual(128);
    await sink.remove('extensions/0.json');
    await sink[ending]();
    expect(open.size).toBe(0);
    if (ending === 'commit') expect(await readdir(join(home, 'merged/extensions'))).toHaveLength(299);
  });

  it('stops between pieces when cancelled and leaves nothing behind', async () => {
    const stop = new AbortController();
    async function* pieces() {
      yield text('one');
      stop.abort();
      yield text('two');
    }
    const sink = await diskSink(join(home, 'merged'));
    const writing = inOneStep(sink, () => sink.write('a', pieces(), { signal: stop.signal }));
    await expect(writing).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await readdir(home)).toEqual([]);
  });

  it.each(['../outside', '/etc/passwd', 'a//b', 'a/./b', 'a\\b', ''])('refuses %j as a file name', async (key) => {
    const sink = await diskSink(join(home, 'merged'));
    await expect(sink.write(key, text('x'))).rejects.toMatchObject({ kind: 'output.failed' });
    await sink.discard();
    expect(await readdir(home)).toEqual([]);
  });

  it('names a file in the way of its path', async () => {
    await writeFile(join(home, 'file'), '');
    await expect(diskSink(join(home, 'file', 'merged'))).rejects.toMatchObject({
      kind: 'output.failed',
      message: expect.stringContaining('is a file'),
    });
  });
});
