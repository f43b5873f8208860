import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import { findCandidates } from '../../../app/candidates/run.ts';
import { mergeAnalyzer } from '../../../app/curation/merge-analyzer.ts';
import { measurePair } from '../../../app/evidence/measure.ts';
import { isFailure } from '../../../app/failure.ts';
import { judgeOffline } from '../../../app/judges/offline/judge.ts';
import { plotFeatures } from '../../../app/plots/registry.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';
import { temporaryFolder } from '../../main/core/support/temporary-folder.ts';
import { firstDifference } from '../support/reference.ts';
import { packElements, writeNpy } from './support/write-npy.ts';

const folders = join(import.meta.dirname, '../../fixtures/phy');

interface Expected {
  readonly sampling_frequency: number;
  readonly units: readonly { id: number; train: number[]; quality?: string; KSLabel?: string; original_cluster_id: string }[];
  readonly num_samples?: number;
  readonly similarity?: number[][];
  readonly channels?: number[][];
}

const open = (folder: string): Promise<IdentifiedAnalyzer> => openAnalyzer(diskSource(folder), { sha256 });
const sound = (name: string): Promise<IdentifiedAnalyzer> => open(join(folders, name));
const expectedOf = (name: string): Expected => JSON.parse(readFileSync(join(folders, `${name}.expected.json`), 'utf8'));

/** A fixture array made by NumPy: f4, i8 or bool. */
function numbersOf(name: string): number[] {
  const bytes = readFileSync(join(folders, name));
  const start = 10 + bytes.readUInt16LE(8);
  const descr = /'descr': '([^']+)'/.exec(bytes.subarray(10, start).toString())?.[1];
  const data = new Uint8Array(bytes.subarray(start)).buffer;
  if (descr === '<f4') return [...new Float32Array(data)];
  if (descr === '<i8') return [...new BigInt64Array(data)].map(Number);
  if (descr === '|b1') return [...new Uint8Array(data)];
  throw new Error(`${name}: unexpected ${descr}`);
}

async function trainsOf(view: IdentifiedAnalyzer): Promise<number[][]> {
  const { rows, offsets, sampleIndex } = await view.spikes();
  return view.unitIds.map((_, unit) => Array.from(rows.subarray(offsets[unit], offsets[unit + 1]), (row) => sampleIndex[row]));
}

async function propertyOf(view: IdentifiedAnalyzer, name: string): Promise<readonly unknown[] | undefined> {
  return (await view.unitProperties()).find((property) => property.name === name)?.values;
}

function copyOf(name: string): string {
  const folder = join(temporaryFolder(), name);
  cpSync(join(folders, name), folder, { recursive: true });
  return folder;
}

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

describe.each(['exported', 'kilosort'])('the phy folder %s', (name) => {
  const expected = expectedOf(name);

  test('has the units, trains and labels that read_phy sees', async () => {
    const view = await sound(name);
    expect(view.summary.format).toBe('phy');
    expect(view.samplingFrequencyHz).toBe(expected.sampling_frequency);
    expect(view.unitIds).toEqual(expected.units.map(({ id }) => id));
    expect(await trainsOf(view)).toEqual(expected.units.map(({ train }) => train));
    expect(await propertyOf(view, 'quality')).toEqual(expected.units.map(({ quality }) => quality));
    expect((await propertyOf(view, 'original_cluster_id'))?.map(String)).toEqual(expected.units.map(({ original_cluster_id: id }) => id));
    if (name === 'kilosort') expect(await propertyOf(view, 'KSLabel')).toEqual(expected.units.map(({ KSLabel }) => KSLabel));
    await view.close();
  });
});

