import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAnalyzer } from '../../app/analyzer/open.ts';
import { inOneStep } from '../../app/analyzer/sink.ts';
import type { UnitId } from '../../app/analyzer/view.ts';
import { folderWriter } from '../../app/analyzer/writing/folder-writer.ts';
import { zarrWriter } from '../../app/analyzer/writing/zarr-writer.ts';
import { writeCurationJson } from '../../app/curation/curation-json.ts';
import { type MergedAnalyzer, type MergeOptions, mergeAnalyzer } from '../../app/curation/merge-analyzer.ts';
import { diskSink } from '../../main/core/files/disk-sink.ts';
import { diskSource } from '../../main/core/files/disk-source.ts';
import { existsFrom } from '../../main/core/files/exists-from.ts';
import { relocateBetween } from '../../main/core/files/relocate.ts';
import { sha256 } from '../../main/core/files/sha256.ts';
import { askSpikeInterface } from './spikeinterface.ts';

interface Comparison {
  readonly problems: string[];
  readonly extensions: Record<string, number>;
  readonly unit_ids: UnitId[];
  readonly new_ids: UnitId[];
  readonly curation_problems: string[];
}

type Options = Pick<MergeOptions, 'newIdStrategy' | 'censorMs' | 'sparsityOverlap' | 'newUnitIds'>;

interface Case {
  readonly name: string;
  /** Relative to the project, or to the made analyzers after "made:". */
  readonly source: string;
  readonly groups: UnitId[][];
  readonly options?: Options;
  /** Written as zarr instead of a folder. */
  readonly zarr?: true;
  /** Found to differ in SpikeInterface on purpose; each with its reason in docs/decisions. */
  readonly known?: readonly string[];
}

const fixtures = 'test/fixtures/analyzers';
const splitGroups = [
  [0, 38],
  [3, 41],
  [5, 29],
  [7, 19, 30],
  [10, 26],
  [11, 24],
  [12, 43],
  [13, 14],
  [16, 28],
  [22, 32],
  [36, 37],
];
const strings = [['0', '1']];
/** A pickled link to a recording is never followed or copied. */
const pickledRecording = ['the recording is lost'];

const cases: Case[] = [
  { name: 'splits, every true pair', source: 'assets/demo/splits', groups: splitGroups },
  { name: 'splits, first id taken', source: 'assets/demo/splits', groups: splitGroups, options: { newIdStrategy: 'take_first' } },
  {
    name: 'splits, 2 ms censored',
    source: 'assets/demo/splits',
    groups: [
      [0, 38],
      [1, 2],
      [7, 19, 30],
    ],
    options: { censorMs: 2 },
  },
  {
    name: 'splits, a narrow overlap',
    source: 'assets/demo/splits',
    groups: [
      [5, 10],
      [7, 24],
    ],
  },
  { name: 'splits, SpikeInterface’s overlap', source: 'assets/demo/splits', groups: splitGroups, options: { sparsityOverlap: 0.75 } },
  {
    name: 'splits, ids given',
    source: 'assets/demo/splits',
    groups: [
      [0, 38],
      [3, 41],
    ],
    options: { newUnitIds: [0, 100] },
  },
  {
    name: 'tutorial',
    source: `${fixtures}/tutorial`,
    groups: [
      ['0', '1'],
      ['2', '5'],
    ],
  },
  { name: 'several segments, text ids', source: `${fixtures}/multisegment`, groups: [['A1', 'A1 bis']] },
  {
    name: 'several segments, joined ids, censored',
    source: `${fixtures}/multisegment`,
    groups: [
      ['A1', 'A1 bis'],
      ['unit 3', 'étoile'],
    ],
    options: { newIdStrategy: 'join', censorMs: 3 },
  },
  { name: 'with a recording', source: `${fixtures}/with-recording/analyzer`, groups: strings },
  { name: 'written by 0.101', source: `${fixtures}/legacy/0.101.2/binary`, groups: [[0, 1]], known: pickledRecording },
  { name: 'written by 0.102', source: `${fixtures}/legacy/0.102.3/binary`, groups: strings, known: pickledRecording },
  { name: 'written by 0.103', source: `${fixtures}/legacy/0.103.2/binary`, groups: strings, known: pickledRecording },
  { name: 'written by 0.104', source: `${fixtures}/legacy/0.104.9/binary`, groups: strings, known: pickledRecording },
  { name: 'zarr written by 0.101', source: `${fixtures}/legacy/0.101.2/analyzer.zarr`, groups: [[0, 1]], known: pickledRecording },
  { name: 'zarr written by 0.104', source: `${fixtures}/legacy/0.104.9/analyzer.zarr`, groups: strings, known: pickledRecording },
  { name: 'more extensions and properties', source: 'made:rich', groups: [['0', '1']] },
  {
    name: 'more extensions and properties, censored',
    source: 'made:rich',
    groups: [
      ['0', '2'],
      ['1', '3'],
    ],
    options: { censorMs: 1.5 },
  },
  {
    name: 'more extensions, dense, first id taken',
    source: 'made:rich-dense',
    groups: [['1', '3']],
    options: { newIdStrategy: 'take_first' },
  },
  { name: 'more extensions, zarr', source: 'made:rich.zarr', groups: [['2', '3']] },
  ...zarrCases(),
];

