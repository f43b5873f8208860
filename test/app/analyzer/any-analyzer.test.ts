import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { presets } from '../../../app/candidates/presets.ts';
import { findCandidates } from '../../../app/candidates/run.ts';
import { ifMerged } from '../../../app/evidence/if-merged.ts';
import { measurePair } from '../../../app/evidence/measure.ts';
import { isFailure } from '../../../app/failure.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';
import { memorySource } from './support/memory-source.ts';
import { packElements, toFortran, writeNpy } from './support/write-npy.ts';
import { type ZarrFiles, zarrArray } from './support/write-zarr.ts';

interface Spike {
  readonly segment: number;
  readonly sample: number;
  readonly unit: number;
}

/** What an analyzer says, whatever form it is written in. */
interface Model {
  readonly unitIds: readonly UnitId[];
  readonly channelCount: number;
  readonly segmentSampleCounts: readonly number[];
  /** In time order. */
  readonly spikes: readonly Spike[];
  /** (n, C), each unit with one channel at least; `undefined` for a dense one. */
  readonly mask: readonly boolean[] | undefined;
  /** (n, T, C) */
  readonly templates: readonly number[];
  readonly sampleCount: number;
  /** Rows of spikes that have waveforms. */
  readonly chosen: readonly number[];
}

/** How it is written. */
interface Layout {
  readonly byteOrder: '<' | '>';
  readonly floatType: 'f4' | 'f8';
  readonly intType: 'i4' | 'i8';
  readonly isFortran: boolean;
  readonly chunk: number;
}

const samplingFrequency = 1000;
const beforeCount = 1;

const models: fc.Arbitrary<Model> = fc
  .record({
    unitCount: fc.integer({ min: 1, max: 5 }),
    hasTextIds: fc.boolean(),
    channelCount: fc.integer({ min: 1, max: 4 }),
    segmentSampleCounts: fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 3 }),
    spikeCount: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
    silent: fc.array(fc.nat(4), { maxLength: 3 }),
    isSparse: fc.boolean(),
    sampleCount: fc.integer({ min: 2, max: 6 }),
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
  })
  .map((drawn) => {
    const { unitCount, channelCount, segmentSampleCounts, sampleCount } = drawn;
    let state = drawn.seed;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const speaking = Array.from({ length: unitCount }, (_, unit) => unit).filter((unit) => !drawn.silent.includes(unit));
    const spikes = Array.from({ length: speaking.length === 0 ? 0 : drawn.spikeCount }, () => {
      const segment = next(segmentSampleCounts.length);
      return { segment, sample: next(segmentSampleCounts[segment]), unit: speaking[next(speaking.length)] };
    }).sort((a, b) => a.segment - b.segment || a.sample - b.sample);
    const mask = drawn.isSparse
      ? Array.from(
          { length: unitCount * channelCount },
          (_, cell) => cell % channelCount === (Math.floor(cell / channelCount) * 7) % channelCount || next(2) === 0,
        )
      : undefined;
    const templates = Array.from({ length: unitCount * sampleCount * channelCount }, (_, cell) => {
      const unit = Math.floor(cell / (sampleCount * channelCount));
      return mask === undefined || mask[unit * channelCount + (cell % channelCount)] ? next(200) - 100 : 0;
    });
    return {
      unitIds: Array.from({ length: unitCount }, (_, unit) => (drawn.hasTextIds ? `u${unit * 3}` : unit * 3)),
      channelCount,
      segmentSampleCounts,
      spikes,
      mask,
      templates,
      sampleCount,
      chosen: spikes.flatMap((_, row) => (next(2) === 0 ? [row] : [])),
    };
  });

const layouts: fc.Arbitrary<Layout> = fc.record({
  byteOrder: fc.constantFrom('<', '>'),
  floatType: fc.constantFrom('f4', 'f8'),
  intType: fc.constantFrom('i4', 'i8'),
  isFortran: fc.boolean(),
  chunk: fc.integer({ min: 1, max: 9 }),
});

const channelsOf = ({ mask, channelCount }: Model, unit: number): number[] =>
  Array.from({ length: channelCount }, (_, channel) => channel).filter(
    (channel) => mask === undefined || mask[unit * channelCount + channel],
  );

