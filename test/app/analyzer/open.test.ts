import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ExtensionId } from '../../../app/analyzer/extensions/data.ts';
import { knownExtensions } from '../../../app/analyzer/extensions/registry.ts';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';
import { expectedFile, expectedNumbers, firstDifference, openReference, referenceNames } from '../support/reference.ts';

interface ExpectedAnalyzer {
  readonly made_by: string;
  readonly unit_ids: readonly UnitId[];
  readonly channel_ids: readonly UnitId[];
  readonly sampling_frequency: number;
  readonly num_samples: readonly number[];
  readonly is_sparse: boolean;
  readonly main_channel_index: Record<string, number>;
  readonly spike_counts_per_segment: readonly Record<string, number>[];
  readonly extensions: Record<string, Record<string, unknown>>;
  readonly sparsity_mask: unknown;
  readonly templates_average?: unknown;
  readonly similarity?: Record<string, unknown>;
  readonly correlograms?: Record<string, { ccgs?: unknown; histograms?: unknown; bins_ms: number[] }>;
}

const expectedOf = (name: string): ExpectedAnalyzer => expectedFile<ExpectedAnalyzer>(`${name}.json`);

describe.each(referenceNames)('the reference analyzer %s', (name) => {
  const expected = expectedOf(name);

  test('opens with the units, channels, segments and extensions SpikeInterface sees', async () => {
    const view = await openReference(name);
    expect(view.unitIds).toEqual(expected.unit_ids);
    expect(view.channelIds).toEqual(expected.channel_ids);
    expect(view.samplingFrequencyHz).toBe(expected.sampling_frequency);
    expect(view.segmentSampleCounts).toEqual(expected.num_samples);
    expect(view.summary.sparse).toBe(expected.is_sparse);
    expect(view.summary.returnInUv).toBe(true);
    expect(view.summary.problems).toEqual([]);
    expect(view.channelPositionsUm).toHaveLength(2 * expected.channel_ids.length);
    expect(view.summary.extensions.map((extension) => extension.name).sort()).toEqual(Object.keys(expected.extensions).sort());
    for (const extension of view.summary.extensions) expect(extension).toMatchObject({ known: true, problem: undefined });
    expect(view.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    await view.close();
  });

  test('has the spikes, sparsity and main channels SpikeInterface sees', async () => {
    const view = await openReference(name);
    const spikes = await view.spikes();
    expect(spikes.count).toBe(view.summary.spikeCount);
    for (const [segment, counts] of expected.spike_counts_per_segment.entries()) {
      const own = view.unitIds.map(
        (_, unit) =>
          spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]).filter((row) => spikes.segmentIndex[row] === segment).length,
      );
      expect(own).toEqual(view.unitIds.map((unitId) => counts[String(unitId)]));
    }
    for (let unit = 0; unit < view.unitIds.length; unit += 1) {
      const rows = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
      expect(rows.every((row, at) => spikes.unitIndex[row] === unit && (at === 0 || row > rows[at - 1]))).toBe(true);
    }
    if (expected.is_sparse) expect([...(view.sparsity?.mask ?? [])]).toEqual(maskOf(expected.sparsity_mask));
    const main = await view.mainChannels();
    expect(Object.fromEntries(view.unitIds.map((unitId, unit) => [String(unitId), main[unit]]))).toEqual(expected.main_channel_index);
    await view.close();
  });

  test('has the templates, similarity, correlograms and intervals SpikeInterface has', async () => {
    const view = await openReference(name);
    if (expected.templates_average !== undefined) {
      expect(firstDifference((await view.extension('templates')).average, expectedNumbers(expected.templates_average))).toBeUndefined();
    }
    if (view.has('template_similarity')) {
      const { similarity, method } = await view.extension('template_similarity');
      expect(method).toBe('cosine');
      expect(firstDifference(similarity, expectedNumbers(expected.similarity?.['cosine/default']))).toBeUndefined();
    }
    const ccgs = view.has('correlograms') ? expected.correlograms?.[windowOf(view, 'correlograms')] : undefined;
    if (ccgs !== undefined) {
      const stored = await view.extension('correlograms');
      expect(firstDifference(stored.ccgs, expectedNumbers(ccgs.ccgs))).toBeUndefined();
      expect([...stored.edgesMs]).toEqual(ccgs.bins_ms);
      expect(stored.binCount).toBe(ccgs.bins_ms.length - 1);
    }
    const intervals = view.has('isi_histograms') ? expected.correlograms?.[`isi ${windowOf(view, 'isi_histograms')}`] : undefined;
    if (intervals !== undefined) {
      const stored = await view.extension('isi_histograms');
      expect(firstDifference(stored.histograms, expectedNumbers(intervals.histograms))).toBeUndefined();
    }
    await view.close();
  });

  test('gives every extension it has, in shapes that fit together', async () => {
    const view = await openReference(name);
    for (const { id } of knownExtensions) if (view.has(id)) await checkExtension(view, id);
    await view.close();
  });
});

