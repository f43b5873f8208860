import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeFloat64 } from '../../../app/analyzer/decode.ts';
import { openLayout } from '../../../app/analyzer/layout.ts';
import { int64Bytes, int64Type, npyHeader } from '../../../app/analyzer/npy-bytes.ts';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import { inOneStep } from '../../../app/analyzer/sink.ts';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { folderWriter } from '../../../app/analyzer/writing/folder-writer.ts';
import { zarrWriter } from '../../../app/analyzer/writing/zarr-writer.ts';
import { copyAnalyzer } from '../../../app/curation/copy-analyzer.ts';
import { type MergedAnalyzer, type MergeOptions, mergeAnalyzer } from '../../../app/curation/merge-analyzer.ts';
import { diskSink } from '../../../main/core/files/disk-sink.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { relocateBetween } from '../../../main/core/files/relocate.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';
import { diskWith } from '../../main/core/support/disk-with.ts';

const folders = {
  splits: 'assets/demo/splits',
  tutorial: 'test/fixtures/analyzers/tutorial',
  multisegment: 'test/fixtures/analyzers/multisegment',
  everything: 'test/fixtures/analyzers/everything',
  'with-recording': 'test/fixtures/analyzers/with-recording/analyzer',
} as const;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'samecell-merge-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

async function merge(
  folder: string,
  groups: UnitId[][],
  options: Omit<MergeOptions, 'sink'> = {},
): Promise<{ result: MergedAnalyzer; merged: AnalyzerView; folder: string }> {
  const source = diskSource(folder);
  const view = await openAnalyzer(source, { sha256 });
  const target = join(home, 'merged');
  const result = await inOneStep(await diskSink(target), (sink) =>
    mergeAnalyzer(view, source, groups, { sink, relocate: relocateBetween(folder, target), ...options }),
  );
  return { result, merged: await openAnalyzer(diskSource(target), { sha256 }), folder: target };
}

function expectedOf(name: string) {
  const report = JSON.parse(readFileSync(`test/fixtures/expected/${name}.json`, 'utf8'));
  const columns = (entry: unknown): number[] => numbersOf(entry);
  return { merges: report.merges, columns };
}