/** (R, T, K): the first value of each is the row of its spike, so that a mix-up shows. */
function waveformsOf(model: Model): { values: number[]; width: number } {
  const width = Math.max(...model.unitIds.map((_, unit) => channelsOf(model, unit).length));
  const values = model.chosen.flatMap((row) => {
    const own = channelsOf(model, model.spikes[row].unit).length;
    return Array.from({ length: model.sampleCount * width }, (_, cell) => (cell % width < own ? row + cell : 0));
  });
  return { values, width };
}

interface StoredArrays {
  readonly file: string;
  readonly shape: number[];
  readonly values: readonly (number | boolean)[];
  readonly kind: 'float' | 'int' | 'bool';
}

function arraysOf(model: Model): StoredArrays[] {
  const { unitIds, channelCount, sampleCount, spikes, chosen } = model;
  const { values, width } = waveformsOf(model);
  const extension = (name: string): string => `extensions/${name}`;
  return [
    ...(model.mask ? [{ file: 'sparsity_mask', shape: [unitIds.length, channelCount], values: model.mask, kind: 'bool' as const }] : []),
    {
      file: `${extension('templates')}/average`,
      shape: [unitIds.length, sampleCount, channelCount],
      values: model.templates,
      kind: 'float',
    },
    { file: `${extension('random_spikes')}/random_spikes_indices`, shape: [chosen.length], values: chosen, kind: 'int' },
    { file: `${extension('waveforms')}/waveforms`, shape: [chosen.length, sampleCount, width], values, kind: 'float' },
    {
      file: `${extension('spike_amplitudes')}/amplitudes`,
      shape: [spikes.length],
      values: spikes.map((_, row) => -row - 1),
      kind: 'float',
    },
  ];
}

const extensionParams: Readonly<Record<string, object>> = {
  templates: { ms_before: beforeCount, ms_after: 1, operators: ['average'] },
  random_spikes: {},
  waveforms: { ms_before: beforeCount, ms_after: 1 },
  spike_amplitudes: {},
};
const paramsOf = (model: Model, name: string): object =>
  name === 'templates' || name === 'waveforms'
    ? { ...extensionParams[name], ms_after: model.sampleCount - beforeCount }
    : extensionParams[name];

const info = { version: '0.105.3', dev_mode: false, object: 'SortingAnalyzer' };
const settings = { return_in_uV: true, peak_sign: 'both', peak_mode: 'extremum' };
const attributesOf = ({ channelCount, segmentSampleCounts }: Model): object => ({
  channel_ids: Array.from({ length: channelCount }, (_, channel) => channel),
  sampling_frequency: samplingFrequency,
  num_channels: channelCount,
  num_samples: segmentSampleCounts,
  is_filtered: true,
  properties: {},
  dtype: 'float32',
});
const probegroupOf = ({ channelCount }: Model): object => ({
  specification: 'probeinterface',
  version: '0.4.2',
  probes: [
    {
      ndim: 2,
      si_units: 'um',
      contact_positions: Array.from({ length: channelCount }, (_, channel) => [0, 20 * channel]),
      device_channel_indices: Array.from({ length: channelCount }, (_, channel) => channel),
    },
  ],
});

function descriptionOf(kind: StoredArrays['kind'], { byteOrder, floatType, intType }: Layout): string {
  if (kind === 'bool') return '|b1';
  return `${byteOrder}${kind === 'float' ? floatType : intType}`;
}

