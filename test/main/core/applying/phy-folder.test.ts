import { createHash } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import { mergePhyFolder } from '../../../../app/analyzer/phy/merged-folder.ts';
import { parseParamsPy } from '../../../../app/analyzer/phy/params-py.ts';
import { inOneStep } from '../../../../app/analyzer/sink.ts';
import type { AnalyzerView, UnitId } from '../../../../app/analyzer/view.ts';
import { type OutputRequest, writeOutput } from '../../../../main/core/applying/write-output.ts';
import { diskSink } from '../../../../main/core/files/disk-sink.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';
import { diskWith } from '../support/disk-with.ts';

const fixtures = 'test/fixtures/phy';
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'samecell-phy-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const open = (folder: string) => openAnalyzer(diskSource(folder), { sha256 });

async function merged(folder: string, groups: readonly (readonly UnitId[])[], request: Partial<OutputRequest> = {}) {
  const view = await open(folder);
  try {
    return await writeOutput({
      view,
      sourceFolder: folder,
      targetFolder: join(home, 'merged'),
      merges: groups.map((units) => ({ units })),
      write: { analyzer: true, resultsCsv: true, curationJson: true },
      rows: [],
      ...request,
    });
  } finally {
    await view.close();
  }
}

async function trains(view: AnalyzerView): Promise<Map<UnitId, number[]>> {
  const { rows, offsets, sampleIndex } = await view.spikes();
  return new Map(view.unitIds.map((id, unit) => [id, [...rows.subarray(offsets[unit], offsets[unit + 1])].map((row) => sampleIndex[row])]));
}

async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const entry of (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())) {
    hash.update(entry.name).update(await readFile(join(entry.parentPath, entry.name)));
  }
  return hash.digest('hex');
}

const text = (name: string) => readFile(join(home, 'merged', name), 'utf8');