describe('a folder exported by SpikeInterface', () => {
  const expected = expectedOf('exported');

  test('gives back the templates, amplitudes, similarity, sparsity and waveforms of the analyzer it came from', async () => {
    const view = await sound('exported');
    expect(view.summary.returnInUv).toBe(true);
    expect([...(view.sparsity?.mask ?? [])]).toEqual(numbersOf('exported.sparsity.npy'));
    const { average, beforeCount, sampleCount } = await view.extension('templates');
    expect(firstDifference(average, numbersOf('exported.templates.npy'), 1e-4)).toBeUndefined();
    expect([beforeCount, sampleCount]).toEqual([25, 75]);
    expect([...(await view.extension('spike_amplitudes')).amplitudes]).toEqual(numbersOf('exported.amplitudes.npy'));
    const { similarity, method } = await view.extension('template_similarity');
    expect(firstDifference(similarity, (expected.similarity ?? []).flat(), 1e-6)).toBeUndefined();
    expect(method).toBe('similar_templates.npy');
    expect((await view.extension('quality_metrics')).columns).toContain('snr');
    expect([...(await view.extension('random_spikes')).rows]).toEqual(numbersOf('exported.random-spikes.npy'));
    const waveforms = await view.extension('waveforms');
    const widest = 75 * Math.max(...view.unitIds.map((_, unit) => waveforms.channelsOf(unit).length));
    const stored = numbersOf('exported.waveforms.npy');
    const { unitIndex } = await view.spikes();
    const rows = (await view.extension('random_spikes')).rows;
    for (const [unit] of view.unitIds.entries()) {
      const channels = waveforms.channelsOf(unit).length;
      const { values, rowCount } = await waveforms.ofUnit(unit);
      const own = [...rows.keys()].filter((row) => unitIndex[rows[row]] === unit);
      expect(rowCount).toBe(own.length);
      const packed = own.flatMap((row) => {
        const whole = stored.slice(row * widest, (row + 1) * widest);
        return Array.from({ length: 75 * channels }, (_, at) => whole[Math.floor(at / channels) * (widest / 75) + (at % channels)]);
      });
      expect(firstDifference(values, packed, 1e-4)).toBeUndefined();
    }
    await view.close();
  });

  test('says what it could not know', async () => {
    const view = await sound('exported');
    expect(view.summary.problems).toEqual([expect.stringContaining('taken to be µV'), expect.stringContaining('up to the last spike')]);
    expect(view.durationS).toBeCloseTo((expected.num_samples ?? 0) / 25000, 0);
    await view.close();
  });

  test('keeps tables and templates apart from numbers that an empty unit shifted', async () => {
    const view = await sound('empty-unit');
    const { trains } = JSON.parse(readFileSync(join(folders, 'empty-unit.expected.json'), 'utf8')) as { trains: Record<string, number[]> };
    expect(view.unitIds).toEqual([100, 300, 400]);
    expect(await trainsOf(view)).toEqual([trains['100'], trains['300'], trains['400']]);
    const stored = numbersOf('empty-unit.templates.npy');
    const size = stored.length / 4;
    const { average } = await view.extension('templates');
    const kept = [0, 2, 3].flatMap((unit) => stored.slice(unit * size, (unit + 1) * size));
    expect(firstDifference(average, kept, 1e-4)).toBeUndefined();
    expect(view.summary.problems[0]).toContain('matched by their order');
    await view.close();
  });
});