/** Numbers of an entry of the expected files: in place, or in a plain .npy beside them. */
function numbersOf(entry: unknown): number[] {
  if (Array.isArray(entry)) return entry.flat(9).map(Number);
  const { npy, dtype } = entry as { npy: string; dtype: string };
  const bytes = readFileSync(join('test/fixtures/expected', npy));
  const data = new Uint8Array(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer;
  switch (dtype) {
    case 'bool':
      return [...new Uint8Array(data)];
    case 'int32':
      return [...new Int32Array(data)];
    case 'int64':
      return [...new BigInt64Array(data)].map(Number);
    case 'float32':
      return [...new Float32Array(data)];
    case 'float64':
      return [...new Float64Array(data)];
    default:
      throw new Error(`unknown type ${dtype}`);
  }
}

describe.each(['splits', 'tutorial', 'multisegment'] as const)('merging %s', (name) => {
  const { merges, columns } = expectedOf(name);

  it.each([
    ['soft_append', { newIdStrategy: 'append' }],
    ['soft_take_first', { newIdStrategy: 'take_first' }],
    ['soft_join', { newIdStrategy: 'join' }],
    ['soft_censor1ms', { censorMs: 1 }],
  ] as const)('gives the units, spikes, channels, templates, similarity and correlograms of merge_units (%s)', async (variant, options) => {
    const expected = merges[variant];
    const { result, merged } = await merge(folders[name], merges.groups, options);
    expect(result.unitIds).toEqual(expected.unit_ids);
    expect(result.merged.map(({ newUnitId }) => newUnitId)).toEqual(expected.new_unit_ids);
    expect(merged.unitIds).toEqual(expected.unit_ids);
    const spikes = await merged.spikes();
    const counts = merged.unitIds.map((id, unit) => [String(id), spikes.offsets[unit + 1] - spikes.offsets[unit]]);
    expect(Object.fromEntries(counts)).toEqual(expected.spike_counts);
    if (expected.sparsity !== null) expect([...(merged.sparsity?.mask ?? [])]).toEqual(columns(expected.sparsity));
    else expect(merged.sparsity).toBeUndefined();
    if (expected.spike_vector !== undefined) {
      const rows = columns(expected.spike_vector);
      expect([...spikes.sampleIndex]).toEqual(rows.filter((_, at) => at % 3 === 0));
      expect([...spikes.unitIndex]).toEqual(rows.filter((_, at) => at % 3 === 1));
      expect([...spikes.segmentIndex]).toEqual(rows.filter((_, at) => at % 3 === 2));
    }
    if (expected.templates_average !== undefined) {
      const { average, std } = await merged.extension('templates');
      expect([...average]).toEqual(columns(expected.templates_average));
      expect([...(std ?? [])]).toEqual(columns(expected.templates_std));
    }
    if (expected.spike_amplitudes !== undefined) {
      expect([...(await merged.extension('spike_amplitudes')).amplitudes]).toEqual(columns(expected.spike_amplitudes));
    }
    if (expected.ccgs !== undefined) expect([...(await merged.extension('correlograms')).ccgs]).toEqual(columns(expected.ccgs));
    if (expected.template_similarity !== undefined) {
      const { similarity } = await merged.extension('template_similarity');
      const wanted = columns(expected.template_similarity);
      for (const [at, value] of similarity.entries()) expect(Math.abs(value - wanted[at])).toBeLessThan(1e-6);
    }
  });
});

describe('a merge', () => {
  it('leaves the source byte for byte as it was', async () => {
    const copy = join(home, 'source');
    await cp(folders.splits, copy, { recursive: true });
    const before = await treeHash(copy);
    await merge(copy, [[0, 38]]);
    expect(await treeHash(copy)).toBe(before);
  });

  it('names every extension it could not carry over', async () => {
    const { result } = await merge(folders.splits, [[0, 38]]);
    const written = await readdir(join(home, 'merged/extensions'));
    const source = await readdir(join(folders.splits, 'extensions'));
    expect([...written, ...result.dropped.map(({ extension }) => extension)].sort()).toEqual(source.sort());
    for (const { why } of result.dropped) expect(why.length).toBeGreaterThan(20);
  });

  it.each(['binary', 'analyzer.zarr'])(
    'carries over every extension of SpikeInterface but the one that it can not load itself (%s)',
    async (form) => {
      const { result, merged } = await merge(join(folders.everything, form), [[40, 12]]);
      expect(result.dropped).toEqual([{ extension: 'spiketrain_metrics', why: expect.stringContaining('NotImplementedError') }]);
      const periods = (await merged.extension('valid_unit_periods')).valid;
      expect([...periods.unitIndex].every((unit) => unit < merged.unitIds.length)).toBe(true);
      expect([...periods.unitIndex]).toContain(merged.unitIds.indexOf(result.merged[0].newUnitId));
      const counted = await merged.extension('acgs_3d');
      expect(counted.acgs.length).toBe(merged.unitIds.length * counted.quantileCount * counted.lagCount);
      const { columns, values } = await merged.extension('template_metrics');
      expect(columns).toContain('peak_to_trough_duration');
      expect(values['peak_to_trough_duration'].length).toBe(merged.unitIds.length);
    },
  );

  it('joins periods that a person gave: those of members that overlap or touch become one', async () => {
    const copy = join(home, 'source');
    await cp(join(folders.everything, 'binary'), copy, { recursive: true });
    const folder = join(copy, 'extensions/valid_unit_periods');
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await writeFile(join(folder, 'params.json'), '{"method": "user_defined"}');
    await writeFile(join(folder, 'info.json'), '{"extension_name": "valid_unit_periods"}');
    await writeFile(join(folder, 'run_info.json'), '{"run_completed": true}');
    const periods = [
      [0, 0, 100, 0],
      [0, 300, 400, 0],
      [0, 100, 200, 2],
      [0, 50, 90, 1],
      [0, 350, 500, 2],
    ];
    const names = ['segment_index', 'start_sample_index', 'end_sample_index', 'unit_index'];
    const fields = names.map((name, at) => ({ name, dtype: int64Type, offset: 8 * at, count: 1 }));
    const header = npyHeader({ kind: 'record', itemSize: 32, fields }, [periods.length]);
    await writeFile(join(folder, 'valid_unit_periods.npy'), Buffer.concat([header, int64Bytes(periods.flat())]));
    const { result, merged } = await merge(copy, [[12, 40]]);
    const { valid, all } = await merged.extension('valid_unit_periods');
    const unit = merged.unitIds.indexOf(result.merged[0].newUnitId);
    const other = merged.unitIds.indexOf(7);
    const rows = Array.from(valid.unitIndex, (of, at) => [of, valid.startSample[at], valid.endSample[at]]);
    expect(all).toBeUndefined();
    expect(rows.filter(([of]) => of === unit)).toEqual([
      [unit, 0, 200],
      [unit, 300, 500],
    ]);
    expect(rows.filter(([of]) => of !== unit)).toEqual([[other, 50, 90]]);
  });

  it('drops an extension that nobody knows with a clear word; an unchanged copy carries it along', async () => {
    const copy = join(home, 'source');
    await cp(folders.tutorial, copy, { recursive: true });
    const folder = join(copy, 'extensions/our_own');
    await mkdir(folder);
    await writeFile(join(folder, 'params.json'), '{"made_by": "us", "seed": 9013933548740044988}');
    await writeFile(join(folder, 'scores.npy'), Buffer.concat([npyHeader(int64Type, [3]), int64Bytes([1, 2, 3])]));
    await writeFile(join(folder, 'labels.csv'), ',label,share\n0,good,0.5\n1,"so, so",\n');
    await writeFile(join(folder, 'more.json'), '{"a": [1, 2]}');
    const { result } = await merge(copy, [['0', '1']]);
    expect(result.dropped).toEqual([{ extension: 'our_own', why: expect.stringContaining('does not know this extension') }]);

    const source = diskSource(copy);
    const view = await openAnalyzer(source, { sha256 });
    for (const [name, writer] of [
      ['same', folderWriter],
      ['same.zarr', zarrWriter],
    ] as const) {
      const target = join(home, name);
      const { dropped } = await inOneStep(await diskSink(target), (sink) => copyAnalyzer(view, source, { sink, writer }));
      expect(dropped).toEqual([]);
      const stored = await openLayout(diskSource(target), {});
      const ours = stored.extensions.find((extension) => extension.name === 'our_own');
      expect(ours?.params).toMatchObject({ made_by: 'us' });
      const scores = await ours?.array('scores');
      expect(scores && decodeFloat64(await scores.read(), scores.dtype, scores.file)).toEqual(Float64Array.of(1, 2, 3));
      const table = await ours?.table('labels');
      expect(table?.columns).toEqual([
        { name: 'label', values: ['good', 'so, so'] },
        { name: 'share', values: Float64Array.of(0.5, Number.NaN) },
      ]);
      expect((await openAnalyzer(diskSource(target), { sha256 })).summary.extensions.map((extension) => extension.name)).toContain(
        'our_own',
      );
    }
    expect(await readFile(join(home, 'same/extensions/our_own/params.json'), 'utf8')).toContain('9013933548740044988');
    expect(JSON.parse(await readFile(join(home, 'same/extensions/our_own/more.json'), 'utf8'))).toEqual({ a: [1, 2] });
    await view.close();
  });

  it('drops a damaged extension with its file and reason, and keeps the rest', async () => {
    const copy = join(home, 'source');
    await cp(folders.splits, copy, { recursive: true });
    await truncate(join(copy, 'extensions/spike_amplitudes/amplitudes.npy'), 5000);
    await rm(join(copy, 'extensions/spike_locations/spike_locations.npy'));
    await writeFile(join(copy, 'extensions/noise_levels/run_info.json'), '{"run_completed": false}');
    const { result, folder } = await merge(copy, [[0, 38]]);
    const why = Object.fromEntries(result.dropped.map((dropped) => [dropped.extension, dropped.why]));
    expect(why['spike_amplitudes']).toMatch(/amplitudes\.npy is cut short/);
    expect(why['spike_locations']).toMatch(/spike_locations is missing/);
    expect(why['noise_levels']).toMatch(/did not finish/);
    expect(await readdir(join(folder, 'extensions'))).toEqual(expect.arrayContaining(['templates', 'correlograms', 'waveforms']));
    expect(await readdir(join(folder, 'extensions'))).not.toEqual(expect.arrayContaining(['spike_amplitudes']));
  });

  it('carries parameters over as written: a seed past 2^53 stays whole', async () => {
    const copy = join(home, 'source');
    await cp(folders.tutorial, copy, { recursive: true });
    const params = '{"method": "uniform", "seed": 9013933548740044988, "margin_size": null, "x": NaN}';
    await writeFile(join(copy, 'extensions/random_spikes/params.json'), params);
    const { folder } = await merge(copy, [['0', '1']]);
    expect(await readFile(join(folder, 'extensions/random_spikes/params.json'), 'utf8')).toBe(params);
  });

  it('points the link to the recording from its new place', async () => {
    const { folder, result } = await merge(folders['with-recording'], [['0', '1']]);
    const link = JSON.parse(await readFile(join(folder, 'recording.json'), 'utf8'));
    expect(join(folder, link.kwargs.folder_path)).toBe(join(process.cwd(), 'test/fixtures/analyzers/with-recording/recording'));
    expect(result.notes).toEqual([]);
  });

  it('leaves a recording link out, with a word, where it could not be moved along', async () => {
    const { folder, result } = await merge(folders['with-recording'], [['0', '1']], { relocate: undefined });
    expect(readdirSync(folder)).not.toContain('recording.json');
    expect(result.notes).toEqual([expect.stringContaining('link to the recording is left out')]);
  });

  it.each([
    ['no group', [], {}, 'merge.impossible', /no group to merge/],
    ['one unit', [[0]], {}, 'merge.impossible', /Group 1 has fewer than two/],
    [
      'a unit in two groups',
      [
        [0, 38],
        [38, 3],
      ],
      {},
      'merge.impossible',
      /Unit 38 is in more than one group/,
    ],
    ['a unit twice in a group', [[0, 38, 0]], {}, 'merge.impossible', /Unit 0 is in more than one group/],
    ['an unknown unit', [[0, 99]], {}, 'analyzer.unknownUnit', /no unit 99/],
    ['an id of the wrong type', [['0', '38']], {}, 'analyzer.unknownUnit', /no unit "0".*without quotes/],
    ['units without a common channel', [[0, 1, 3, 5, 9, 14, 22]], {}, 'merge.impossible', /no channel in common/],
    [
      'too small an overlap',
      [[5, 10]],
      { sparsityOverlap: 0.75 },
      'merge.impossible',
      /share \d+ % of their channels; sparsity_overlap asks for 75 %/,
    ],
    ['a negative censor_ms', [[0, 38]], { censorMs: -1 }, 'input.invalid', /censor_ms is -1/],
    ['censor_ms that is no number', [[0, 38]], { censorMs: Number.NaN }, 'input.invalid', /censor_ms is NaN/],
    [
      'too few new ids',
      [
        [0, 38],
        [3, 41],
      ],
      { newUnitIds: [99] },
      'input.invalid',
      /1 new unit ids for 2 groups/,
    ],
    ['a new id of another unit', [[0, 38]], { newUnitIds: [3] }, 'merge.impossible', /3 for 0, 38 belongs to a unit outside/],
  ])('refuses %s and leaves nothing behind', async (_, groups, options, kind, message) => {
    await expect(merge(folders.splits, groups as UnitId[][], options)).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(message),
    });
    expect(await readdir(home)).toEqual([]);
  });

  it('can be merged again: ids and carried-over data stay right', async () => {
    const first = await merge(folders.multisegment, [['A1', 'A1 bis']]);
    expect(first.result.unitIds).toEqual(['b-2', 'unit 3', 'D/4', 'étoile', 'merge0']);
    const again = join(home, 'again');
    const source = diskSource(first.folder);
    const view = await openAnalyzer(source, { sha256 });
    const second = await inOneStep(await diskSink(again), (sink) => mergeAnalyzer(view, source, [['b-2', 'unit 3']], { sink }));
    expect(second.unitIds).toEqual(['D/4', 'étoile', 'merge0', 'merge1']);
    expect(second.dropped).toEqual([]);
    const merged = await openAnalyzer(diskSource(again), { sha256 });
    const { average } = await merged.extension('templates');
    const { average: before } = await first.merged.extension('templates');
    const size = average.length / 4;
    expect([...average.subarray(0, 3 * size)]).toEqual([...before.subarray(2 * size)]);
    const isMerged = (await merged.unitProperties()).find(({ name }) => name === 'is_merged');
    expect(isMerged?.values).toEqual([false, false, false, true]);
  });

  it('says that the disk is full, leaves nothing behind and the source as it was', async () => {
    const copy = join(home, 'source');
    await cp(folders.splits, copy, { recursive: true });
    const before = await treeHash(copy);
    const source = diskSource(copy);
    const view = await openAnalyzer(source, { sha256 });
    const writing = inOneStep(await diskSink(join(home, 'merged'), diskWith(300_000)), (sink) =>
      mergeAnalyzer(view, source, [[0, 38]], { sink }),
    );
    await expect(writing).rejects.toMatchObject({ kind: 'output.failed', message: expect.stringContaining(join(home, 'merged')) });
    expect(await readdir(home)).toEqual(['source']);
    expect(await treeHash(copy)).toBe(before);
  });

  it('puts similarities beside the units they belong to, whatever the order of groups and new ids', async () => {
    const groups = [
      [0, 38],
      [3, 41],
    ];
    const { merged } = await merge(folders.splits, groups);
    const wanted = await similarityById(merged);
    await rm(join(home, 'merged'), { recursive: true });
    const other = await merge(folders.splits, groups, { newUnitIds: [100, 3] });
    const renamed = new Map<UnitId, UnitId>([
      [100, 44],
      [3, 45],
    ]);
    const found = await similarityById(other.merged, (id) => renamed.get(id) ?? id);
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [pair, value] of found) expect(value).toBeCloseTo(wanted.get(pair) as number, 6);
  });

  it('stops when cancelled and leaves nothing behind', async () => {
    const stop = new AbortController();
    const merging = merge(folders.splits, [[0, 38]], { signal: stop.signal, onProgress: (done) => done > 2 && stop.abort() });
    await expect(merging).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await readdir(home)).toEqual([]);
  });

  it('tells how far it is, up to the end', async () => {
    const steps: [number, number][] = [];
    await merge(folders.tutorial, [['0', '1']], { onProgress: (done, total) => steps.push([done, total]) });
    expect(steps.map(([done]) => done)).toEqual([...steps.keys()]);
    expect(steps.at(-1)?.[0]).toBe(steps.at(-1)?.[1]);
  });
});

async function similarityById(view: AnalyzerView, nameOf: (id: UnitId) => UnitId = (id) => id): Promise<Map<string, number>> {
  const { similarity } = await view.extension('template_similarity');
  const count = view.unitIds.length;
  return new Map(
    [...similarity].map((value, at) => [`${nameOf(view.unitIds[Math.floor(at / count)])} ${nameOf(view.unitIds[at % count])}`, value]),
  );
}

async function treeHash(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pieces = await Promise.all(files.sort().map(async (file) => [new TextEncoder().encode(file), await readFile(file)]));
  return sha256(pieces.flat());
}
