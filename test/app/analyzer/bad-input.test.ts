import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import { isFailure } from '../../../app/failure.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';
import { temporaryFolder } from '../../main/core/support/temporary-folder.ts';
import { packElements, writeNpy } from './support/write-npy.ts';

const analyzers = join(import.meta.dirname, '../../fixtures/analyzers');

/** A copy of a small sound analyzer, to be spoilt. */
function copyOf(name: string): string {
  const folder = join(temporaryFolder(), 'analyzer');
  cpSync(join(analyzers, name), folder, { recursive: true });
  return folder;
}

const soundFolder = (): string => copyOf('legacy/0.104.9/binary');
const soundStore = (): string => copyOf('legacy/0.104.9/analyzer.zarr');
const open = (folder: string): Promise<IdentifiedAnalyzer> => openAnalyzer(diskSource(folder), { sha256 });

function editJson(path: string, edit: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(path, 'utf8'));
  edit(value);
  writeFileSync(path, JSON.stringify(value));
}

/** The failure of a promise: its kind, and one sentence or two that end in a full stop. */
async function failureOf(promise: Promise<unknown>): Promise<{ kind: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    if (!isFailure(error)) throw error;
    expect(error.message).toMatch(/^[^\n]+\.$/);
    return { kind: error.kind, message: error.message };
  }
  throw new Error('it did not fail');
}

describe('a folder that is no analyzer', () => {
  test('says what was looked for', async () => {
    const failure = await failureOf(open(temporaryFolder()));
    expect(failure.kind).toBe('analyzer.notAnAnalyzer');
    for (const word of ['settings.json', 'sorting/', 'recording_info/', '.zmetadata']) expect(failure.message).toContain(word);
  });

  test('names the analyzers inside a pipeline output tree', async () => {
    const root = temporaryFolder();
    cpSync(join(analyzers, 'with-recording/analyzer'), join(root, 'curated/block0/sorting_analyzer'), { recursive: true });
    cpSync(join(analyzers, 'legacy/0.104.9/analyzer.zarr'), join(root, 'postprocessed/block0_ProbeA.zarr'), { recursive: true });
    const failure = await failureOf(open(root));
    expect(failure).toMatchObject({ kind: 'analyzer.notAnAnalyzer' });
    expect(failure.message).toContain('holds 2: postprocessed/block0_ProbeA.zarr, curated/block0/sorting_analyzer');
    const inside = await open(join(root, 'curated/block0/sorting_analyzer'));
    expect(inside.unitIds).toHaveLength(4);
  });

  test.each<[string, (folder: string) => void, string, string]>([
    [
      'a WaveformExtractor folder',
      (folder) => {
        writeFileSync(join(folder, 'params.json'), '{}');
        writeFileSync(join(folder, 'templates_average.npy'), '');
        mkdirSync(join(folder, 'waveforms'));
      },
      'analyzer.unsupported',
      'si.load_waveforms(folder, output="SortingAnalyzer")',
    ],
    [
      'the sorting part alone',
      (folder) => writeFileSync(join(folder, 'numpysorting_info.json'), '{}'),
      'analyzer.notAnAnalyzer',
      'Open the folder above it',
    ],
    [
      'another SpikeInterface object',
      (folder) => writeFileSync(join(folder, 'spikeinterface_info.json'), '{"object": "Templates"}'),
      'analyzer.notAnAnalyzer',
      'holds a Templates',
    ],
    ['a zarr store of format 3', (folder) => writeFileSync(join(folder, 'zarr.json'), '{}'), 'analyzer.unsupported', 'format 3'],
    [
      'some other zarr store',
      (folder) => writeFileSync(join(folder, '.zgroup'), '{"zarr_format": 2}'),
      'analyzer.notAnAnalyzer',
      'zarr store but not a SortingAnalyzer',
    ],
  ])('that is %s says so', async (_, make, kind, words) => {
    const folder = temporaryFolder();
    make(folder);
    const failure = await failureOf(open(folder));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(words);
  });

  test('that is not there, or is a file, says so', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file.txt'), 'text');
    expect(await failureOf(open(join(folder, 'gone')))).toMatchObject({ kind: 'input.notFound', message: expect.stringContaining('gone') });
    expect(await failureOf(open(join(folder, 'file.txt')))).toMatchObject({
      kind: 'input.notFound',
      message: expect.stringContaining('is a file'),
    });
  });
});

