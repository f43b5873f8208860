import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';
import { expectedFile } from '../support/reference.ts';

type Numbers = number | 'NaN' | 'Infinity' | '-Infinity';

/** What scripts/make-everything.py kept of an array: all of a small one, else sums and the first values. */
interface Summary {
  readonly shape: readonly number[];
  readonly values?: readonly Numbers[];
  readonly first?: readonly Numbers[];
  readonly sum?: number;
  readonly weighted_sum?: number;
}

interface Everything {
  readonly unit_ids: readonly number[];
  readonly channel_ids: readonly string[];
  readonly channel_positions_um: readonly (readonly [number, number])[];
  readonly sparsity_mask: readonly (readonly boolean[])[];
  readonly main_channel_index: readonly number[];
  readonly num_samples: readonly number[];
  readonly properties: Record<string, readonly unknown[]>;
  readonly nbefore: { readonly waveforms: number; readonly templates: number };
  readonly waveforms: Record<string, Summary>;
  readonly principal_components: Record<string, Summary>;
  readonly extensions: Record<string, { readonly params: Record<string, unknown>; readonly data: Record<string, unknown> }>;
}

const expected = expectedFile<Everything>('everything.json');

function expectSame(actual: ArrayLike<number>, summary: unknown): void {
  const wanted = summary as Summary;
  const size = wanted.shape.reduce((product, count) => product * count, 1);
  expect(actual).toHaveLength(size);
  for (const [at, value] of (wanted.values ?? wanted.first ?? []).entries()) {
    const number = Number(value);
    if (Number.isFinite(number)) expect(Math.abs(actual[at] - number)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(number)));
    else expect(actual[at]).toBe(number);
  }
  if (wanted.sum === undefined || wanted.weighted_sum === undefined) return;
  let sum = 0;
  let weighted = 0;
  let scale = 0;
  for (let at = 0; at < size; at += 1) {
    if (Number.isNaN(actual[at])) continue;
    sum += actual[at];
    weighted += actual[at] * ((at + 1) % 97);
    scale += Math.abs(actual[at]) * 97;
  }
  expect(Math.abs(sum - wanted.sum)).toBeLessThanOrEqual(1e-7 * scale);
  expect(Math.abs(weighted - wanted.weighted_sum)).toBeLessThanOrEqual(1e-7 * scale);
}

