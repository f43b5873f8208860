import { Failure } from '../../failure.ts';
import { type TemplateArray, templateDistance } from '../compute/template-similarity.ts';
import { decodeFloats } from '../decode.ts';
import type { Dtype } from '../dtype.ts';
import { parseJsonObject } from '../json.ts';
import { elementBytes, float32Type, float64Type, int64Bytes, int64Type, npyHeader, textBytes } from '../npy-bytes.ts';
import { clusterTable } from '../phy/cluster-table.ts';
import type { SinkContent } from '../sink.ts';
import type { ReadOptions } from '../source.ts';
import type { Sparsity, UnitId } from '../view.ts';
import {
  type AnalyzerWriter,
  type ExtensionWriter,
  floatText,
  type SortingFacts,
  type WritingSink,
  type WrittenTable,
} from './analyzer-writer.ts';

/** What a Phy folder says about the channels and, per cluster, in our own words. */
export interface PhyFacts {
  readonly channelIds: readonly UnitId[];
  /** x, y per channel; empty where there is no probe. */
  readonly channelPositionsUm: Float64Array;
  /** The group (shank) of each channel, where the recording says it. */
  readonly channelGroups: readonly (number | string)[] | undefined;
  /** One text per unit for `cluster_samecell.tsv`. */
  words(unitIds: readonly UnitId[]): readonly string[];
}

/**
 * Writes an analyzer of one segment as a folder for phy, with the files of SpikeInterface's `export_to_phy`. A cluster's id is
 * the unit's position, for units without spikes too, so that no id shifts. Traces and features per spike (`pc_features.npy`)
 * are left out: they need the recording. Needs templates. Throws `input.invalid` for several segments or no templates.
 */
export function phyWriter(facts: PhyFacts): (sink: WritingSink, options: ReadOptions) => AnalyzerWriter {
  return (sink, options) => new PhyWriter(facts, sink, options);
}

interface StoredFloats {
  readonly values: Float32Array | Float64Array;
  readonly shape: readonly number[];
}

/** The arrays of extensions that go into the folder. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  templates: ['average'],
  template_similarity: ['similarity'],
  spike_amplitudes: ['amplitudes'],
};
const tables = ['quality_metrics', 'template_metrics'];
/** phy computes these itself. */
const phyColumns = ['num_spikes', 'firing_rate'];

class PhyWriter implements AnalyzerWriter {
  readonly files: string[] = [];
  private readonly facts: PhyFacts;
  private readonly sink: WritingSink;
  private readonly options: ReadOptions;
  private readonly arrays = new Map<string, StoredFloats>();
  private readonly metrics: WrittenTable['columns'][number][] = [];
  private sorting_: SortingFacts | undefined;
  private sparsity_: Sparsity | undefined;
  private isFiltered = false;
  private traceType = 'float32';

  constructor(facts: PhyFacts, sink: WritingSink, options: ReadOptions) {
    this.facts = facts;
    this.sink = sink;
    this.options = options;
  }

  async settings(): Promise<void> {}
  async property(): Promise<void> {}
  async recording(): Promise<void> {}

  async sparsity(sparsity: Sparsity): Promise<void> {
    this.sparsity_ = sparsity;
  }

  async sorting(sorting: SortingFacts): Promise<void> {
    if (sorting.segmentCount !== 1) {
      throw new Failure(
        'input.invalid',
        `phy knows one segment and this analyzer has ${sorting.segmentCount}, so no Phy folder can be written. Leave it out.`,
        { segmentCount: sorting.segmentCount },
      );
    }
    this.sorting_ = sorting;
  }

  async recordingInfo(attributes: string): Promise<void> {
    const stored = parseJsonObject(new TextEncoder().encode(attributes), 'recording_attributes');
    this.isFiltered = stored['is_filtered'] === true;
    this.traceType = numpyName(stored['dtype']) ?? this.traceType;
  }