function folderOf(model: Model, layout: Layout): ZarrFiles {
  const { byteOrder, intType, isFortran } = layout;
  const field = (name: string): string => `('${name}', '${byteOrder}${intType}')`;
  const spikes = model.spikes.flatMap(({ sample, unit, segment }) => [sample, unit, segment]);
  const files: ZarrFiles = {
    'spikeinterface_info.json': JSON.stringify(info),
    'settings.json': JSON.stringify(settings),
    'recording_info/recording_attributes.json': JSON.stringify(attributesOf(model)),
    'recording_info/probegroup.json': JSON.stringify(probegroupOf(model)),
    'sorting/numpysorting_info.json': JSON.stringify({
      sampling_frequency: samplingFrequency,
      unit_ids: model.unitIds,
      num_segments: model.segmentSampleCounts.length,
    }),
    'sorting/spikes.npy': writeNpy(
      { descr: `[${['sample_index', 'unit_index', 'segment_index'].map(field).join(', ')}]`, shape: [model.spikes.length] },
      packElements(spikes, `${byteOrder}${intType}`),
    ),
  };
  for (const { file, shape, values, kind } of arraysOf(model)) {
    const descr = descriptionOf(kind, layout);
    const stored = isFortran ? toFortran(values, shape) : values;
    files[`${file}.npy`] = writeNpy({ descr, shape, fortranOrder: isFortran }, packElements(stored, descr));
  }
  for (const name of Object.keys(extensionParams)) {
    files[`extensions/${name}/params.json`] = JSON.stringify(paramsOf(model, name));
    files[`extensions/${name}/run_info.json`] = '{"run_completed": true, "runtime_s": 0.0}';
  }
  return files;
}

async function zarrOf(model: Model, layout: Layout): Promise<ZarrFiles> {
  const { byteOrder, intType, isFortran, chunk } = layout;
  const order = isFortran ? 'F' : 'C';
  const bounds = model.segmentSampleCounts.flatMap((_, segment) => {
    const before = model.spikes.filter((spike) => spike.segment < segment).length;
    return [before, before + model.spikes.filter((spike) => spike.segment === segment).length];
  });
  const ints = `${byteOrder}${intType}`;
  const column = (values: readonly number[]) => ({ shape: [values.length], chunks: [chunk], values, dtype: ints });
  const isText = typeof model.unitIds[0] === 'string';
  const files: ZarrFiles = {
    '.zgroup': '{"zarr_format": 2}',
    '.zattrs': JSON.stringify({ spikeinterface_info: info, settings }),
    'recording_info/.zgroup': '{"zarr_format": 2}',
    'recording_info/.zattrs': JSON.stringify({ recording_attributes: attributesOf(model), probegroup: probegroupOf(model) }),
    'sorting/.zgroup': '{"zarr_format": 2}',
    'sorting/.zattrs': JSON.stringify({ sampling_frequency: samplingFrequency, num_segments: model.segmentSampleCounts.length }),
    'sorting/spikes/.zgroup': '{"zarr_format": 2}',
    'extensions/.zgroup': '{"zarr_format": 2}',
    ...(await zarrArray('sorting/unit_ids', {
      shape: [model.unitIds.length],
      chunks: [chunk],
      values: model.unitIds,
      dtype: isText ? `${byteOrder}U4` : ints,
    })),
    ...(await zarrArray('sorting/spikes/sample_index', column(model.spikes.map(({ sample }) => sample)))),
    ...(await zarrArray('sorting/spikes/unit_index', column(model.spikes.map(({ unit }) => unit)))),
    ...(await zarrArray('sorting/spikes/segment_slices', {
      shape: [bounds.length / 2, 2],
      chunks: [chunk, 2],
      values: bounds,
      dtype: ints,
    })),
  };
  for (const name of Object.keys(extensionParams)) {
    files[`extensions/${name}/.zgroup`] = '{"zarr_format": 2}';
    files[`extensions/${name}/.zattrs`] = JSON.stringify({ params: paramsOf(model, name), run_info: { run_completed: true } });
  }
  for (const { file, shape, values, kind } of arraysOf(model)) {
    const dtype = descriptionOf(kind, layout);
    Object.assign(files, await zarrArray(file, { shape, chunks: shape.map(() => chunk), values, dtype, order }));
  }
  // Every document once more in one file, as SpikeInterface consolidates.
  const metadata = Object.fromEntries(
    Object.entries(files).flatMap(([key, content]) => (/\.z(?:array|attrs|group)$/.test(key) ? [[key, JSON.parse(String(content))]] : [])),
  );
  return { ...files, '.zmetadata': JSON.stringify({ zarr_consolidated_format: 1, metadata }) };
}

const forms: readonly (readonly [string, (model: Model, layout: Layout) => ZarrFiles | Promise<ZarrFiles>])[] = [
  ['binary_folder', folderOf],
  ['zarr', zarrOf],
];

async function opened(files: ZarrFiles): Promise<AnalyzerView> {
  return openAnalyzer(memorySource(files), { sha256 });
}

