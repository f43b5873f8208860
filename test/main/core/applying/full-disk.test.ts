import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import { inOneStep } from '../../../../app/analyzer/sink.ts';
import { folderWriter } from '../../../../app/analyzer/writing/folder-writer.ts';
import { zarrWriter } from '../../../../app/analyzer/writing/zarr-writer.ts';
import { copyAnalyzer } from '../../../../app/curation/copy-analyzer.ts';
import { mergeAnalyzer } from '../../../../app/curation/merge-analyzer.ts';
import { diskSink } from '../../../../main/core/files/disk-sink.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';
import { diskWith } from '../support/disk-with.ts';

const source = 'test/fixtures/analyzers/tutorial';
const groups = [['0', '1']];
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'samecell-full-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

describe.each([
  ['binary_folder', folderWriter],
  ['zarr', zarrWriter],
] as const)('on a disk that runs full, writing %s', (_, writer) => {
  it('leaves the source and an earlier output as they were and nothing of the new one, wherever it stops', async () => {
    const before = await treeHash(source);
    await earlier();
    const view = await openAnalyzer(diskSource(source), { sha256 });
    const write = (bytes: number) =>
      diskSink(join(home, 'merged'), diskWith(bytes)).then((sink) =>
        inOneStep(sink, () => mergeAnalyzer(view, diskSource(source), groups, { sink, writer })),
      );
    let stops = 0;
    for (let bytes = 100; ; bytes *= 7) {
      try {
        await write(bytes);
        break;
      } catch (error) {
        expect(error).toMatchObject({ kind: 'output.failed', message: expect.stringMatching(/no space left .*merged/) });
        expect(await readdir(home)).toEqual(['earlier']);
        stops += 1;
      }
    }
    expect(stops).toBeGreaterThan(3);
    expect((await readdir(home)).sort()).toEqual(['earlier', 'merged']);
    expect(await readFile(join(home, 'earlier', 'settings.json'), 'utf8')).toBe('{"mine": true}');
    await expect(write(1e9)).rejects.toMatchObject({ kind: 'output.exists' });
    expect(await treeHash(source)).toBe(before);
    await view.close();
  }, 60_000);

  it('does the same for a copy', async () => {
    const view = await openAnalyzer(diskSource(source), { sha256 });
    const sink = await diskSink(join(home, 'copy'), diskWith(50_000));
    const copying = inOneStep(sink, () => copyAnalyzer(view, diskSource(source), { sink, writer }));
    await expect(copying).rejects.toMatchObject({ kind: 'output.failed' });
    expect(await readdir(home)).toEqual([]);
    await view.close();
  });
});

it.skipIf(process.platform === 'win32').each(['binary_folder', 'zarr'])(
  'the command line ends with a failure and no %s under the final name where the system allows no larger file',
  async (format) => {
    const before = await treeHash(source);
    await earlier();
    const merges = join(home, 'earlier', 'groups.json');
    await writeFile(merges, JSON.stringify(groups));
    const command = `ulimit -f 40; exec "$0" main/headless/cli.ts apply "$1" --merges "$2" --out "$3" --format "$4" --json`;
    const words = [process.execPath, source, merges, join(home, 'merged'), format];
    const ran = spawnSync('bash', ['-c', command, ...words], { encoding: 'utf8' });
    expect(ran.status).not.toBe(0);
    // Where the limit kills the process, what it had written still says that it is partial.
    const names = (await readdir(home)).filter((name) => !/\.partial-[0-9a-f]{12}$/.test(name));
    expect(names).toEqual(['earlier']);
    expect(await treeHash(source)).toBe(before);
  },
  60_000,
);

async function earlier(): Promise<void> {
  await nodeFiles.mkdir(join(home, 'earlier'));
  await writeFile(join(home, 'earlier', 'settings.json'), '{"mine": true}');
}

async function treeHash(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}