describe('an analyzer with a file missing', () => {
  test.each(['settings.json', 'sorting/spikes.npy', 'sorting/numpysorting_info.json', 'recording_info/recording_attributes.json'])(
    '(%s) names it',
    async (file) => {
      const folder = soundFolder();
      rmSync(join(folder, file));
      const failure = await failureOf(open(folder));
      expect(failure.kind).toBe('analyzer.missingFile');
      expect(failure.message).toContain(file);
    },
  );

  test.each(['sorting/unit_ids', 'sorting/spikes/sample_index', 'recording_info/.zattrs'])('(%s in zarr) names it', async (file) => {
    const folder = soundStore();
    editJson(join(folder, '.zmetadata'), (value) => {
      const metadata = value['metadata'] as Record<string, unknown>;
      for (const key of Object.keys(metadata)) if (key === file || key.startsWith(`${file}/`)) delete metadata[key];
    });
    const failure = await failureOf(open(folder));
    expect(failure.kind).toBe('analyzer.missingFile');
    expect(failure.message).toContain(file);
  });

  test('of one extension opens without that extension, and says what to do', async () => {
    const folder = soundFolder();
    rmSync(join(folder, 'extensions/correlograms/ccgs.npy'));
    const view = await open(folder);
    expect(view.has('correlograms')).toBe(false);
    expect(view.has('templates')).toBe(true);
    expect(view.summary.extensions.find((extension) => extension.name === 'correlograms')?.problem).toBe(
      'extensions/correlograms/ccgs.npy is missing. Copy the analyzer again or compute correlograms again.',
    );
    await expect(view.extension('correlograms')).rejects.toMatchObject({
      kind: 'analyzer.missingExtension',
      details: { extension: 'correlograms' },
    });
  });

  test('of no probe opens and says what that means', async () => {
    const folder = copyOf('with-recording/analyzer');
    rmSync(join(folder, 'recording_info/probegroup.json'));
    const view = await open(folder);
    expect(view.channelPositionsUm).toHaveLength(0);
    expect(view.summary.problems).toEqual([expect.stringContaining('no probe (recording_info/probegroup.json)')]);
    expect([...(await view.mainChannels())]).toEqual([4, 3, 3, 1]);
  });

  test('of a single zarr chunk that the numbers need says so, or takes the fill value the store declares', async () => {
    const folder = soundStore();
    rmSync(join(folder, 'extensions/templates/average'), { recursive: true });
    const view = await open(folder);
    expect((await view.extension('templates')).average.every((value) => value === 0)).toBe(true);
  });
});