describe.each(forms)('any analyzer as %s', (format, write) => {
  test('gives what was stored, whatever its units, segments, spikes, types, orders and chunks', async () => {
    await fc.assert(
      fc.asyncProperty(models, layouts, async (model, layout) => {
        const view = await opened(await write(model, layout));
        expect(view.summary.format).toBe(format);
        expect(view.summary.problems).toEqual([]);
        expect(view.unitIds).toEqual(model.unitIds);
        expect(view.segmentSampleCounts).toEqual(model.segmentSampleCounts);
        expect(view.sparsity === undefined ? undefined : [...view.sparsity.mask].map((value) => value === 1)).toEqual(model.mask);

        const spikes = await view.spikes();
        const stored = Array.from({ length: spikes.count }, (_, row) => ({
          segment: spikes.segmentIndex[row],
          sample: spikes.sampleIndex[row],
          unit: spikes.unitIndex[row],
        }));
        expect(stored).toEqual(model.spikes);
        for (const [unit] of model.unitIds.entries()) {
          const own = model.spikes.flatMap((spike, row) => (spike.unit === unit ? [row] : []));
          expect([...spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1])]).toEqual(own);
        }

        expect([...(await view.extension('templates')).average]).toEqual(model.templates);
        expect([...(await view.extension('spike_amplitudes')).amplitudes]).toEqual(model.spikes.map((_, row) => -row - 1));
        expect([...(await view.extension('random_spikes')).rows]).toEqual(model.chosen);
        const waveforms = await view.extension('waveforms');
        const { width } = waveformsOf(model);
        for (const [unit] of model.unitIds.entries()) {
          const channels = channelsOf(model, unit);
          expect([...waveforms.channelsOf(unit)]).toEqual(channels);
          const rows = model.chosen.filter((row) => model.spikes[row].unit === unit);
          const { values, rowCount } = await waveforms.ofUnit(unit);
          expect(rowCount).toBe(rows.length);
          const expected = rows.flatMap((row) =>
            Array.from({ length: model.sampleCount }, (_, sample) => channels.map((_, place) => row + sample * width + place)).flat(),
          );
          expect([...values]).toEqual(expected);
        }
        await view.close();
      }),
      { numRuns: 120 },
    );
  });

  test('goes through every preset, its numbers and a merge, or says what it lacks', async () => {
    await fc.assert(
      fc.asyncProperty(models, layouts, async (model, layout) => {
        const view = await opened(await write(model, layout));
        for (const { id } of presets) {
          try {
            const { pairs, steps } = await findCandidates(view, { preset: id, resolveGraph: false }, { now: () => 0 });
            expect(steps[0].in).toBe((model.unitIds.length * (model.unitIds.length - 1)) / 2);
            expect(pairs.length).toBe(steps[steps.length - 1].out);
          } catch (error) {
            // These analyzers have no positions of spikes and no noise levels.
            if (!(isFailure(error, 'analyzer.missingExtension') && id === 'feature_neighbors')) throw error;
          }
        }
        if (model.unitIds.length > 1) {
          const numbers = await measurePair(view, { first: 0, second: 1 });
          for (const value of Object.values(numbers)) expect(value === null || typeof value === 'number').toBe(true);
          const merged = await ifMerged(view, [0, 1], { censorMs: 1 });
          expect(merged).toBeDefined();
        }
        await view.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('an analyzer without any spike', () => {
  test.each(forms)('opens as %s, and no search proposes anything by mistake', async (_, write) => {
    const model: Model = {
      unitIds: ['a', 'b'],
      channelCount: 2,
      segmentSampleCounts: [100],
      spikes: [],
      mask: undefined,
      templates: [1, 2, 3, 4, 4, 3, 2, 1],
      sampleCount: 2,
      chosen: [],
    };
    const view = await opened(await write(model, { byteOrder: '<', floatType: 'f4', intType: 'i8', isFortran: false, chunk: 4 }));
    expect((await view.spikes()).count).toBe(0);
    const { pairs } = await findCandidates(view, { preset: 'similarity_correlograms', resolveGraph: false }, { now: () => 0 });
    expect(pairs).toEqual([]);
    await view.close();
  });
});