/** The same merges as the recorded ones, written as zarr: appended, first and joined ids, 1 ms censored, SpikeInterface's overlap. */
function zarrCases(): Case[] {
  const tutorialGroups = [
    ['0', '1'],
    ['2', '5'],
  ];
  const all: Case[] = [
    { name: 'splits', source: 'assets/demo/splits', groups: splitGroups },
    { name: 'splits, first id taken', source: 'assets/demo/splits', groups: splitGroups, options: { newIdStrategy: 'take_first' } },
    { name: 'splits, 1 ms censored', source: 'assets/demo/splits', groups: splitGroups, options: { censorMs: 1 } },
    { name: 'splits, SpikeInterface’s overlap', source: 'assets/demo/splits', groups: splitGroups, options: { sparsityOverlap: 0.75 } },
    { name: 'tutorial, joined ids', source: `${fixtures}/tutorial`, groups: tutorialGroups, options: { newIdStrategy: 'join' } },
    { name: 'tutorial, 1 ms censored', source: `${fixtures}/tutorial`, groups: tutorialGroups, options: { censorMs: 1 } },
    {
      name: 'several segments, first id taken',
      source: `${fixtures}/multisegment`,
      groups: [['A1', 'A1 bis']],
      options: { newIdStrategy: 'take_first' },
    },
    { name: 'several segments, 1 ms censored', source: `${fixtures}/multisegment`, groups: [['A1', 'A1 bis']], options: { censorMs: 1 } },
    { name: 'with a recording', source: `${fixtures}/with-recording/analyzer`, groups: strings },
    { name: 'written by 0.102', source: `${fixtures}/legacy/0.102.3/binary`, groups: strings, known: pickledRecording },
    { name: 'zarr written by 0.103', source: `${fixtures}/legacy/0.103.2/analyzer.zarr`, groups: strings, known: pickledRecording },
    { name: 'more extensions and properties', source: 'made:rich', groups: [['0', '2']], options: { censorMs: 1 } },
  ];
  return all.map((each) => ({ ...each, name: `as zarr: ${each.name}`, zarr: true }));
}

interface Written {
  readonly merged: MergedAnalyzer;
  readonly target: string;
  readonly hashBefore: string;
  readonly hashAfter: string;
}

