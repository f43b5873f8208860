import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAnalyzer } from '../../app/analyzer/open.ts';
import { inOneStep } from '../../app/analyzer/sink.ts';
import type { UnitId } from '../../app/analyzer/view.ts';
import { folderWriter } from '../../app/analyzer/writing/folder-writer.ts';
import { zarrWriter } from '../../app/analyzer/writing/zarr-writer.ts';
import { copyAnalyzer } from '../../app/curation/copy-analyzer.ts';
import { type OutputRequest, writeOutput } from '../../main/core/applying/write-output.ts';
import { diskSink } from '../../main/core/files/disk-sink.ts';
import { diskSource } from '../../main/core/files/disk-source.ts';
import { relocateBetween } from '../../main/core/files/relocate.ts';
import { sha256 } from '../../main/core/files/sha256.ts';
import { interopPython } from '../../scripts/interop-setup.mjs';
import { askSpikeInterface } from './spikeinterface.ts';

const fixtures = 'test/fixtures/analyzers';
const legacy = ['0.101.2', '0.102.3', '0.103.2', '0.104.9'].flatMap((version) => [
  `legacy/${version}/binary`,
  `legacy/${version}/analyzer.zarr`,
]);
const sources = [
  'assets/demo/splits',
  ...['tutorial', 'multisegment', 'with-recording/analyzer', 'everything/binary', 'everything/analyzer.zarr', ...legacy].map(
    (name) => `${fixtures}/${name}`,
  ),
];
const newExtensions = /^(?:acgs_3d|auto_correlograms|valid_unit_periods|spiketrain_metrics): .*is unknown/;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'samecell-forms-'));
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

it('writes every reference analyzer unchanged in both forms, equal for the newest SpikeInterface and loaded by 0.102', async () => {
  const copies: { source: string; copy: string; load: string }[] = [];
  for (const [at, source] of sources.entries()) {
    for (const form of ['folder', 'zarr'] as const) {
      const copy = join(home, `${at}.${form}`);
      const opened = diskSource(source);
      const view = await openAnalyzer(opened, { sha256 });
      const writer = form === 'zarr' ? zarrWriter : folderWriter;
      const { dropped } = await inOneStep(await diskSink(copy), (sink) =>
        copyAnalyzer(view, opened, { sink, writer, relocate: relocateBetween(source, copy) }),
      );
      await view.close();
      expect({ source, dropped }).toEqual({ source, dropped: [] });
      copies.push({ source, copy, load: copy });
    }
  }
  const equal = await askSpikeInterface<string[][]>(
    'hold_written.py',
    copies.map(({ source, copy }) => ({ source, copy })),
  );
  expect(copies.map(({ copy }, at) => [copy, equal[at]])).toEqual(copies.map(({ copy }) => [copy, []]));
  const loaded = await askSpikeInterface<string[][]>(
    'hold_written.py',
    copies.map(({ load }) => ({ load })),
    'si102',
  );
  expect(loaded.flat().filter((problem) => !newExtensions.test(problem))).toEqual([]);
});

const everything = { analyzer: true, resultsCsv: false, curationJson: true, applyScript: true };

async function written(source: string, name: string, groups: readonly UnitId[][], more: Partial<OutputRequest> = {}) {
  const view = await openAnalyzer(diskSource(source), { sha256 });
  try {
    const merges = groups.map((units) => ({ units }));
    const request = { view, sourceFolder: source, targetFolder: join(home, name), merges, write: everything, rows: [], ...more };
    return await writeOutput(request);
  } finally {
    await view.close();
  }
}

it('writes a script that gives the same analyzer with SpikeInterface alone, as it is', async () => {
  const cases = [
    await written('assets/demo/splits', 'script-a', [
      [0, 38],
      [7, 19, 30],
    ]),
    await written(`${fixtures}/tutorial`, 'script-b', [['0', '1']], { newIdStrategy: 'join', censorMs: 1, format: 'zarr' }),
    await written(
      `${fixtures}/multisegment`,
      'script-c',
      [
        ['A1', 'A1 bis'],
        ['unit 3', 'étoile'],
      ],
      { newIdStrategy: 'take_first' },
    ),
  ];
  const requests = cases.map(({ folder, dropped }) => {
    const python = interopPython('si105') ?? '';
    const environment = {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONWARNINGS: 'ignore',
      NUMCODECS_ALLOW_UNSAFE_PICKLE_DECODE: '1',
    };
    const ran = spawnSync(python, [join(folder, 'apply_merges.py')], { encoding: 'utf8', env: environment });
    expect(ran.status, ran.stderr).toBe(0);
    const theirs = folder.endsWith('.zarr') ? folder.replace(/\.zarr$/, '-by-spikeinterface.zarr') : `${folder}-by-spikeinterface`;
    const tolerances = { templates: 1e-6, template_similarity: 1e-6, unit_locations: 0.05, template_metrics: 1e-6 };
    return { same: [folder, theirs], tolerances, dropped };
  });
  const problems = await askSpikeInterface<string[][]>('hold_written.py', requests);
  requests.forEach(({ dropped }, at) => {
    const left = dropped.map(({ extension }) => extension);
    const expected = problems[at].filter((problem) => !/^(?:annotations|property main_channel_id|extensions )/.test(problem));
    expect(expected.filter((problem) => !left.some((name) => problem.startsWith(name)))).toEqual([]);
  });
});

it('writes a folder for phy that read_phy gives the same spike trains from', async () => {
  const write = { ...everything, phyFolder: true };
  const cases = [
    await written('assets/demo/splits', 'phy-a', [[0, 38]], { write }),
    await written(`${fixtures}/tutorial`, 'phy-b', [['0', '1']], { write, format: 'zarr' }),
  ];
  const problems = await askSpikeInterface<string[][]>(
    'hold_written.py',
    cases.map(({ folder }) => ({ phy: join(folder, 'phy'), analyzer: folder })),
  );
  expect(problems).toEqual([[], []]);
  expect(await readFile(join(cases[0].folder, 'phy', 'cluster_samecell.tsv'), 'utf8')).toContain('merged from 0 + 38');
  await expect(written(`${fixtures}/multisegment`, 'phy-c', [['A1', 'A1 bis']], { write })).rejects.toThrow('phy knows one segment');
});

it('merges folders of phy so that read_phy gives the merged trains, and every table for the clusters that there are', async () => {
  const cases = [
    {
      source: 'test/fixtures/phy/kilosort',
      groups: [
        [8, 9],
        [2, 7],
      ],
    },
    { source: 'test/fixtures/phy/exported', groups: [[5, 13, 34]] },
  ];
  const requests = [];
  for (const [at, { source, groups }] of cases.entries()) {
    const { folder, merged } = await written(source, `phy-merged-${at}`, groups, { write: { ...everything, applyScript: false } });
    requests.push({ phy_merged: folder, phy_source: source, merged: merged.map(({ units, newUnitId }) => [newUnitId, units]) });
  }
  expect(await askSpikeInterface<string[][]>('hold_written.py', requests)).toEqual([[], []]);
});
