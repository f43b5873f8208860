import type { Dtype } from '../dtype.ts';
import { boolType, elementBytes, float64Type, int64Bytes, int64Type, textBytes } from '../npy-bytes.ts';
import type { SinkContent } from '../sink.ts';
import type { ReadOptions } from '../source.ts';
import type { Sparsity, UnitId } from '../view.ts';
import {
  type AnalyzerWriter,
  type ExtensionTexts,
  type ExtensionWriter,
  floatText,
  type SortingFacts,
  type WritingSink,
  type WrittenColumn,
  type WrittenTable,
  writtenInfo,
  writtenSettings,
} from './analyzer-writer.ts';
import { zarrChunks, zarrMetadata } from './zarr-encode.ts';

const group = '{"zarr_format": 2}';
/** How numcodecs stores JSON; it needs every word of it. */
const json2 = {
  allow_nan: true,
  check_circular: true,
  encoding: 'utf-8',
  ensure_ascii: true,
  id: 'json2',
  indent: null,
  separators: [',', ':'],
  skipkeys: false,
  sort_keys: true,
  strict: true,
} as const;

/** Writes the form `zarr`: a store of format 2 with consolidated metadata, laid out as SpikeInterface lays it out. */
export function zarrWriter(sink: WritingSink, options: ReadOptions): AnalyzerWriter {
  return new ZarrWriter(sink, options);
}

class ZarrWriter implements AnalyzerWriter {
  readonly files: string[] = [];
  /** `.zarray`, `.zattrs` and `.zgroup` by key, as JSON text, for the consolidated metadata. */
  private readonly documents = new Map<string, string>();
  private readonly sink: WritingSink;
  private readonly options: ReadOptions;

  constructor(sink: WritingSink, options: ReadOptions) {
    this.sink = sink;
    this.options = options;
  }

  async settings(stored: Readonly<Record<string, unknown>>): Promise<void> {
    for (const path of ['', 'sorting/', 'recording_info/', 'extensions/', 'sorting/spikes/', 'sorting/properties/'])
      await this.document(`${path}.zgroup`, group);
    await this.document('.zattrs', JSON.stringify({ settings: writtenSettings(stored), spikeinterface_info: writtenInfo }));
  }

  async sparsity({ unitCount, channelCount, mask }: Sparsity): Promise<void> {
    await this.array('sparsity_mask', boolType, [unitCount, channelCount], mask);
  }

  async sorting({ unitIds, samplingFrequencyHz, segmentCount, spikes, annotations }: SortingFacts): Promise<void> {
    const frequency = floatText(samplingFrequencyHz);
    await this.document(
      'sorting/.zattrs',
      `{"annotations": ${annotations}, "num_segments": ${segmentCount}, "provenance": null, "sampling_frequency": ${frequency}}`,
    );
    await this.ids('sorting/unit_ids', unitIds);
    await this.array('sorting/spikes/sample_index', int64Type, [spikes.count], inBlocks(spikes.sampleIndex), { delta: true });
    await this.array('sorting/spikes/unit_index', int64Type, [spikes.count], inBlocks(spikes.unitIndex), { delta: true });
    const slices: number[] = [];
    for (let segment = 0, row = 0; segment < segmentCount; segment += 1) {
      slices.push(row);
      while (row < spikes.count && spikes.segmentIndex[row] === segment) row += 1;
      slices.push(row);
    }
    await this.array('sorting/spikes/segment_slices', int64Type, [segmentCount, 2], int64Bytes(slices), { compress: false });
    const { chunks } = zarrMetadata(int64Type, [spikes.count], '');
    const firsts = spikes.sampleIndex.filter((_, row) => row % chunks[0] === 0);
    await this.array('sorting/spikes/sample_index_chunk_firsts', int64Type, [firsts.length], int64Bytes(firsts), { compress: false });
  }