describe('a folder of Kilosort that was curated in phy', () => {
  const expected = expectedOf('kilosort');

  test('averages unwhitened templates over the spikes of each cluster, on the channels of its main template', async () => {
    const view = await sound('kilosort');
    expect(view.summary.returnInUv).toBe(false);
    const { average, sampleCount } = await view.extension('templates');
    const all = numbersOf('kilosort.templates.npy');
    const channelCount = view.channelIds.length;
    const wanted = all.map((value, at) => {
      const unit = Math.floor(at / (sampleCount * channelCount));
      return expected.channels?.[unit].includes(at % channelCount) === true ? value : 0;
    });
    expect(Math.max(...wanted)).toBeGreaterThan(1);
    expect(firstDifference(average, wanted, 1e-5)).toBeUndefined();
    expect(view.summary.problems).toEqual([
      expect.stringContaining('not µV'),
      expect.stringContaining('unwhitened here with whitening_mat_inv.npy'),
      expect.stringContaining('up to the last spike'),
    ]);
    await view.close();
  });

  test('unwhitens alike with the inverse computed from whitening_mat.npy', async () => {
    const folder = copyOf('kilosort');
    rmSync(join(folder, 'whitening_mat_inv.npy'));
    const [given, computed] = [await sound('kilosort'), await open(folder)];
    const [a, b] = await Promise.all([given, computed].map(async (view) => (await view.extension('templates')).average));
    expect(firstDifference(b, [...a], 1e-6)).toBeUndefined();
    expect(computed.summary.problems.join(' ')).toContain('unwhitened here with whitening_mat.npy');
  });

  test('puts the features of a spike on the channels of its cluster, whatever template it had', async () => {
    const view = await sound('kilosort');
    const features = await view.extension('principal_components');
    const bytes = readFileSync(join(folders, 'kilosort/pc_features.npy'));
    const start = 10 + bytes.readUInt16LE(8);
    expect(bytes.subarray(10, start).toString()).toContain("'fortran_order': True");
    const stored = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
    const [spikes, components] = [900, 3];
    const templates = readColumn('kilosort/spike_templates.npy');
    const columns = readColumn('kilosort/pc_feature_ind.npy');
    const merged = view.indexOf(7);
    const channels = features.channelsOf(merged);
    const { values, rowCount } = await features.ofUnit(merged);
    const rows = await features.selectedRowsOf(merged);
    expect(new Set(rows.map((row) => templates[row]))).toEqual(new Set([0, 1]));
    expect(rowCount).toBe(rows.length);
    for (const [at, spike] of rows.entries()) {
      for (let component = 0; component < components; component += 1) {
        for (const [place, channel] of channels.entries()) {
          const column = columns.slice(templates[spike] * 6, templates[spike] * 6 + 6).indexOf(channel);
          const value = column < 0 ? 0 : stored[spike + spikes * (component + components * column)];
          expect(values[(at * components + component) * channels.length + place]).toBe(value);
        }
      }
    }
    await view.close();
  });

  test('compares clusters by the most similar of their templates, and has the places of spikes', async () => {
    const view = await sound('kilosort');
    const { similarity } = await view.extension('template_similarity');
    const [eight, nine] = [view.indexOf(8), view.indexOf(9)];
    expect(similarity[eight * 5 + nine]).toBeCloseTo(1, 6);
    const { xUm, yUm } = await view.extension('spike_locations');
    expect([xUm.length, yUm.length]).toEqual([900, 900]);
    await view.close();
  });

  test('reads the clusters of the sorter where phy has not written its own', async () => {
    const folder = copyOf('kilosort');
    rmSync(join(folder, 'spike_clusters.npy'));
    const view = await open(folder);
    expect(view.unitIds).toEqual([0, 1, 2, 3, 4]);
    expect(await propertyOf(view, 'quality')).toEqual(['', '', 'good', '', 'noise']);
    await view.close();
  });

  test('takes the duration from a recording that lies in the folder', async () => {
    const folder = copyOf('kilosort');
    const params = readFileSync(join(folder, 'params.py'), 'utf8').replace(/dat_path = .*/, "dat_path = r'C:\\elsewhere\\raw.bin'");
    writeFileSync(join(folder, 'params.py'), params.replace('offset = 0', 'offset = 10'));
    writeFileSync(join(folder, 'raw.bin'), '');
    truncateSync(join(folder, 'raw.bin'), 10 + 13 * 2 * 600_000);
    const view = await open(folder);
    expect(view.segmentSampleCounts).toEqual([600_000]);
    await view.close();
  });
});

function readColumn(name: string): number[] {
  const bytes = readFileSync(join(folders, name));
  const start = 10 + bytes.readUInt16LE(8);
  return [...new Uint32Array(new Uint8Array(bytes.subarray(start)).buffer)];
}

