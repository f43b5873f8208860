import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

describe('a folder on disk', () => {
  test('gives whole files, ranges, sizes and names', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sorting'));
    writeFileSync(join(folder, 'sorting/a.txt'), '0123456789');
    writeFileSync(join(folder, 'b.txt'), '');
    const source = diskSource(folder);
    expect(text(await source.get('sorting/a.txt'))).toBe('0123456789');
    expect(text(await source.getRange('sorting/a.txt', 3, 4))).toBe('3456');
    expect(text(await source.getRange('sorting/a.txt', 8, 10))).toBe('89');
    expect(text(await source.getRange('sorting/a.txt', 20, 10))).toBe('');
    expect(await source.size('sorting/a.txt')).toBe(10);
    expect(text(await source.get('b.txt'))).toBe('');
    expect(await source.list('')).toEqual([
      { name: 'b.txt', isFolder: false },
      { name: 'sorting', isFolder: true },
    ]);
    expect(await source.list('sorting')).toEqual([{ name: 'a.txt', isFolder: false }]);
  });

  test('gives the same to one that is alone, and small ranges of a file that is open', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    const bytes = Uint8Array.from({ length: 2 ** 21 }, (_, at) => (at * 7 + (at >> 8)) % 251);
    writeFileSync(join(folder, 'deep/er/big.npy'), bytes);
    const sources = [diskSource(folder), diskSource(folder, { alone: true })];
    for (const source of sources) {
      expect(Buffer.compare((await source.get('deep/er/big.npy')) ?? new Uint8Array(), bytes)).toBe(0);
      for (const [offset, length] of [
        [0, 10],
        [2 ** 20 + 3, 4096],
        [2 ** 21 - 5, 100],
        [2 ** 22, 10],
      ]) {
        expect(await source.getRange('deep/er/big.npy', offset, length)).toEqual(bytes.slice(offset, offset + length));
      }
      expect(await source.list('deep')).toEqual([{ name: 'er', isFolder: true }]);
      await source.close?.();
    }
    await expect(diskSource(join(folder, 'gone'), { alone: true }).list('')).rejects.toMatchObject({ kind: 'input.notFound' });
  });

  test('has nothing where nothing is, and folders are not files', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sorting'));
    const source = diskSource(folder);
    for (const key of ['gone', 'gone/deeper', 'sorting', '']) {
      expect(await source.get(key)).toBeUndefined();
      expect(await source.getRange(key, 0, 1)).toBeUndefined();
      expect(await source.size(key)).toBeUndefined();
    }
    expect(await source.list('gone')).toEqual([]);
    writeFileSync(join(folder, 'gone'), 'here now');
    expect(text(await source.get('gone'))).toBe('here now');
  });

  test("does not see macOS's ._ files", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '._a.json'), 'fork');
    const source = diskSource(folder);
    expect(await source.list('')).toEqual([]);
    expect(await source.get('._a.json')).toBeUndefined();
  });

  test.each(['../secret', 'a/../../secret', '/etc/passwd', 'a//b', './a', 'a/..', 'a\0b'])('refuses the key %j', async (key) => {
    const source = diskSource(temporaryFolder());
    const refused = { kind: 'analyzer.refused' };
    await expect(source.get(key)).rejects.toMatchObject(refused);
    await expect(source.getRange(key, 0, 1)).rejects.toMatchObject(refused);
    await expect(source.size(key)).rejects.toMatchObject(refused);
    await expect(source.list(key)).rejects.toMatchObject(refused);
  });

  test('follows links within it, refuses links out of it and links in a circle', async () => {
    const [folder, outside] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(outside, 'secret.txt'), 'secret');
    writeFileSync(join(folder, 'own.txt'), 'own');
    mkdirSync(join(folder, 'inner'));
    symlinkSync('../own.txt', join(folder, 'inner/link.txt'));
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'out.txt'));
    symlinkSync(outside, join(folder, 'outside'));
    symlinkSync('circle', join(folder, 'circle'));
    const source = diskSource(folder);
    expect(text(await source.get('inner/link.txt'))).toBe('own');
    for (const key of ['out.txt', 'outside/secret.txt', 'circle']) {
      await expect(source.get(key)).rejects.toMatchObject({
        kind: 'analyzer.refused',
        details: { file: expect.stringMatching(/out|circle/) },
      });
      await expect(source.size(key)).rejects.toMatchObject({ kind: 'analyzer.refused' });
    }
    await expect(source.list('outside')).rejects.toMatchObject({ kind: 'analyzer.refused' });
  });

  test('opened through a link is still one folder', async () => {
    const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(folder, 'a.txt'), 'a');
    symlinkSync(folder, join(elsewhere, 'link'));
    const source = diskSource(join(elsewhere, 'link'));
    expect(source.name).toBe('link');
    expect(text(await source.get('a.txt'))).toBe('a');
  });

  test.skipIf(process.platform === 'win32')('does not wait on a pipe', async () => {
    const folder = temporaryFolder();
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(folder, 'pipe')]);
    await expect(diskSource(folder).get('pipe')).rejects.toMatchObject({ kind: 'analyzer.refused', details: { file: 'pipe' } });
  });

  test('reads many ranges of many large files at once, and lets go of them', async () => {
    const folder = temporaryFolder();
    const size = 2 ** 20 + 4096;
    const names = Array.from({ length: 12 }, (_, at) => `f${at}.bin`);
    for (const [at, name] of names.entries()) writeFileSync(join(folder, name), new Uint8Array(size).fill(at));
    const source = diskSource(folder);
    const reads = Array.from({ length: 200 }, async (_, turn) => {
      const at = (turn * 7) % names.length;
      const bytes = await source.getRange(names[at], (turn * 4099) % size, 1000);
      return bytes?.every((value) => value === at) === true;
    });
    expect((await Promise.all(reads)).every(Boolean)).toBe(true);
    if (process.platform === 'linux') expect(openHandlesBelow(folder)).toBeLessThanOrEqual(8);
    await source.close?.();
    if (process.platform === 'linux') expect(openHandlesBelow(folder)).toBe(0);
    expect((await source.getRange(names[3], 0, 2))?.[0]).toBe(3);
    await source.close?.();
  });

  test('stops when told to', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.txt'), 'a');
    const stop = new AbortController();
    stop.abort();
    await expect(diskSource(folder).get('a.txt', { signal: stop.signal })).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('that moved away, or is a file, says so', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'here');
    mkdirSync(folder);
    renameSync(folder, join(parent, 'there'));
    writeFileSync(join(parent, 'file'), '');
    await expect(diskSource(folder).list('')).rejects.toMatchObject({
      kind: 'input.notFound',
      message: expect.stringContaining('no folder here'),
    });
    await expect(diskSource(join(parent, 'file')).list('')).rejects.toMatchObject({
      kind: 'input.notFound',
      message: expect.stringContaining('is a file'),
    });
  });
});

function openHandlesBelow(folder: string): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => link.startsWith(folder)).length;
}

test('SHA-256 goes over chunks as if they were one', () => {
  const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256([new TextEncoder().encode('abc')])).toBe(hash);
  expect(sha256([new TextEncoder().encode('a'), new TextEncoder().encode('bc')])).toBe(hash);
});