/** The key of the expected counts that were made with the stored window and bin. */
function windowOf(view: AnalyzerView, extension: string): string {
  const { window_ms, bin_ms } = view.params(extension);
  return `${window_ms}ms/${bin_ms}ms`;
}

async function checkExtension(view: AnalyzerView, id: ExtensionId): Promise<void> {
  const [units, channels, spikes] = [view.unitIds.length, view.channelIds.length, view.summary.spikeCount];
  switch (id) {
    case 'random_spikes':
      expect((await view.extension(id)).rows.every((row) => row < spikes)).toBe(true);
      break;
    case 'waveforms':
    case 'principal_components': {
      const extension = await view.extension(id);
      const inner = 'sampleCount' in extension ? extension.sampleCount : extension.componentCount;
      const { unitIndex } = await view.spikes();
      let total = 0;
      for (let unit = 0; unit < units; unit += 1) {
        const rows = await extension.selectedRowsOf(unit);
        expect(rows.every((row) => unitIndex[row] === unit)).toBe(true);
        total += rows.length;
        const all = await extension.ofUnit(unit);
        const perRow = inner * extension.channelsOf(unit).length;
        expect(all.rowCount).toBe(rows.length);
        expect(all.values).toHaveLength(rows.length * perRow);
        expect(all.values.every(Number.isFinite)).toBe(true);
        const few = await extension.ofUnit(unit, { limit: 3 });
        expect(few.rowCount).toBe(Math.min(3, rows.length));
        expect([...few.values.subarray(0, perRow)]).toEqual([...all.values.subarray(0, perRow)]);
        expect([...few.values.subarray(-perRow)]).toEqual([...all.values.subarray(-perRow)]);
      }
      expect(total).toBe((await view.extension('random_spikes')).rows.length);
      break;
    }
    case 'templates': {
      const templates = await view.extension(id);
      expect(templates.average).toHaveLength(units * templates.sampleCount * channels);
      expect(templates.std).toHaveLength(units * templates.sampleCount * channels);
      expect(templates.beforeCount).toBe(Math.round((templates.msBefore * view.samplingFrequencyHz) / 1000));
      for (const operator of templates.operators) expect(await templates.ofOperator(operator)).toHaveLength(templates.average.length);
      expect(await templates.ofOperator('no such')).toBeUndefined();
      break;
    }
    case 'noise_levels':
      expect((await view.extension(id)).noiseLevels).toHaveLength(channels);
      break;
    case 'spike_amplitudes':
      expect((await view.extension(id)).amplitudes).toHaveLength(spikes);
      break;
    case 'spike_locations': {
      const { xUm, yUm } = await view.extension(id);
      expect([xUm.length, yUm.length]).toEqual([spikes, spikes]);
      expect(xUm.every(Number.isFinite)).toBe(true);
      break;
    }
    case 'unit_locations': {
      const { locationsUm, dimensionCount } = await view.extension(id);
      expect(locationsUm).toHaveLength(units * dimensionCount);
      break;
    }
    case 'quality_metrics':
    case 'template_metrics': {
      const table = await view.extension(id);
      expect(table.columns.length).toBeGreaterThan(2);
      for (const column of table.columns) expect(table.values[column]).toHaveLength(units);
      break;
    }
    default:
      await view.extension(id);
  }
}

function maskOf(value: unknown): number[] {
  return Array.isArray(value) ? value.flat().map(Number) : expectedNumbers(value);
}

const versions = ['0.101.2', '0.102.3', '0.103.2', '0.104.9'];

