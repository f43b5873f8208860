import { openLayout } from '../analyzer/layout.ts';
import { boolType, int64Type, npyHeader } from '../analyzer/npy-bytes.ts';
import type { Sink, SinkContent } from '../analyzer/sink.ts';
import type { ReadOptions, Source } from '../analyzer/source.ts';
import type { StoredAnalyzer, StoredExtension } from '../analyzer/stored-analyzer.ts';
import type { StoredArray } from '../analyzer/stored-array.ts';
import type { AnalyzerView, SpikeColumns, UnitId } from '../analyzer/view.ts';
import { Failure, isFailure, throwIfCancelled } from '../failure.ts';
import { mergedProperties } from './merged-properties.ts';
import { type MergedUnits, mergedUnits } from './merged-units.ts';
import { checkNewUnitIds, type NewIdStrategy, newUnitIds } from './new-unit-ids.ts';
import { replaceTexts } from './raw-json.ts';
import { mergeRules } from './rules/registry.ts';
import type { MergedTemplates, MergeRule, RuleContext } from './rules/rule.ts';
import { readStoredJson, type StoredJson } from './stored-json.ts';

/** The layout that is written: SpikeInterface 0.105.3 loads it and so do 0.103 and 0.104. */
const writtenVersion = '0.105.3';

export interface MergeOptions {
  /** Where to write; committing or discarding it stays with the caller (`inOneStep`). */
  readonly sink: Pick<Sink, 'write' | 'remove'>;
  /** Least share of channels the units of a group have in common, 0 to 1. 0 by default; SpikeInterface's own default is 0.75. */
  readonly sparsityOverlap?: number | undefined;
  readonly newIdStrategy?: NewIdStrategy | undefined;
  /** One id per group instead of the strategy's. */
  readonly newUnitIds?: readonly UnitId[] | undefined;
  /** Leaves out spikes of merged units that follow another within this many milliseconds. */
  readonly censorMs?: number | undefined;
  /** Turns a path relative to the source folder into one relative to the new folder; without it a relative recording link is left out. */
  readonly relocate?: ((path: string) => string) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number, what: string) => void) | undefined;
}

export interface MergedAnalyzer {
  readonly unitIds: readonly UnitId[];
  readonly merged: readonly { readonly newUnitId: UnitId; readonly units: readonly UnitId[] }[];
  readonly files: readonly string[];
  /** Extensions that could not be carried over, each with the reason. */
  readonly dropped: readonly { readonly extension: string; readonly why: string }[];
  /** Other things worth a word: a property or a link left out. */
  readonly notes: readonly string[];
}

/**
 * Merges groups of units as SpikeInterface's `merge_units(groups, merging_mode="soft")` and writes the result as a
 * `binary_folder` analyzer into `options.sink`. The source is only read. Extensions are merged by their rule or named in
 * `dropped`. Throws `analyzer.unknownUnit`, `merge.impossible`, `input.invalid`, `output.failed`, `cancelled`.
 */
export async function mergeAnalyzer(
  view: AnalyzerView,
  source: Source,
  groups: readonly (readonly UnitId[])[],
  options: MergeOptions,
): Promise<MergedAnalyzer> {
  const reading: ReadOptions = { signal: options.signal };
  const newIds = options.newUnitIds ?? newUnitIds(view.unitIds, groups, options.newIdStrategy);
  if (newIds.length !== groups.length) {
    throw new Failure('input.invalid', `There are ${newIds.length} new unit ids for ${groups.length} groups. Give one for each.`);
  }
  checkNewUnitIds(view.unitIds, groups, newIds);
  const units = mergedUnits(view, await view.spikes(reading), {
    groups,
    newUnitIds: newIds,
    sparsityOverlap: options.sparsityOverlap ?? 0,
    censorMs: options.censorMs,
  });
  const stored = await openLayout(source, reading);
  const json = await readStoredJson(source, stored.format, reading);
  const folder = new FolderWriter(options.sink, reading);
  const total = 1 + stored.extensions.length;
  options.onProgress?.(0, total, 'Units and spikes');

  const notes = [
    ...(await writeSorting(folder, view, stored, json, units, reading)),
    ...(await writeRecording(folder, source, json, options)),
  ];
  await writeRoot(folder, stored, units);
  const dropped = await writeExtensions(folder, view, stored, json, units, options, notes);
  options.onProgress?.(total, total, 'Done');
  return {
    unitIds: units.unitIds,
    merged: groups.map((group, index) => ({ newUnitId: newIds[index], units: [...group] })),
    files: folder.files,
    dropped,
    notes,
  };
}