describe('a phy folder that is not whole', () => {
  test.each(['params.py', 'spike_times.npy'])('can’t be read without %s', async (file) => {
    const folder = copyOf('kilosort');
    rmSync(join(folder, file));
    const failure = await failureOf(open(folder));
    expect(failure.kind).toBe('analyzer.missingFile');
    expect(failure.message).toContain(file);
  });

  test('needs clusters or templates of spikes', async () => {
    const folder = copyOf('kilosort');
    for (const file of ['spike_clusters.npy', 'spike_templates.npy']) rmSync(join(folder, file));
    const failure = await failureOf(open(folder));
    expect(failure.kind).toBe('analyzer.missingFile');
    expect(failure.message).toContain('spike_clusters.npy');
  });

  test.each([
    ['templates.npy', 'templates'],
    ['pc_features.npy', 'principal_components'],
    ['amplitudes.npy', 'spike_amplitudes'],
    ['similar_templates.npy', 'template_similarity'],
    ['spike_positions.npy', 'spike_locations'],
    ['whitening_mat_inv.npy', undefined],
    ['channel_positions.npy', undefined],
    ['channel_map.npy', undefined],
    ['pc_feature_ind.npy', undefined],
    ['templates_ind.npy', undefined],
  ])('does without %s', async (file, extension) => {
    const folder = copyOf('kilosort');
    rmSync(join(folder, file));
    const view = await open(folder);
    expect(view.unitIds).toEqual([2, 4, 7, 8, 9]);
    if (extension !== undefined) expect(view.has(extension)).toBe(false);
    if (file === 'channel_positions.npy') expect(view.summary.problems.join(' ')).toContain(file);
    await view.spikes();
    await view.close();
  });

  test.each([
    ['spike_times.npy', undefined],
    ['spike_clusters.npy', undefined],
    ['channel_positions.npy', undefined],
    ['templates.npy', 'templates'],
    ['whitening_mat_inv.npy', 'templates'],
    ['pc_features.npy', 'principal_components'],
    ['pc_feature_ind.npy', 'principal_components'],
    ['amplitudes.npy', 'spike_amplitudes'],
    ['similar_templates.npy', 'template_similarity'],
    ['spike_positions.npy', 'spike_locations'],
  ])('names %s where it is cut short', async (file, extension) => {
    const folder = copyOf('kilosort');
    const bytes = readFileSync(join(folder, file));
    writeFileSync(join(folder, file), bytes.subarray(0, bytes.length - 5));
    if (extension === undefined) {
      const failure = await failureOf(open(folder));
      expect(failure.kind).toBe('analyzer.damaged');
      expect(failure.message).toContain(`${file} is cut short`);
    } else {
      const view = await open(folder);
      expect(view.has(extension)).toBe(false);
      expect(view.summary.extensions.find(({ name }) => name === extension)?.problem).toContain(`${file} is cut short`);
      await view.spikes();
      await view.close();
    }
  });

  test.each([
    ['spike_clusters.npy', '<i4', undefined],
    ['spike_templates.npy', '<i4', undefined],
    ['amplitudes.npy', '<f8', 'spike_amplitudes'],
  ])('names %s where it has another number of rows', async (file, descr, extension) => {
    const folder = copyOf('kilosort');
    writeFileSync(join(folder, file), writeNpy({ descr, shape: [899] }, packElements(new Array<number>(899).fill(1), descr)));
    const sentence =
      extension === undefined
        ? (await failureOf(open(folder))).message
        : ((await open(folder)).summary.extensions.find(({ name }) => name === extension)?.problem ?? '');
    expect(sentence).toContain(`${file} has 899 rows, but spike_times.npy has 900 spikes`);
  });

  test('names templates that don’t exist', async () => {
    const folder = copyOf('kilosort');
    const templates = new Array<number>(900).fill(0).map((_, row) => (row === 5 ? 77 : row % 3));
    writeFileSync(join(folder, 'spike_templates.npy'), writeNpy({ descr: '<i4', shape: [900] }, packElements(templates, '<i4')));
    const view = await open(folder);
    expect(view.has('templates')).toBe(false);
    expect(view.summary.extensions.find(({ name }) => name === 'templates')?.problem).toContain(
      'names template 77, but templates.npy has 5',
    );
    await view.close();
  });

  test('names times that go back, and times in seconds', async () => {
    const folder = copyOf('kilosort');
    const times = Array.from({ length: 900 }, (_, row) => (row === 10 ? 3 : row * 100));
    writeFileSync(join(folder, 'spike_times.npy'), writeNpy({ descr: '<i8', shape: [900, 1] }, packElements(times, '<i8')));
    const back = await failureOf((await open(folder)).spikes());
    expect(back.message).toContain('spike_times.npy isn’t in time order (row 10)');
    const seconds = Array.from({ length: 900 }, (_, row) => row * 0.01);
    writeFileSync(join(folder, 'spike_times.npy'), writeNpy({ descr: '<f8', shape: [900] }, packElements(seconds, '<f8')));
    expect((await failureOf(open(folder))).message).toContain('not seconds');
  });

  test('goes on without a table that can’t be read, and with clusters a table forgets', async () => {
    const folder = copyOf('kilosort');
    writeFileSync(join(folder, 'cluster_KSLabel.tsv'), 'cluster_id\tKSLabel\n2\tgood\textra\n');
    writeFileSync(join(folder, 'cluster_group.tsv'), 'cluster_id\tgroup\n2\tgood\n');
    const view = await open(folder);
    expect(await propertyOf(view, 'quality')).toEqual(['good', '', '', '', '']);
    expect(view.summary.problems.join(' ')).toContain('cluster_KSLabel.tsv has 3 columns in line 2');
    await view.close();
  });

  test('has a fingerprint that changes when phy saves other clusters', async () => {
    const folder = copyOf('kilosort');
    const before = (await open(folder)).fingerprint;
    const bytes = readFileSync(join(folder, 'spike_clusters.npy'));
    bytes[bytes.length - 4] ^= 1;
    writeFileSync(join(folder, 'spike_clusters.npy'), bytes);
    expect((await open(folder)).fingerprint).not.toBe(before);
  });
});