test.each(versions)('both forms of the same %s analyzer give the same numbers', async (version) => {
  const folder = await openReference(`legacy-${version}-binary`);
  const store = await openReference(`legacy-${version}-analyzer.zarr`);
  const both = [folder, store];
  const numbers = async <Value>(read: (view: AnalyzerView) => Promise<Value>): Promise<void> => {
    const [left, right] = await Promise.all(both.map(read));
    expect(right).toEqual(left);
  };
  await numbers((view) => view.spikes());
  await numbers((view) => view.unitProperties());
  for (const id of [
    'random_spikes',
    'noise_levels',
    'correlograms',
    'isi_histograms',
    'unit_locations',
    'template_similarity',
    'spike_amplitudes',
    'spike_locations',
  ] as const) {
    await numbers((view) => view.extension(id));
    await numbers(async (view) => view.params(id));
  }
  await numbers(async (view) => (await view.extension('templates')).std);
  for (const id of ['quality_metrics', 'template_metrics'] as const) {
    await numbers(async (view) => Object.entries((await view.extension(id)).values).sort());
  }
  for (let unit = 0; unit < folder.unitIds.length; unit += 1) {
    await numbers(async (view) => (await view.extension('waveforms')).ofUnit(unit));
    await numbers(async (view) => (await view.extension('principal_components')).ofUnit(unit));
  }
});

test('the average of the waveforms of a unit is its template', async () => {
  const view = await openReference('tutorial');
  const [waveforms, templates] = [await view.extension('waveforms'), await view.extension('templates')];
  const channelCount = view.channelIds.length;
  for (let unit = 0; unit < view.unitIds.length; unit += 1) {
    const channels = waveforms.channelsOf(unit);
    const { values, rowCount } = await waveforms.ofUnit(unit);
    const perRow = waveforms.sampleCount * channels.length;
    const mean = Array.from({ length: perRow }, (_, at) => {
      let sum = 0;
      for (let row = 0; row < rowCount; row += 1) sum += values[row * perRow + at];
      return sum / rowCount;
    });
    const template = Array.from({ length: perRow }, (_, at) => {
      const sample = Math.floor(at / channels.length);
      return templates.average[(unit * waveforms.sampleCount + sample) * channelCount + channels[at % channels.length]];
    });
    for (const [at, value] of mean.entries()) expect(Math.abs(value - template[at])).toBeLessThan(1e-3);
  }
});

test('asking twice reads once, and a cancelled question is only a cancelled question', async () => {
  const view = await openReference('splits');
  const stop = new AbortController();
  stop.abort();
  await expect(view.extension('templates', { signal: stop.signal })).rejects.toMatchObject({ kind: 'cancelled' });
  const first = await view.extension('templates');
  expect(await view.extension('templates')).toBe(first);
  expect(await view.spikes()).toBe(await view.spikes());
});

test('12 is not "12", and an unknown unit is named', async () => {
  const view = await openReference('splits');
  expect(view.indexOf(12)).toBe(10);
  expect(() => view.indexOf('12')).toThrow('has no unit "12". It has 12, which is a different id.');
  expect(() => view.indexOf(4)).toThrow('has no unit 4');
  const text = await openReference('multisegment');
  expect(text.indexOf('étoile')).toBe(4);
  expect(() => text.indexOf('A')).toThrow('has no unit "A"');
});

test('a missing extension comes with the code that computes it', async () => {
  const view = await openReference('with-recording');
  expect(view.has('templates')).toBe(false);
  const wanted = {
    kind: 'analyzer.missingExtension',
    details: { extension: 'template_similarity', snippet: expect.stringContaining('analyzer.compute("template_similarity")') },
  };
  await expect(view.extension('template_similarity')).rejects.toMatchObject(wanted);
  expect(() => view.params('template_similarity')).toThrow('has no extension template_similarity');
});

test('unit properties come in their own types', async () => {
  const view = await openReference('splits');
  const properties = await view.unitProperties();
  expect(properties.find((property) => property.name === 'main_channel_id')).toMatchObject({
    kind: 'string',
    values: expect.arrayContaining(['16']),
  });
});

test('opening reads a small part of a large analyzer', async () => {
  const folder = join(import.meta.dirname, '../../../assets/demo/splits');
  const disk = diskSource(folder);
  let bytes = 0;
  const counted = {
    ...disk,
    name: disk.name,
    list: disk.list.bind(disk),
    size: disk.size.bind(disk),
    get: async (key: string) => {
      const content = await disk.get(key);
      bytes += content?.byteLength ?? 0;
      return content;
    },
    getRange: async (key: string, offset: number, length: number) => {
      const content = await disk.getRange(key, offset, length);
      bytes += content?.byteLength ?? 0;
      return content;
    },
  };
  const view = await openAnalyzer(counted, { sha256 });
  expect(view.unitIds).toHaveLength(32);
  expect(bytes).toBeLessThan(5_000_000);
  expect(readdirSync(folder)).toContain('extensions');
});
