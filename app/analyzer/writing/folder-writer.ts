import type { Dtype } from '../dtype.ts';
import { boolType, int64Type, npyHeader } from '../npy-bytes.ts';
import { quotedCell } from '../quoted-cell.ts';
import type { SinkContent } from '../sink.ts';
import type { ReadOptions } from '../source.ts';
import type { Sparsity, SpikeColumns } from '../view.ts';
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
  writtenVersion,
} from './analyzer-writer.ts';

/** Writes the form `binary_folder`: `.npy` arrays, JSON and CSV in folders. */
export function folderWriter(sink: WritingSink, options: ReadOptions): AnalyzerWriter {
  return new FolderWriter(sink, options);
}

class FolderWriter implements AnalyzerWriter {
  readonly files: string[] = [];
  private readonly sink: WritingSink;
  private readonly options: ReadOptions;

  constructor(sink: WritingSink, options: ReadOptions) {
    this.sink = sink;
    this.options = options;
  }

  async settings(stored: Readonly<Record<string, unknown>>): Promise<void> {
    await this.json('spikeinterface_info.json', writtenInfo);
    await this.json('settings.json', writtenSettings(stored));
  }

  async sparsity({ unitCount, channelCount, mask }: Sparsity): Promise<void> {
    await this.array('sparsity_mask.npy', boolType, [unitCount, channelCount], mask);
  }

  async sorting({ unitIds, samplingFrequencyHz, segmentCount, spikes, annotations }: SortingFacts): Promise<void> {
    await this.text(
      'sorting/numpysorting_info.json',
      `{"sampling_frequency": ${floatText(samplingFrequencyHz)}, "unit_ids": ${JSON.stringify(unitIds)}, "num_segments": ${segmentCount}}`,
    );
    await this.array('sorting/spikes.npy', spikeType, [spikes.count], spikeRecords(spikes));
    await this.text('sorting/annotations.json', annotations);
    await this.json('sorting/si_folder.json', {
      class: 'spikeinterface.core.sortingfolder.NumpyFolderSorting',
      module: 'spikeinterface',
      version: writtenVersion,
      kwargs: { folder_path: '.', mmap_mode: null },
      annotations: {},
      properties: {},
      relative_paths: true,
    });
  }

  property(name: string, dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Promise<void> {
    return this.array(`sorting/properties/${name}.npy`, dtype, shape, bytes);
  }

  async recordingInfo(attributes: string, probegroup: string | undefined): Promise<void> {
    await this.text('recording_info/recording_attributes.json', attributes);
    if (probegroup !== undefined) await this.text('recording_info/probegroup.json', probegroup);
  }

  recording(text: string): Promise<void> {
    return this.text('recording.json', text);
  }

  extension(name: string): ExtensionWriter {
    const folder = `extensions/${name}`;
    const started: string[] = [];
    const begin = (key: string): string => {
      started.push(`${folder}/${key}`);
      return `${folder}/${key}`;
    };
    return {
      array: (data, dtype, shape, content) => this.array(begin(`${data}.npy`), dtype, shape, content),
      table: (data, table) => this.text(begin(`${data}.csv`), csvOf(table)),
      object: (data, text) => this.text(begin(`${data}.json`), text),
      finish: async ({ params, info, runInfo }: ExtensionTexts) => {
        if (info !== undefined) await this.text(begin('info.json'), info);
        if (runInfo !== undefined) await this.text(begin('run_info.json'), runInfo);
        await this.text(begin('params.json'), params);
      },
      abandon: async () => {
        for (const key of started) await this.remove(key);
      },
    };
  }

  async finish(): Promise<void> {}

  private async text(key: string, text: string): Promise<void> {
    await this.content(key, new TextEncoder().encode(text));
  }

  private async json(key: string, value: unknown): Promise<void> {
    await this.text(key, JSON.stringify(value, null, 4));
  }

  private async array(key: string, dtype: Dtype, shape: readonly number[], content: SinkContent): Promise<void> {
    await this.content(key, withHeader(npyHeader(dtype, shape), content));
  }

  private async remove(key: string): Promise<void> {
    await this.sink.remove(key);
    const at = this.files.indexOf(key);
    if (at >= 0) this.files.splice(at, 1);
  }

  private async content(key: string, content: SinkContent): Promise<void> {
    this.files.push(key);
    await this.sink.write(key, content, this.options);
  }
}

/** In one piece where it is small: that is written faster. */
function withHeader(header: Uint8Array, content: SinkContent): SinkContent {
  if (!(content instanceof Uint8Array) || content.byteLength > smallBytes) return inPieces(header, content);
  const whole = new Uint8Array(header.byteLength + content.byteLength);
  whole.set(header);
  whole.set(content, header.byteLength);
  return whole;
}

const smallBytes = 2 ** 15;

async function* inPieces(header: Uint8Array, content: SinkContent): AsyncGenerator<Uint8Array> {
  yield header;
  if (content instanceof Uint8Array) yield content;
  else yield* content;
}

const spikeType = {
  kind: 'record',
  itemSize: 24,
  fields: ['sample_index', 'unit_index', 'segment_index'].map((name, at) => ({ name, dtype: int64Type, offset: 8 * at, count: 1 })),
} as const;

function* spikeRecords(spikes: SpikeColumns): Generator<Uint8Array> {
  const blockRows = 2 ** 17;
  for (let start = 0; start < spikes.count; start += blockRows) {
    const count = Math.min(blockRows, spikes.count - start);
    const words = new Int32Array(count * 6);
    for (let at = 0; at < count; at += 1) {
      const sample = spikes.sampleIndex[start + at];
      words[6 * at] = sample;
      words[6 * at + 1] = Math.floor(sample / 4294967296);
      words[6 * at + 2] = spikes.unitIndex[start + at];
      words[6 * at + 4] = spikes.segmentIndex[start + at];
    }
    yield new Uint8Array(words.buffer);
  }
}

/** As pandas writes it: the first column, without a name, is the unit id; an empty cell is not-a-number. */
function csvOf({ index, columns }: WrittenTable): string {
  const rows = index.map((id, row) => [quotedCell(String(id)), ...columns.map((column) => cellOf(column, row))].join(','));
  return `${[['', ...columns.map(({ name }) => quotedCell(name))].join(','), ...rows].join('\n')}\n`;
}

function cellOf({ kind, values }: WrittenColumn, row: number): string {
  const value = values[row];
  if (typeof value === 'string') return quotedCell(value);
  if (kind === 'bool') return value !== 0 ? 'True' : 'False';
  if (kind === 'int') return String(value);
  if (Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return floatText(value);
}