describe('a folder of phy with merged clusters', () => {
  it('has the spikes of both under the largest id and one more, and everything else as it was', async () => {
    const source = join(fixtures, 'kilosort');
    const before = await hashOf(source);
    const { unitIds, merged: said, folder } = await merged(source, [[8, 9]]);
    expect(await hashOf(source)).toBe(before);
    expect([unitIds, said]).toEqual([[2, 4, 7, 10], [{ units: [8, 9], newUnitId: 10 }]]);

    const [old, fresh] = [await open(source), await open(folder)];
    expect(fresh.unitIds).toEqual([2, 4, 7, 10]);
    const [oldTrains, freshTrains] = [await trains(old), await trains(fresh)];
    expect(freshTrains.get(10)).toEqual([...(oldTrains.get(8) ?? []), ...(oldTrains.get(9) ?? [])].sort((a, b) => a - b));
    for (const id of [2, 4, 7]) expect(freshTrains.get(id)).toEqual(oldTrains.get(id));
    await old.close();
    await fresh.close();

    for (const name of await readdir(source)) {
      if (/^(?:cluster_|params|spike_clusters)/.test(name)) continue;
      expect(await readFile(join(folder, name)), name).toEqual(await readFile(join(source, name)));
    }
    expect(JSON.parse(await text('curation.json'))).toMatchObject({ merges: [{ unit_ids: [8, 9] }] });
  });

  it('has tables of the clusters that there are: what both say stays, numbers that differ are left empty, texts follow the larger', async () => {
    const source = join(home, 'source');
    await cp(join(fixtures, 'kilosort'), source, { recursive: true });
    await writeFile(join(source, 'cluster_note.tsv'), 'cluster_id\tnote\n4\ta\n7\tb\n8\t"c ""d"""\n');
    await writeFile(join(source, 'cluster_info.tsv'), 'cluster_id\tn_spikes\n8\t3\n');
    await mkdir(join(source, '.phy'));
    await writeFile(join(source, '.phy', 'memcache.pkl'), 'stale');
    const view = await open(source);
    const counts = new Map([...(await trains(view))].map(([id, train]) => [id, train.length]));
    await view.close();
    const larger = (counts.get(4) ?? 0) >= (counts.get(7) ?? 0) ? 4 : 7;
    const { notes } = await merged(source, [
      [8, 9],
      [4, 7],
    ]);
    expect(await text('cluster_group.tsv')).toBe(`cluster_id\tgroup\n2\tgood\n10\tgood\n11\t${larger === 4 ? 'noise' : 'mua'}\n`);
    expect(await text('cluster_ContamPct.tsv')).toBe('cluster_id\tContamPct\n2\t1.5\n10\t\n11\t\n');
    expect(await text('cluster_note.tsv')).toBe(
      `cluster_id\tnote\n10\tc "d"\n11\t${larger === 4 ? 'a' : 'b'}\n`.replace('c "d"', '"c ""d"""'),
    );
    expect(await text('cluster_samecell.tsv')).toBe('cluster_id\tsamecell\n2\t\n10\tmerged from 8 + 9\n11\tmerged from 4 + 7\n');
    expect(notes).toContain('Left in the source folder: .phy/, cluster_info.tsv.');
    expect(await readdir(join(home, 'merged'))).not.toContain('.phy');
  });

  it('finds the raw data where it was', async () => {
    const source = join(home, 'source');
    await cp(join(fixtures, 'kilosort'), source, { recursive: true });
    await mkdir(join(source, 'raw'));
    await writeFile(join(source, 'raw', 'part2.bin'), 'traces');
    await merged(source, [[8, 9]]);
    const params = parseParamsPy(await readFile(join(home, 'merged', 'params.py')));
    expect(params.datPaths).toEqual(['../source/raw/part one.bin', '../source/raw/part2.bin']);
    expect(params.samplingFrequencyHz).toBe(25000);
    expect(await readFile(join(home, 'merged', params.datPaths[1]), 'utf8')).toBe('traces');
    expect(await readdir(join(home, 'merged'))).not.toContain('raw');
  });

  it('keeps the ids that SpikeInterface noted, and gives the merged unit the next one', async () => {
    const { unitIds, folder } = await merged(join(fixtures, 'exported'), [[5, 13]]);
    expect(unitIds).toEqual([3, 8, 21, 34, 35]);
    expect(await text('cluster_si_unit_ids.tsv')).toBe('cluster_id\tsi_unit_id\n0\t3\n2\t8\n4\t21\n5\t34\n6\t35\n');
    const view = await open(folder);
    expect(view.unitIds).toEqual([3, 8, 21, 34, 35]);
    await view.close();
  });

  it('can be merged again', async () => {
    const { folder } = await merged(join(fixtures, 'kilosort'), [[8, 9]]);
    const again = await merged(folder, [[10, 2]], { targetFolder: join(home, 'again') });
    expect(again.unitIds).toEqual([4, 7, 11]);
    expect(parseParamsPy(await readFile(join(home, 'again', 'params.py'))).datPaths[0]).toMatch(/^\.\.\/.*\/raw\/part one\.bin$/);
  });

  it('is refused where duplicates should go, where tables number clusters otherwise, and where params.py leads back', async () => {
    const source = join(home, 'source');
    await cp(join(fixtures, 'kilosort'), source, { recursive: true });
    await expect(merged(source, [[8, 9]], { censorMs: 0.3 })).rejects.toThrow('keeps every spike');
    await expect(merged(join(fixtures, 'empty-unit'), [[100, 300]])).rejects.toMatchObject({ kind: 'merge.impossible' });
    await appendFile(join(source, 'params.py'), "\ndir_path = '.'\n");
    await expect(merged(source, [[8, 9]])).rejects.toThrow('params.py sets dir_path');
    expect(await readdir(home)).toEqual(['source']);
  });

  it('is whole or not there at all on a disk that runs full', async () => {
    const source = join(fixtures, 'kilosort');
    const { unitIds } = await open(source);
    const merge = (bytes: number) =>
      diskSink(join(home, 'merged'), diskWith(bytes)).then((sink) =>
        inOneStep(sink, () =>
          mergePhyFolder(diskSource(source), sink, {
            unitIds,
            merges: [{ units: [8, 9], newUnitId: 10 }],
            taken: new Set(),
            relocate: (path) => path,
            words: (ids) => ids.map(() => ''),
          }),
        ),
      );
    let stops = 0;
    for (let bytes = 100; ; bytes *= 9) {
      try {
        await merge(bytes);
        break;
      } catch (error) {
        expect(error).toMatchObject({ kind: 'output.failed' });
        expect(await nodeFiles.readdir(home)).toEqual([]);
        stops += 1;
      }
    }
    expect(stops).toBeGreaterThan(2);
    expect(await readdir(join(home, 'merged'))).toContain('spike_clusters.npy');
  });
});