describe('a damaged analyzer', () => {
  test('with a truncated array opens, and names the file when that array is asked for', async () => {
    const folder = soundFolder();
    truncateSync(join(folder, 'extensions/templates/average.npy'), 1000);
    const view = await open(folder);
    const failure = await failureOf(view.extension('templates'));
    expect(failure.kind).toBe('analyzer.damaged');
    expect(failure.message).toMatch(/^extensions\/templates\/average\.npy is cut short/);
    expect((await view.extension('correlograms')).binCount).toBe(50);
  });

  test('with truncated spikes names them at once', async () => {
    const folder = soundFolder();
    truncateSync(join(folder, 'sorting/spikes.npy'), 500);
    expect(await failureOf(open(folder))).toMatchObject({
      kind: 'analyzer.damaged',
      message: expect.stringContaining('sorting/spikes.npy is cut short'),
    });
  });

  test.each([
    ['of a pickle', writeNpy({ descr: '|O', shape: [4] }, new Uint8Array(40)), 'analyzer.refused'],
    ['of the shape [2**53]', writeNpy({ descr: '<f8', shape: [2 ** 53] }, new Uint8Array(8)), 'analyzer.damaged'],
    ['of another shape', writeNpy({ descr: '<f4', shape: [3, 3] }, new Uint8Array(36)), 'analyzer.damaged'],
    ['of text', writeNpy({ descr: '<U1', shape: [4, 4] }, new Uint8Array(64)), 'analyzer.damaged'],
  ])('with an array %s names the file', async (_, bytes, kind) => {
    const folder = soundFolder();
    writeFileSync(join(folder, 'extensions/template_similarity/similarity.npy'), bytes);
    const view = await open(folder);
    const failure = await failureOf(view.extension('template_similarity'));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain('extensions/template_similarity/similarity.npy');
  });

  test.each<[string, (rows: { sample: number; unit: number; segment: number }[]) => void, string]>([
    ['a unit that does not exist', (rows) => (rows[1].unit = 9), 'unit_index 9'],
    ['a segment that does not exist', (rows) => (rows[1].segment = 1), 'segment_index 1'],
    ['no time order', (rows) => (rows[0].sample = 10_000), "isn't in time order"],
  ])('whose spikes have %s names the field', async (_, spoil, words) => {
    const folder = copyOf('with-recording/analyzer');
    const rows = [0, 10, 20].map((sample) => ({ sample, unit: 0, segment: 0 }));
    spoil(rows);
    const descr = "[('sample_index', '<i8'), ('unit_index', '<i8'), ('segment_index', '<i8')]";
    const data = packElements(
      rows.flatMap((row) => [row.sample, row.unit, row.segment]),
      '<i8',
    );
    writeFileSync(join(folder, 'sorting/spikes.npy'), writeNpy({ descr, shape: [3] }, data));
    const failure = await failureOf((await open(folder)).spikes());
    expect(failure.kind).toBe('analyzer.damaged');
    expect(failure.message).toContain('sorting/spikes.npy');
    expect(failure.message).toContain(words);
  });

  test.each<[string, string, (value: Record<string, unknown>) => void, string]>([
    ['unit ids', 'sorting/numpysorting_info.json', (value) => (value['unit_ids'] = [1, 1]), 'lists unit 1 twice'],
    ['unit ids', 'sorting/numpysorting_info.json', (value) => (value['unit_ids'] = [1.5]), 'neither a whole number nor text'],
    ['unit ids', 'sorting/numpysorting_info.json', (value) => delete value['unit_ids'], 'no list unit_ids'],
    [
      'sampling rate',
      'recording_info/recording_attributes.json',
      (value) => (value['sampling_frequency'] = 0),
      'no usable sampling_frequency',
    ],
    ['segments', 'recording_info/recording_attributes.json', (value) => (value['num_samples'] = []), 'num_samples'],
    ['channels', 'recording_info/recording_attributes.json', (value) => (value['channel_ids'] = []), 'channel_ids'],
    ['mask', 'recording_info/recording_attributes.json', (value) => (value['channel_ids'] = [1, 2]), 'sparsity_mask.npy'],
  ])('with unusable %s in %s names file and field', async (_, file, edit, words) => {
    const folder = soundFolder();
    editJson(join(folder, file), edit);
    const failure = await failureOf(open(folder));
    expect(failure.kind).toBe('analyzer.damaged');
    expect(failure.message).toContain(words);
  });

  test('with giant or broken JSON names the file', async () => {
    const folder = soundFolder();
    writeFileSync(join(folder, 'settings.json'), new Uint8Array(2 ** 26 + 1).fill(0x20));
    expect(await failureOf(open(folder))).toMatchObject({
      kind: 'analyzer.refused',
      message: expect.stringContaining('settings.json is 64 MiB'),
    });
    writeFileSync(join(folder, 'settings.json'), '{"return_in_uV": tru');
    expect(await failureOf(open(folder))).toMatchObject({ kind: 'analyzer.damaged', message: expect.stringContaining('settings.json') });
  });

  test('with metrics of other units names the unit', async () => {
    const folder = soundFolder();
    writeFileSync(join(folder, 'extensions/quality_metrics/metrics.csv'), ',snr\n0,1\n1,2\n2,3\n');
    const failure = await failureOf((await open(folder)).extension('quality_metrics'));
    expect(failure.message).toBe('extensions/quality_metrics/metrics.csv has no row for unit 3. Compute quality_metrics again.');
  });

  test('with metrics that lack a unit of a very long name says so in one short sentence', async () => {
    const folder = soundFolder();
    const name = `a\nlong ${'x'.repeat(100_000)}`;
    editJson(join(folder, 'sorting/numpysorting_info.json'), (value) => {
      value['unit_ids'] = (value['unit_ids'] as unknown[]).map((_, unit) => `${name}${unit}`);
    });
    const failure = await failureOf((await open(folder)).extension('quality_metrics'));
    expect(failure.message).toMatch(/^extensions\/quality_metrics\/metrics\.csv has no row for unit a long x{53}\. /);
  });

  test('whose waveforms and random spikes do not fit together says so', async () => {
    const folder = soundFolder();
    writeFileSync(
      join(folder, 'extensions/random_spikes/random_spikes_indices.npy'),
      writeNpy({ descr: '<i8', shape: [2] }, packElements([0, 5], '<i8')),
    );
    const failure = await failureOf((await open(folder)).extension('waveforms'));
    expect(failure.message).toContain('extensions/waveforms/waveforms.npy has 160 rows, but random_spikes selects 2');
  });

  test('with a pickled unit property opens without that property', async () => {
    const folder = soundFolder();
    writeFileSync(join(folder, 'sorting/properties/notes.npy'), writeNpy({ descr: '|O', shape: [4] }, new Uint8Array(40)));
    const view = await open(folder);
    expect(view.summary.problems).toEqual([expect.stringContaining('sorting/properties/notes.npy holds pickled Python objects')]);
    expect((await view.unitProperties()).map((property) => property.name)).not.toContain('notes');
  });
});