  extension(name: string): ExtensionWriter {
    return {
      array: async (data, dtype, shape, content) => {
        if (wanted[name]?.includes(data)) {
          const bytes = await gathered(content);
          this.arrays.set(data, { values: decodeFloats(bytes, dtype, data), shape });
        }
      },
      table: async (data, { columns }) => {
        if (tables.includes(name) && data === 'metrics')
          this.metrics.push(...columns.filter((column) => !phyColumns.includes(column.name)));
      },
      object: async () => {},
      finish: async () => {},
      abandon: async () => {
        for (const data of wanted[name] ?? []) this.arrays.delete(data);
      },
    };
  }

  async finish(): Promise<void> {
    const { sorting_: sorting, sparsity_: sparsity } = this;
    const average = this.arrays.get('average');
    if (sorting === undefined) throw new Error('a Phy folder without a sorting');
    if (average === undefined) {
      throw new Failure(
        'input.invalid',
        'A Phy folder needs the extension templates, which this analyzer does not have. Compute it first.',
        {
          extension: 'templates',
        },
      );
    }
    const [unitCount, sampleCount, channelCount] = average.shape;
    await this.text(
      'params.py',
      [
        "dat_path = r'None'",
        `n_channels_dat = ${channelCount}`,
        `dtype = '${this.traceType}'`,
        'offset = 0',
        `sample_rate = ${floatText(sorting.samplingFrequencyHz)}`,
        `hp_filtered = ${this.isFiltered ? 'True' : 'False'}\n`,
      ].join('\n'),
    );
    const { spikes, unitIds } = sorting;
    await this.npy('spike_times.npy', int64Type, [spikes.count, 1], int64Bytes(spikes.sampleIndex));
    await this.npy('spike_templates.npy', int64Type, [spikes.count, 1], int64Bytes(spikes.unitIndex));
    await this.npy('spike_clusters.npy', int64Type, [spikes.count, 1], int64Bytes(spikes.unitIndex));
    await this.templates(average, sparsity);
    const templates: TemplateArray = { average: average.values, unitCount, sampleCount, channelCount, sparsity };
    const similarity = this.arrays.get('similarity')?.values ?? cosineSimilarity(templates);
    await this.floats('similar_templates.npy', { values: similarity, shape: [unitCount, unitCount] });
    const amplitudes = this.arrays.get('amplitudes');
    if (amplitudes !== undefined) await this.floats('amplitudes.npy', { values: amplitudes.values, shape: [spikes.count, 1] });
    await this.channels(channelCount);
    const rows = unitIds.map((_, index) => String(index));
    await this.tsv(
      'cluster_group.tsv',
      'group',
      rows.map(() => 'unsorted'),
    );
    await this.tsv('cluster_si_unit_ids.tsv', 'si_unit_id', unitIds.map(String));
    await this.tsv(
      'cluster_channel_group.tsv',
      'channel_group',
      rows.map(() => '0'),
    );
    await this.tsv('cluster_samecell.tsv', 'samecell', this.facts.words(unitIds));
    for (const { name, values } of this.metrics) await this.tsv(`cluster_${name}.tsv`, name, Array.from(values, cell));
  }

  /** (n, T, K): each unit's channels packed to the front; `template_ind.npy` says which, −1 behind them. */
  private async templates(average: StoredFloats, sparsity: Sparsity | undefined): Promise<void> {
    const [unitCount, sampleCount, channelCount] = average.shape;
    const channelsOf = (unit: number): number[] =>
      Array.from({ length: channelCount }, (_, channel) => channel).filter(
        (channel) => sparsity === undefined || sparsity.mask[unit * channelCount + channel] !== 0,
      );
    const channels = Array.from({ length: unitCount }, (_, unit) => channelsOf(unit));
    const width = channels.reduce((widest, own) => Math.max(widest, own.length), 0);
    const packed = new Float64Array(unitCount * sampleCount * width);
    const indices = new Float64Array(unitCount * width).fill(-1);
    channels.forEach((own, unit) => {
      indices.set(own, unit * width);
      for (let sample = 0; sample < sampleCount; sample += 1) {
        const from = (unit * sampleCount + sample) * channelCount;
        const to = (unit * sampleCount + sample) * width;
        own.forEach((channel, place) => {
          packed[to + place] = average.values[from + channel];
        });
      }
    });
    await this.floats('templates.npy', { values: packed, shape: [unitCount, sampleCount, width] });
    if (sparsity !== undefined) await this.npy('template_ind.npy', int64Type, [unitCount, width], int64Bytes(indices));
  }