describe.each(['binary', 'analyzer.zarr'])('an analyzer with every extension, two shanks and two segments (%s)', (form) => {
  const open = (): Promise<AnalyzerView> =>
    openAnalyzer(diskSource(join(import.meta.dirname, '../../fixtures/analyzers/everything', form)), { sha256 });
  const data = (extension: string): Record<string, unknown> => expected.extensions[extension].data;

  test('opens with its units, channels and shanks, in the order of the channels', async () => {
    const view = await open();
    expect(view.unitIds).toEqual(expected.unit_ids);
    expect(view.channelIds).toEqual(expected.channel_ids);
    expect(view.segmentSampleCounts).toEqual(expected.num_samples);
    expect([...view.channelPositionsUm]).toEqual(expected.channel_positions_um.flat());
    expect([...(view.sparsity?.mask ?? [])]).toEqual(expected.sparsity_mask.flat().map(Number));
    expect([...(await view.mainChannels())]).toEqual(expected.main_channel_index);
    expect(view.summary.extensions.map((extension) => extension.name)).toEqual(Object.keys(expected.extensions));
    expect(view.summary.extensions.every((extension) => extension.known && extension.problem === undefined)).toBe(true);
    // SpikeInterface pickles columns of mixed values in a folder, and leaves them out of zarr.
    const pickled = [expect.stringMatching(/^sorting\/properties\/merged_from\.npy holds pickled/)];
    expect(view.summary.problems).toEqual(form === 'binary' ? pickled : []);
    await view.close();
  });

  test('has its properties: text, whole numbers, floats with gaps, flags', async () => {
    const view = await open();
    const columns = new Map((await view.unitProperties()).map((column) => [column.name, column]));
    const numbers = expected.properties['contamination'].map(Number);
    expect(columns.get('quality')).toEqual({ name: 'quality', kind: 'string', values: expected.properties['quality'] });
    expect(columns.get('KSLabel_rank')).toEqual({ name: 'KSLabel_rank', kind: 'int', values: expected.properties['KSLabel_rank'] });
    expect(columns.get('contamination')).toEqual({ name: 'contamination', kind: 'float', values: numbers });
    expect(columns.get('is_merged')).toEqual({ name: 'is_merged', kind: 'bool', values: expected.properties['is_merged'] });
    expect(columns.has('gt_unit_locations')).toBe(false);
    const ofChannels = new Map(view.channelProperties.map((column) => [column.name, column]));
    expect(ofChannels.get('gain_to_uV')).toEqual({ name: 'gain_to_uV', kind: 'int', values: [1, 1, 1, 1, 1, 1] });
    expect([...ofChannels.keys()]).toContain('group');
    await view.close();
  });

  test('has the waveforms and projections of each unit on its own channels', async () => {
    const view = await open();
    const waveforms = await view.extension('waveforms');
    const components = await view.extension('principal_components');
    expect(waveforms.beforeCount).toBe(expected.nbefore.waveforms);
    expect(components.mode).toBe('by_channel_global');
    for (const [unit, unitId] of view.unitIds.entries()) {
      const rows = await waveforms.ofUnit(unit);
      const [rowCount, sampleCount, width] = expected.waveforms[unitId].shape;
      expect([rows.rowCount, waveforms.sampleCount, waveforms.channelsOf(unit).length]).toEqual([rowCount, sampleCount, width]);
      expectSame(rows.values, expected.waveforms[unitId]);
      expectSame((await components.ofUnit(unit)).values, expected.principal_components[unitId]);
    }
    await view.close();
  });

  test('has its templates by every operator', async () => {
    const view = await open();
    const templates = await view.extension('templates');
    expect(templates.beforeCount).toBe(expected.nbefore.templates);
    expect([...templates.operators].sort()).toEqual(['average', 'median', 'percentile_5', 'std']);
    expectSame(templates.average, data('templates')['average']);
    expectSame(templates.std ?? [], data('templates')['std']);
    for (const operator of ['median', 'percentile_5'])
      expectSame((await templates.ofOperator(operator)) ?? [], data('templates')[operator]);
    await view.close();
  });

  test('has what it stores per spike', async () => {
    const view = await open();
    const locations = data('spike_locations')['spike_locations'] as Record<string, unknown>;
    const { xUm, yUm } = await view.extension('spike_locations');
    expectSame(xUm, locations['x']);
    expectSame(yUm, locations['y']);
    expectSame((await view.extension('spike_amplitudes')).amplitudes, data('spike_amplitudes')['amplitudes']);
    const { scalings, collisionMask } = await view.extension('amplitude_scalings');
    expectSame(scalings, data('amplitude_scalings')['amplitude_scalings']);
    expectSame(collisionMask ?? [], data('amplitude_scalings')['collision_mask']);
    expectSame((await view.extension('random_spikes')).rows, data('random_spikes')['random_spikes_indices']);
    await view.close();
  });

  test('has its histograms', async () => {
    const view = await open();
    const ccgs = await view.extension('correlograms');
    expectSame(ccgs.ccgs, data('correlograms')['ccgs']);
    expectSame(ccgs.edgesMs, data('correlograms')['bins']);
    const acgs = await view.extension('auto_correlograms');
    expectSame(acgs.acgs, data('auto_correlograms')['acgs']);
    expectSame(acgs.edgesMs, data('auto_correlograms')['bins']);
    const intervals = await view.extension('isi_histograms');
    expectSame(intervals.histograms, data('isi_histograms')['isi_histograms']);
    expectSame(intervals.edgesMs, data('isi_histograms')['bins']);
    const cubes = await view.extension('acgs_3d');
    expectSame(cubes.acgs, data('acgs_3d')['acgs_3d']);
    expectSame(cubes.firingQuantilesHz, data('acgs_3d')['firing_quantiles']);
    expect([cubes.quantileCount, cubes.lagCount]).toEqual([3, 11]);
    expect([...cubes.lagsMs]).toEqual([-10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10]);
    await view.close();
  });

  test('has what it stores per unit and channel', async () => {
    const view = await open();
    expectSame((await view.extension('noise_levels')).noiseLevels, data('noise_levels')['noise_levels']);
    const { locationsUm, dimensionCount } = await view.extension('unit_locations');
    expect(dimensionCount).toBe(2);
    expectSame(locationsUm, data('unit_locations')['unit_locations']);
    const { similarity, method } = await view.extension('template_similarity');
    expect(method).toBe('l1');
    expectSame(similarity, data('template_similarity')['similarity']);
    expect(view.params('template_similarity')).toEqual(expected.extensions['template_similarity'].params);
    await view.close();
  });

  test('has its tables', async () => {
    const view = await open();
    for (const id of ['quality_metrics', 'template_metrics', 'spiketrain_metrics'] as const) {
      const wanted = data(id)['metrics'] as Record<string, unknown>;
      const table = await view.extension(id);
      expect([...table.columns].sort()).toEqual(Object.keys(wanted).sort());
      for (const column of table.columns) expectSame(table.values[column], wanted[column]);
    }
    await view.close();
  });

  test('has its valid periods', async () => {
    const view = await open();
    const { valid, all } = await view.extension('valid_unit_periods');
    for (const [periods, name] of [
      [valid, 'valid_unit_periods'],
      [all, 'all_periods'],
    ] as const) {
      const wanted = data('valid_unit_periods')[name] as Record<string, unknown>;
      expectSame(periods?.segmentIndex ?? [], wanted['segment_index']);
      expectSame(periods?.startSample ?? [], wanted['start_sample_index']);
      expectSame(periods?.endSample ?? [], wanted['end_sample_index']);
      expectSame(periods?.unitIndex ?? [], wanted['unit_index']);
    }
    expect(valid.count).toBeGreaterThan(0);
    await view.close();
  });
});