const written = new Map<string, Written>();
const answers = new Map<string, Comparison>();
/** What SpikeInterface 0.102 says against each case. */
let older: string[][];
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'samecell-interop-'));
  await askSpikeInterface('make_rich.py', {
    recording: `${fixtures}/with-recording/recording`,
    analyzer: `${fixtures}/with-recording/analyzer`,
    out: home,
  });
  const requests = [];
  for (const [at, { name, source: given, groups, options = {}, zarr }] of cases.entries()) {
    const source = placeOf(given);
    const target = join(home, 'out', zarr ? `${at}.zarr` : String(at));
    const hashBefore = await treeHash(source);
    const opened = diskSource(source);
    const view = await openAnalyzer(opened, { sha256 });
    const merged = await inOneStep(await diskSink(target), (sink) =>
      mergeAnalyzer(view, opened, groups, {
        ...options,
        sink,
        writer: zarr ? zarrWriter : folderWriter,
        relocate: relocateBetween(source, target),
        exists: existsFrom(source),
      }),
    );
    await view.close();
    const curation = `${target}.curation.json`;
    await writeFile(curation, writeCurationJson({ unitIds: view.unitIds, merges: merged.merged }));
    written.set(name, { merged, target, hashBefore, hashAfter: await treeHash(source) });
    // A curation file has no place for censor_ms.
    requests.push({
      source,
      written: target,
      groups,
      arguments: argumentsOf(options),
      curation: options.censorMs === undefined ? curation : null,
    });
  }
  older = await askSpikeInterface<string[][]>(
    'hold_written.py',
    requests.map(({ written: load }) => ({ load })),
    'si102',
  );
  const compared = await askSpikeInterface<Comparison[]>('hold_merges.py', requests);
  compared.forEach((answer, at) => {
    answers.set(cases[at].name, answer);
  });
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

describe.each(cases)('$name', ({ name, source, known = [] }) => {
  const ours = () => written.get(name) as Written;
  const theirs = () => answers.get(name) as Comparison;

  it('loads in SpikeInterface and equals its own merge_units in everything that was written', async () => {
    const { merged } = ours();
    const { problems, unit_ids, new_ids, extensions } = theirs();
    expect(problems).toEqual(known);
    expect(unit_ids).toEqual(merged.unitIds);
    expect(new_ids).toEqual(merged.merged.map(({ newUnitId }) => newUnitId));
    const dropped = merged.dropped.map(({ extension }) => extension);
    expect([...Object.keys(extensions), ...dropped].sort()).toEqual(await extensionsOf(placeOf(source)));
    for (const [extension, difference] of Object.entries(extensions)) {
      expect(difference, extension).toBeLessThanOrEqual(tolerances[extension] ?? 0);
    }
  });

  it('comes out of apply_curation with the curation file too', () => {
    expect(theirs().curation_problems).toEqual([]);
  });

  it('loads in SpikeInterface 0.102, but for extensions that it did not have yet', () => {
    const said = older[cases.findIndex((each) => each.name === name)];
    expect(
      said.filter((problem) => !/^(?:acgs_3d|auto_correlograms|valid_unit_periods|spiketrain_metrics): .*is unknown/.test(problem)),
    ).toEqual([]);
  });

  it('left the source byte for byte as it was', () => {
    expect(ours().hashAfter).toBe(ours().hashBefore);
  });
});

function placeOf(source: string): string {
  return source.startsWith('made:') ? join(home, source.slice('made:'.length)) : source;
}

/** Largest differences that are allowed; everything else is equal to the last bit. */
const tolerances: Readonly<Record<string, number>> = {
  templates: 1e-6,
  template_similarity: 1e-6,
  template_metrics: 1e-6,
  unit_locations: 0.05,
  acgs_3d: 1e-9,
};

function argumentsOf(options: Options): Record<string, unknown> {
  return {
    sparsity_overlap: options.sparsityOverlap ?? 0,
    ...(options.newIdStrategy && { new_id_strategy: options.newIdStrategy }),
    ...(options.censorMs !== undefined && { censor_ms: options.censorMs }),
    ...(options.newUnitIds && { new_unit_ids: options.newUnitIds }),
  };
}

async function extensionsOf(source: string): Promise<string[]> {
  const entries = await readdir(join(source, 'extensions'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function treeHash(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hash = createHash('sha256');
  for (const file of entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex');
}