  private async channels(channelCount: number): Promise<void> {
    const { channelIds, channelPositionsUm, channelGroups } = this.facts;
    const indices = Int32Array.from({ length: channelCount }, (_, channel) => channel);
    const int32Type: Dtype = { kind: 'int', itemSize: 4, littleEndian: true };
    await this.npy('channel_map.npy', int32Type, [channelCount], elementBytes(indices));
    await this.ids('channel_map_si.npy', channelIds);
    const positions = channelPositionsUm.length === 0 ? new Float64Array(2 * channelCount) : channelPositionsUm;
    await this.npy('channel_positions.npy', float32Type, [channelCount, 2], elementBytes(Float32Array.from(positions)));
    await this.ids('channel_groups.npy', channelGroups ?? Array.from(indices, () => 0));
  }

  private async ids(name: string, ids: readonly UnitId[]): Promise<void> {
    const numbers = ids.filter((id) => typeof id === 'number');
    const { dtype, bytes } = numbers.length === ids.length ? { dtype: int64Type, bytes: int64Bytes(numbers) } : textBytes(ids.map(String));
    await this.npy(name, dtype, [ids.length], bytes);
  }

  private floats(name: string, { values, shape }: StoredFloats): Promise<void> {
    return this.npy(name, values instanceof Float32Array ? float32Type : float64Type, shape, elementBytes(values));
  }

  private async tsv(name: string, column: string, values: readonly string[]): Promise<void> {
    await this.text(
      name,
      clusterTable(
        column,
        values.map((value, cluster) => ({ cluster, value })),
      ),
    );
  }

  private async npy(name: string, dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Promise<void> {
    await this.content(name, [npyHeader(dtype, shape), bytes]);
  }

  private async text(name: string, text: string): Promise<void> {
    await this.content(name, new TextEncoder().encode(text));
  }

  private async content(name: string, content: SinkContent): Promise<void> {
    this.files.push(name);
    await this.sink.write(name, content, this.options);
  }
}

async function gathered(content: SinkContent): Promise<Uint8Array<ArrayBuffer>> {
  if (content instanceof Uint8Array) return content.slice();
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  const out = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.byteLength;
  }
  return out;
}

/** As `export_to_phy` computes it where it is missing: cosine, no shift, channels of either unit. */
function cosineSimilarity(templates: TemplateArray): Float32Array {
  const count = templates.unitCount;
  const similarity = new Float32Array(count * count);
  for (let first = 0; first < count; first += 1) {
    for (let second = 0; second <= first; second += 1) {
      const { distance } = templateDistance(templates, second, first, { method: 'cosine', support: 'union', shiftCount: 0 }, 'negative');
      similarity[first * count + second] = 1 - distance;
      similarity[second * count + first] = 1 - distance;
    }
  }
  return similarity;
}

function cell(value: number | string): string {
  return typeof value === 'number' && Number.isNaN(value) ? '' : String(value);
}

/** `<i2` as `int16`. */
function numpyName(dtype: unknown): string | undefined {
  const match = /^[<>|=]?([iuf])([1248])$/.exec(String(dtype));
  if (match === null) return /^(?:u?int|float)\d+$/.test(String(dtype)) ? String(dtype) : undefined;
  const kinds: Readonly<Record<string, string>> = { i: 'int', u: 'uint', f: 'float' };
  return `${kinds[match[1]]}${8 * Number(match[2])}`;
}