describe('params.py', () => {
  const withParams = (text: string): string => {
    const folder = copyOf('kilosort');
    writeFileSync(join(folder, 'params.py'), text);
    return folder;
  };

  test('is never run', async () => {
    const canary = join(temporaryFolder(), 'canary');
    const folder = withParams(
      `import os\nos.system("touch ${canary}")\nsample_rate = 25000\nn_channels_dat = __import__("os").system("touch ${canary}") or 12\n`,
    );
    const failure = await failureOf(open(folder));
    expect(failure).toMatchObject({ kind: 'analyzer.refused', message: expect.stringContaining('params.py sets n_channels_dat by code') });
    writeFileSync(join(folder, 'params.py'), `import os\nos.system("touch ${canary}")\nsample_rate = 25000\n`);
    expect((await open(folder)).samplingFrequencyHz).toBe(25000);
    expect(existsSync(canary)).toBe(false);
  });

  test('may be written in Python’s ways', async () => {
    const view = await open(
      withParams(
        '# made by hand\r\nsample_rate=30_000.  # Hz\r\ndat_path = [\n  "a#b.bin",\n  r"C:\\new\\x.bin",\n]\nhp_filtered = True\noffset = 0\n',
      ),
    );
    expect(view.samplingFrequencyHz).toBe(30000);
    expect(view.summary.namesRecording).toBe(true);
    await view.close();
  });

  test.each([
    ['hp_filtered = True\n', 'params.py has no sample_rate'],
    ['sample_rate = "fast"\n', 'params.py has no usable sample_rate'],
    ['sample_rate = -1\n', 'params.py has no usable sample_rate'],
    ['sample_rate = 3e4 * 2\n', 'params.py sets sample_rate by code'],
  ])('says what is wrong with %j', async (text, sentence) => {
    expect((await failureOf(open(withParams(text)))).message).toContain(sentence);
  });
});

describe('what a phy folder does not have', () => {
  test.each([
    ['spike_locations', 'exported', 'Make an analyzer of the folder', 'si.read_phy("exported")'],
    ['principal_components', 'empty-unit', 'compute_pc_features=True', 'compute_pc_features=True'],
    ['waveforms', 'kilosort', 'add_waveforms=True', 'si.export_to_phy(analyzer'],
  ])('%s in %s is named with how to get it', async (extension, name, words, code) => {
    const view = await sound(name);
    const failure = await view.extension(extension as 'waveforms').catch((error: unknown) => error);
    if (!isFailure(failure, 'analyzer.missingExtension')) throw failure;
    expect(failure.message).toContain(words);
    expect(failure.details['snippet']).toContain(code);
    await view.close();
  });

  test('is an analyzer to be merged: that is refused with the remedy', async () => {
    const view = await sound('kilosort');
    const written: string[] = [];
    const sink = { write: async (key: string) => void written.push(key), remove: async () => undefined };
    const failure = await failureOf(mergeAnalyzer(view, diskSource(join(folders, 'kilosort')), [[8, 9]], { sink }));
    expect(failure).toMatchObject({ kind: 'merge.impossible', message: expect.stringContaining('si.read_phy') });
    expect(written).toEqual([]);
    await view.close();
  });
});

describe('from a phy folder', () => {
  test.each(['exported', 'kilosort'])(
    '%s candidates are found, every pair is measured and every picture that has its data loads',
    async (name) => {
      const view = await sound(name);
      const params = { template_similarity: { template_diff_thresh: 0.95 } };
      const found = await findCandidates(view, { steps: ['template_similarity'], params, resolveGraph: false }, { now: () => 0 });
      expect(found.pairs.length).toBeGreaterThan(0);
      const [pair] = found.pairs;
      const numbers = await measurePair(view, { first: pair[0], second: pair[1] });
      expect(numbers['spike_count_first']).toBeGreaterThan(0);
      expect(numbers['pca_d_prime']).not.toBeNull();
      const { verdict } = await judgeOffline(view, { units: pair, labels: ['A', 'B'] }, {});
      expect(verdict.reasoning).not.toBe('');
      for (const feature of plotFeatures) {
        if (!feature.needs.every((needed) => view.has(needed))) continue;
        const data = await feature.load(view, { units: pair, labels: ['A', 'B'] }, {});
        expect(feature.describe(data as never).length).toBeGreaterThan(10);
      }
      await view.close();
    },
  );
});
