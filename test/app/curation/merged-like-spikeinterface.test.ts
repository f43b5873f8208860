import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { float64Type, npyHeader } from '../../../app/analyzer/npy-bytes.ts';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import { inOneStep } from '../../../app/analyzer/sink.ts';
import { mergeAnalyzer } from '../../../app/curation/merge-analyzer.ts';
import { diskSink } from '../../../main/core/files/disk-sink.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';

let home: string;
let source: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'samecell-merged-'));
  source = join(home, 'source');
  await cp('assets/demo/splits', source, { recursive: true });
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

async function merge(groups: number[][]) {
  const view = await openAnalyzer(diskSource(source), { sha256 });
  const target = join(home, 'merged');
  const result = await inOneStep(await diskSink(target), (sink) => mergeAnalyzer(view, diskSource(source), groups, { sink }));
  await view.close();
  return { ...result, target };
}

async function setParams(extension: string, params: unknown): Promise<void> {
  await writeFile(join(source, 'extensions', extension, 'params.json'), JSON.stringify(params));
}

// Expected values are those of SpikeInterface 0.105.3's merge_units on the same analyzer.
const pairAndTriple = [
  [0, 38],
  [7, 19, 30],
];

it.each([
  [
    { method: 'grid_convolution' },
    [
      [16.004157977521384, -7.89862984194392, 98.48605458597115],
      [-1.8291464344342856, 267.2961390414792, 90.02006577025038],
    ],
  ],
  [
    { method: 'center_of_mass', feature: 'energy' },
    [
      [13.126098685587442, 10.023648493173882],
      [7.624171782362865, 267.80634483087255],
    ],
  ],
])('merged units are located as SpikeInterface locates them by %j', async (params, expected) => {
  await setParams('unit_locations', params);
  const unitCount = JSON.parse(await readFile(join(source, 'sorting', 'numpysorting_info.json'), 'utf8')).unit_ids.length;
  const shape = [unitCount, expected[0].length];
  const zeros = new Uint8Array(unitCount * expected[0].length * 8);
  await writeFile(
    join(source, 'extensions', 'unit_locations', 'unit_locations.npy'),
    Buffer.concat([npyHeader(float64Type, shape), zeros]),
  );
  const { target } = await merge(pairAndTriple);
  const merged = await openAnalyzer(diskSource(target), { sha256 });
  const { locationsUm } = await merged.extension('unit_locations');
  const last = [...locationsUm.subarray(-2 * expected[0].length)];
  expected.flat().forEach((value, at) => {
    expect(last[at]).toBeCloseTo(value, 3);
  });
  await merged.close();
});

it('without a recording all main channels are looked for anew in the merged templates', async () => {
  const { target } = await merge([
    [5, 10],
    [7, 24],
    [1, 2],
  ]);
  const merged = await openAnalyzer(diskSource(target), { sha256 });
  const property = (await merged.unitProperties()).find(({ name }) => name === 'main_channel_id');
  expect(property?.values.slice(-3)).toEqual(['7', '24', '12']);
  const positions = await merged.mainChannels();
  expect(property?.values).toEqual([...positions].map((channel) => merged.channelIds[channel]));
  await merged.close();
});

it('keeps metrics of older names, and has no value where SpikeInterface has none for merged units', async () => {
  const folder = join(source, 'extensions', 'quality_metrics');
  const params = JSON.parse(await readFile(join(folder, 'params.json'), 'utf8'));
  params.metric_names = ['num_spikes', 'isolation_distance', 'l_ratio', 'silhouette', 'sd_ratio'];
  params.metric_params.silhouette = { method: ['simplified'] };
  await setParams('quality_metrics', params);
  const [, ...rows] = (await readFile(join(folder, 'metrics.csv'), 'utf8')).trimEnd().split('\n');
  const table = rows.map((row) => `${row.split(',').slice(0, 2).join(',')},1.5,2.5,3.5,4.5`);
  await writeFile(join(folder, 'metrics.csv'), `,num_spikes,isolation_distance,l_ratio,silhouette,sd_ratio\n${table.join('\n')}\n`);
  const { target, notes } = await merge(pairAndTriple);
  expect(notes.filter((note) => note.startsWith('quality_metrics'))).toEqual([]);
  const [header, first, ...others] = (await readFile(join(target, 'extensions', 'quality_metrics', 'metrics.csv'), 'utf8'))
    .trimEnd()
    .split('\n');
  expect(header.split(',').sort()).toEqual(['', 'isolation_distance', 'l_ratio', 'num_spikes', 'sd_ratio', 'silhouette']);
  const cells = (row: string) => Object.fromEntries(row.split(',').map((cell, at) => [header.split(',')[at], cell]));
  expect(cells(first)).toMatchObject({ isolation_distance: '1.5', l_ratio: '2.5', silhouette: '3.5', sd_ratio: '4.5' });
  for (const row of others.slice(-2).map(cells)) {
    expect(Number(row['isolation_distance'])).toBeGreaterThan(10);
    expect(row).toMatchObject({ silhouette: '', sd_ratio: '' });
  }
});