describe('an analyzer of another kind than expected', () => {
  test('of a later generation is turned down, naming the version', async () => {
    const folder = soundFolder();
    editJson(join(folder, 'spikeinterface_info.json'), (value) => (value['version'] = '1.2.0'));
    const failure = await failureOf(open(folder));
    expect(failure.kind).toBe('analyzer.unsupported');
    expect(failure.message).toContain('spikeinterface_info.json says SpikeInterface 1.2.0');
  });

  test('of a somewhat newer version opens with a word about it', async () => {
    const folder = soundFolder();
    editJson(join(folder, 'spikeinterface_info.json'), (value) => (value['version'] = '0.107.1'));
    const view = await open(folder);
    expect(view.summary.spikeinterfaceVersion).toBe('0.107.1');
    expect(view.summary.problems).toEqual([expect.stringContaining('SpikeInterface 0.107.1 wrote this analyzer')]);
  });

  test.each([soundFolder, soundStore])(
    'with an unknown extension lists it as unknown, and with an unfinished one says so',
    async (make) => {
      const folder = make();
      if (readdirSync(folder).includes('.zmetadata')) {
        editJson(join(folder, '.zmetadata'), (value) => {
          const metadata = value['metadata'] as Record<string, Record<string, unknown>>;
          metadata['extensions/my_own/.zattrs'] = { params: { a: 1 }, run_info: { run_completed: true } };
          metadata['extensions/my_own/.zgroup'] = { zarr_format: 2 };
          metadata['extensions/templates/.zattrs']['run_info'] = { run_completed: false };
        });
      } else {
        mkdirSync(join(folder, 'extensions/my_own'));
        mkdirSync(join(folder, 'extensions/no_params'));
        writeFileSync(join(folder, 'extensions/my_own/params.json'), '{"a": 1}');
        editJson(join(folder, 'extensions/templates/run_info.json'), (value) => (value['run_completed'] = false));
      }
      const view = await open(folder);
      const listed = new Map(view.summary.extensions.map((extension) => [extension.name, extension]));
      expect(listed.get('my_own')).toMatchObject({ known: false, params: { a: 1 }, problem: undefined });
      expect(listed.has('no_params')).toBe(false);
      expect(listed.get('templates')?.problem).toContain('its computation did not finish. Compute it again.');
      expect(view.has('templates')).toBe(false);
      expect(view.has('my_own')).toBe(true);
    },
  );
});

describe('an analyzer with links', () => {
  test('that lead out of it is refused, file or folder', async () => {
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'settings.json'), '{"return_in_uV": true}');
    const folder = soundFolder();
    rmSync(join(folder, 'settings.json'));
    symlinkSync(join(outside, 'settings.json'), join(folder, 'settings.json'));
    expect(await failureOf(open(folder))).toMatchObject({
      kind: 'analyzer.refused',
      message: expect.stringContaining('settings.json is a link that leads out'),
    });

    const other = soundFolder();
    renameSync(join(other, 'extensions/templates'), join(outside, 'templates'));
    symlinkSync(join(outside, 'templates'), join(other, 'extensions/templates'));
    const view = await open(other);
    expect(view.summary.extensions.find((extension) => extension.name === 'templates')?.problem).toContain(
      'extensions/templates is a link that leads out',
    );
  });

  test('that stay within it is read', async () => {
    const folder = soundFolder();
    renameSync(join(folder, 'settings.json'), join(folder, 'real.json'));
    symlinkSync('real.json', join(folder, 'settings.json'));
    expect((await open(folder)).summary.returnInUv).toBe(true);
  });
});