class FolderWriter {
  readonly files: string[] = [];
  private readonly sink: Pick<Sink, 'write' | 'remove'>;
  private readonly options: ReadOptions;

  constructor(sink: Pick<Sink, 'write' | 'remove'>, options: ReadOptions) {
    this.sink = sink;
    this.options = options;
  }

  async text(key: string, text: string): Promise<void> {
    await this.content(key, new TextEncoder().encode(text));
  }

  async json(key: string, value: unknown): Promise<void> {
    await this.text(key, JSON.stringify(value, null, 4));
  }

  async array(key: string, dtype: Parameters<typeof npyHeader>[0], shape: readonly number[], content: SinkContent): Promise<void> {
    await this.content(key, withHeader(npyHeader(dtype, shape), content));
  }

  async remove(key: string): Promise<void> {
    await this.sink.remove(key);
    const at = this.files.indexOf(key);
    if (at >= 0) this.files.splice(at, 1);
  }

  private async content(key: string, content: SinkContent): Promise<void> {
    this.files.push(key);
    await this.sink.write(key, content, this.options);
  }
}

async function* withHeader(header: Uint8Array, content: SinkContent): AsyncGenerator<Uint8Array> {
  yield header;
  if (content instanceof Uint8Array) yield content;
  else yield* content;
}

async function writeRoot(folder: FolderWriter, stored: StoredAnalyzer, units: MergedUnits): Promise<void> {
  const { settings } = stored;
  await folder.json('spikeinterface_info.json', { version: writtenVersion, dev_mode: false, object: 'SortingAnalyzer' });
  await folder.json('settings.json', {
    return_in_uV: settings['return_in_uV'] ?? settings['return_scaled'] ?? true,
    peak_sign: settings['peak_sign'] ?? 'both',
    peak_mode: settings['peak_mode'] ?? 'extremum',
  });
  const { sparsity } = units;
  if (sparsity !== undefined) await folder.array('sparsity_mask.npy', boolType, [sparsity.unitCount, sparsity.channelCount], sparsity.mask);
}

async function writeSorting(
  folder: FolderWriter,
  view: AnalyzerView,
  stored: StoredAnalyzer,
  json: StoredJson,
  units: MergedUnits,
  options: ReadOptions,
): Promise<string[]> {
  const frequency = Number.isInteger(stored.samplingFrequencyHz) ? `${stored.samplingFrequencyHz}.0` : String(stored.samplingFrequencyHz);
  await folder.text(
    'sorting/numpysorting_info.json',
    `{"sampling_frequency": ${frequency}, "unit_ids": ${JSON.stringify(units.unitIds)}, "num_segments": ${stored.segmentCount}}`,
  );
  await folder.array('sorting/spikes.npy', spikeType, [units.spikes.count], spikeRecords(units.spikes));
  await folder.text('sorting/annotations.json', json.annotations);
  await folder.json('sorting/si_folder.json', {
    class: 'spikeinterface.core.sortingfolder.NumpyFolderSorting',
    module: 'spikeinterface',
    version: writtenVersion,
    kwargs: { folder_path: '.', mmap_mode: null },
    annotations: {},
    properties: {},
    relative_paths: true,
  });
  const mainChannels = { channelIds: view.channelIds, positions: await view.mainChannels(options) };
  const { properties, notes } = await mergedProperties(stored.unitProperties, mainChannels, units, options);
  const refused = stored.problems.filter((problem) => problem.startsWith('sorting/properties/'));
  for (const property of properties) {
    await folder.array(`sorting/properties/${property.name}.npy`, property.dtype, property.shape, property.bytes);
  }
  return [...notes, ...refused.map((problem) => `A unit property is left out: ${problem}`)];
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

async function writeRecording(folder: FolderWriter, source: Source, json: StoredJson, options: MergeOptions): Promise<string[]> {
  await folder.text('recording_info/recording_attributes.json', json.recordingAttributes);
  if (json.probegroup !== undefined) await folder.text('recording_info/probegroup.json', json.probegroup);
  if (json.recording === undefined) {
    const others = (await source.list('')).filter((entry) => /^recording(\.json|\.pickle|\.pkl)?$/.test(entry.name));
    if (others.length === 0) return [];
    return [
      'The link to the recording is left out, since only a link in readable JSON is carried over. Attach it with analyzer.set_temporary_recording(recording).',
    ];
  }
  const { relocate } = options;
  let missing = false;
  const text = replaceTexts(json.recording, (key, value) => {
    if (!key.includes('path') || isAbsolute(value)) return value;
    if (relocate === undefined) missing = true;
    return relocate?.(value) ?? value;
  });
  if (missing) return ['The link to the recording is left out, since its path is relative to the source folder.'];
  await folder.text('recording.json', text);
  return [];
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[a-zA-Z]:|[a-z][a-z0-9+.-]*:\/\/)/.test(path);
}