  property(name: string, dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Promise<void> {
    return this.array(`sorting/properties/${name}`, dtype, shape, bytes, { compress: false });
  }

  async recordingInfo(attributes: string, probegroup: string | undefined): Promise<void> {
    const probes = probegroup === undefined ? '' : `, "probegroup": ${probegroup}`;
    await this.document('recording_info/.zattrs', `{"recording_attributes": ${attributes}${probes}}`);
  }

  recording(text: string): Promise<void> {
    return this.object('recording', text);
  }

  extension(name: string): ExtensionWriter {
    const folder = `extensions/${name}`;
    return {
      array: (data, dtype, shape, content) => this.array(`${folder}/${data}`, dtype, shape, content),
      table: (data, table) => this.table(`${folder}/${data}`, table),
      object: async (data, text) => {
        await this.object(`${folder}/${data}`, text);
        await this.document(`${folder}/${data}/.zattrs`, '{"dict": true}');
      },
      finish: async ({ params, info, runInfo }: ExtensionTexts) => {
        await this.document(`${folder}/.zgroup`, group);
        const members = Object.entries({ info, params, run_info: runInfo }).filter(([, text]) => text !== undefined);
        await this.document(`${folder}/.zattrs`, `{${members.map(([key, text]) => `"${key}": ${text}`).join(', ')}}`);
      },
      abandon: async () => {
        for (const key of this.files.filter((file) => file.startsWith(`${folder}/`))) await this.remove(key);
      },
    };
  }

  async finish(): Promise<void> {
    const entries = [...this.documents].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, text]) => `${JSON.stringify(key)}: ${text}`);
    await this.content('.zmetadata', `{"metadata": {\n${entries.join(',\n')}\n}, "zarr_consolidated_format": 1}`);
  }

  private async table(path: string, { index, columns }: WrittenTable): Promise<void> {
    await this.document(`${path}/.zgroup`, group);
    await this.document(`${path}/.zattrs`, '{"dataframe": true}');
    await this.ids(`${path}/index`, index);
    for (const column of columns) {
      const { dtype, bytes } = columnBytes(column);
      await this.array(`${path}/${column.name}`, dtype, [index.length], bytes);
    }
  }

  private async ids(path: string, ids: readonly UnitId[]): Promise<void> {
    const numbers = ids.filter((id) => typeof id === 'number');
    const { dtype, bytes } = numbers.length === ids.length ? { dtype: int64Type, bytes: int64Bytes(numbers) } : textBytes(ids.map(String));
    await this.array(path, dtype, [ids.length], bytes, { compress: false });
  }

  private async object(path: string, text: string): Promise<void> {
    const metadata = {
      chunks: [1],
      compressor: null,
      dtype: '|O',
      fill_value: 0,
      filters: [json2],
      order: 'C',
      shape: [1],
      zarr_format: 2,
    };
    await this.document(`${path}/.zarray`, JSON.stringify(metadata));
    await this.content(`${path}/0`, `[${text},"|O",[1]]`);
  }

  private async array(
    path: string,
    dtype: Dtype,
    shape: readonly number[],
    content: SinkContent,
    how: { compress?: boolean; delta?: boolean } = {},
  ): Promise<void> {
    const metadata = zarrMetadata(dtype, shape, path, how);
    await this.document(`${path}/.zarray`, JSON.stringify(metadata));
    for await (const { key, bytes } of zarrChunks(metadata, dtype, content, this.options)) await this.content(`${path}/${key}`, bytes);
  }

  private async document(key: string, text: string): Promise<void> {
    this.documents.set(key, text);
    await this.content(key, text);
  }

  private async content(key: string, content: string | Uint8Array): Promise<void> {
    this.files.push(key);
    await this.sink.write(key, typeof content === 'string' ? new TextEncoder().encode(content) : content, this.options);
  }

  private async remove(key: string): Promise<void> {
    await this.sink.remove(key);
    this.documents.delete(key);
    this.files.splice(this.files.indexOf(key), 1);
  }
}

function* inBlocks(values: Float64Array | Int32Array): Generator<Uint8Array> {
  const rows = 2 ** 17;
  for (let start = 0; start < values.length; start += rows) yield int64Bytes(values.subarray(start, start + rows));
}

function columnBytes({ kind, values }: WrittenColumn): { dtype: Dtype; bytes: Uint8Array } {
  if (!(values instanceof Float64Array)) return textBytes(values);
  if (kind === 'int') return { dtype: int64Type, bytes: int64Bytes(values) };
  if (kind === 'bool') return { dtype: boolType, bytes: Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)) };
  return { dtype: float64Type, bytes: elementBytes(values) };
}