test("files of macOS and the viewer's notes change nothing", async () => {
  const folder = soundFolder();
  const before = await open(folder);
  for (const place of ['', 'sorting', 'sorting/properties', 'extensions', 'extensions/templates']) {
    writeFileSync(join(folder, place, '._settings.json'), 'resource fork');
    writeFileSync(join(folder, place, '._x.npy'), 'resource fork');
  }
  mkdirSync(join(folder, 'spikeinterface_gui'));
  writeFileSync(join(folder, 'spikeinterface_gui/curation_data.json'), '{}');
  const after = await open(folder);
  expect(after.summary).toEqual(before.summary);
  expect(after.fingerprint).toBe(before.fingerprint);
});

describe('simultaneous spikes in zarr', () => {
  /** Two spikes at sample 100, stored with the higher unit first. */
  function storeWithTie(version: string): string {
    const folder = copyOf(`legacy/${version}/analyzer.zarr`);
    const plain = { zarr_format: 2, dtype: '<i8', order: 'C', compressor: null, filters: null, fill_value: 0 };
    const arrays: Record<string, number[]> = { sample_index: [50, 100, 100, 200], unit_index: [0, 2, 1, 3] };
    editJson(join(folder, '.zmetadata'), (value) => {
      const metadata = value['metadata'] as Record<string, unknown>;
      for (const [name, values] of Object.entries(arrays)) {
        metadata[`sorting/spikes/${name}/.zarray`] = { ...plain, shape: [4], chunks: [4] };
        writeFileSync(join(folder, 'sorting/spikes', name, '0'), packElements(values, '<i8'));
      }
      writeFileSync(join(folder, 'sorting/spikes/segment_slices/0.0'), packElements([0, 4], '<i8'));
    });
    return folder;
  }

  test('of 0.104 are put in the order in which it computed', async () => {
    const view = await open(storeWithTie('0.104.9'));
    expect([...(await view.spikes()).unitIndex]).toEqual([0, 1, 2, 3]);
    expect(view.summary.problems).toEqual([]);
  });

  test.each(['0.101.2', '0.103.2'])('of %s keep their order, with a word that they are ambiguous', async (version) => {
    const view = await open(storeWithTie(version));
    expect([...(await view.spikes()).unitIndex]).toEqual([0, 2, 1, 3]);
    expect(view.summary.problems).toEqual([expect.stringContaining('2 spikes that fall on the same sample')]);
  });
});

describe('the fingerprint', () => {
  test('stays when nothing changes and the folder moves', async () => {
    const [here, there] = [soundFolder(), soundFolder()];
    expect((await open(here)).fingerprint).toBe((await open(there)).fingerprint);
  });

  test.each([
    'sorting/spikes.npy',
    'sparsity_mask.npy',
    'extensions/templates/average.npy',
    'extensions/waveforms/waveforms.npy',
    'extensions/correlograms/params.json',
    'recording_info/probegroup.json',
  ])('changes with the last byte of %s', async (file) => {
    const folder = soundFolder();
    const before = (await open(folder)).fingerprint;
    const bytes = readFileSync(join(folder, file));
    bytes[bytes.byteLength - 1] ^= file.endsWith('.json') ? 0x0a ^ 0x20 : 1;
    if (file.endsWith('.json')) writeFileSync(join(folder, file), `${readFileSync(join(folder, file), 'utf8')} `);
    else writeFileSync(join(folder, file), bytes);
    expect((await open(folder)).fingerprint).not.toBe(before);
  });

  test('of a zarr store changes with any chunk of its templates', async () => {
    const folder = soundStore();
    const before = (await open(folder)).fingerprint;
    const chunk = join(folder, 'extensions/templates/average/0.0.0');
    writeFileSync(chunk, readFileSync(chunk).reverse());
    expect((await open(folder)).fingerprint).not.toBe(before);
  });

  test('of a large array reads blocks, and sees a change of its size', async () => {
    const folder = soundFolder();
    const file = join(folder, 'extensions/waveforms/waveforms.npy');
    const rows = 160;
    const large = (samples: number): void =>
      writeFileSync(file, writeNpy({ descr: '<f4', shape: [rows, samples, 8] }, new Uint8Array(rows * samples * 8 * 4)));
    large(400);
    const before = (await open(folder)).fingerprint;
    large(401);
    expect((await open(folder)).fingerprint).not.toBe(before);
  });
});