async function writeExtensions(
  folder: FolderWriter,
  view: AnalyzerView,
  stored: StoredAnalyzer,
  json: StoredJson,
  units: MergedUnits,
  options: MergeOptions,
  notes: string[],
): Promise<{ extension: string; why: string }[]> {
  const dropped: { extension: string; why: string }[] = [];
  const rules: readonly MergeRule[] = mergeRules;
  const reading: ReadOptions = { signal: options.signal };
  const byName = new Map(stored.extensions.map((extension) => [extension.name, extension]));
  const selectedRows = await selectedRowsOf(view, byName.get('random_spikes'), reading);
  let templates: MergedTemplates | undefined;
  let done = 1;
  const total = 1 + stored.extensions.length;
  const tell = (what: string) => options.onProgress?.(done++, total, what);

  for (const rule of rules) {
    const extension = byName.get(rule.id);
    if (extension === undefined) continue;
    throwIfCancelled(options.signal);
    tell(rule.id);
    const result = await writeExtension(folder, rule, extension, json, {
      units,
      samplingFrequencyHz: view.samplingFrequencyHz,
      channelPositionsUm: view.channelPositionsUm,
      params: extension.params,
      selectedRows,
      templates,
      options: reading,
    });
    templates = result.templates ?? templates;
    if (result.why !== undefined) dropped.push({ extension: rule.id, why: result.why });
    if (result.note !== undefined) notes.push(`${rule.id}: ${result.note}.`);
  }
  for (const { name } of stored.extensions.filter((extension) => rules.every((rule) => rule.id !== extension.name))) {
    tell(name);
    dropped.push({ extension: name, why: withoutRule(name) });
  }
  return dropped;
}

function withoutRule(name: string): string {
  if (/_metrics$/.test(name)) return `its values for merged units have to be measured anew: analyzer.compute("${name}")`;
  return `Samecell knows no rule for merging it: analyzer.compute("${name}") makes it anew`;
}

async function selectedRowsOf(
  view: AnalyzerView,
  extension: StoredExtension | undefined,
  options: ReadOptions,
): Promise<Int32Array | undefined> {
  if (extension === undefined || extension.problem !== undefined) return undefined;
  try {
    return (await view.extension('random_spikes', options)).rows;
  } catch (error) {
    if (isFailure(error) && error.kind.startsWith('analyzer.')) return undefined;
    throw error;
  }
}

interface WrittenExtension {
  readonly why?: string | undefined;
  readonly note?: string | undefined;
  readonly templates?: MergedTemplates | undefined;
}

/** A damaged extension is dropped, never the whole merge; `params.json` comes last, so a half-written one does not exist for SpikeInterface. */
async function writeExtension(
  folder: FolderWriter,
  rule: MergeRule,
  extension: StoredExtension,
  json: StoredJson,
  context: Omit<RuleContext, 'arrays' | 'unreadable'>,
): Promise<WrittenExtension> {
  if (extension.problem !== undefined) return { why: extension.problem };
  const started: string[] = [];
  try {
    const result = await rule.merge({ ...context, ...(await describeArrays(extension, context.options)) });
    if ('dropped' in result) return { why: result.dropped };
    for (const array of result.arrays) {
      const key = `extensions/${rule.id}/${array.name}.npy`;
      started.push(key);
      await folder.array(key, array.dtype, array.shape, array.content);
    }
    const { params, info, runInfo } = await json.extension(extension.name);
    if (info !== undefined) await folder.text(`extensions/${rule.id}/info.json`, info);
    if (runInfo !== undefined) await folder.text(`extensions/${rule.id}/run_info.json`, runInfo);
    await folder.text(`extensions/${rule.id}/params.json`, params);
    return { note: result.note, templates: result.templates };
  } catch (error) {
    if (!isFailure(error) || !/^(?:analyzer|input)\./.test(error.kind)) throw error;
    for (const key of started) await folder.remove(key);
    return { why: error.message };
  }
}

async function describeArrays(extension: StoredExtension, options: ReadOptions): Promise<Pick<RuleContext, 'arrays' | 'unreadable'>> {
  const arrays = new Map<string, StoredArray>();
  const unreadable = new Map<string, Failure>();
  for (const name of extension.dataNames) {
    try {
      const array = await extension.array(name, options);
      if (array !== undefined) arrays.set(name, array);
    } catch (error) {
      if (!isFailure(error) || !error.kind.startsWith('analyzer.')) throw error;
      unreadable.set(name, error);
    }
  }
  return { arrays, unreadable };
}
