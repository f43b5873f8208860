import { openLayout } from '../analyzer/layout.ts';
import type { ReadOptions, Source } from '../analyzer/source.ts';
import type { StoredAnalyzer, StoredExtension } from '../analyzer/stored-analyzer.ts';
import type { StoredArray } from '../analyzer/stored-array.ts';
import type { AnalyzerView, UnitId } from '../analyzer/view.ts';
import type { AnalyzerWriter, WritingSink } from '../analyzer/writing/analyzer-writer.ts';
import { folderWriter } from '../analyzer/writing/folder-writer.ts';
import { Failure, isFailure, throwIfCancelled } from '../failure.ts';
import { mergedMainChannels } from './merged-main-channels.ts';
import { mergedProperties } from './merged-properties.ts';
import { type MergedUnits, mergedUnits } from './merged-units.ts';
import { checkNewUnitIds, type NewIdStrategy, newUnitIds } from './new-unit-ids.ts';
import { replaceMembers } from './raw-json.ts';
import { recordingAtHand } from './recording-at-hand.ts';
import { mergeRules } from './rules/registry.ts';
import type { MergedTemplates, MergeRule, RuleContext } from './rules/rule.ts';
import { readStoredJson, type StoredJson } from './stored-json.ts';
import { storedTable } from './stored-table.ts';
import { writeRecording } from './write-recording.ts';

export interface MergeOptions {
  /** Where to write; committing or discarding it stays with the caller (`inOneStep`). */
  readonly sink: WritingSink;
  /** The form to write; `binary_folder` where left out. */
  readonly writer?: ((sink: WritingSink, options: ReadOptions) => AnalyzerWriter) | undefined;
  /** Least share of channels the units of a group have in common, 0 to 1. 0 by default; SpikeInterface's own default is 0.75. */
  readonly sparsityOverlap?: number | undefined;
  readonly newIdStrategy?: NewIdStrategy | undefined;
  /** One id per group instead of the strategy's. */
  readonly newUnitIds?: readonly UnitId[] | undefined;
  /** Leaves out spikes of merged units that follow another within this many milliseconds. */
  readonly censorMs?: number | undefined;
  /** Turns a path relative to the source folder into one relative to the new folder; without it a relative recording link is left out. */
  readonly relocate?: ((path: string) => string) | undefined;
  /** Whether there is a file or folder that the link to the recording names (absolute, or relative to the source folder); taken for granted where left out. */
  readonly exists?: ((path: string) => Promise<boolean>) | undefined;
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
 * Merges groups of units as SpikeInterface's `merge_units(groups, merging_mode="soft")` and writes the result as an
 * analyzer of either form into `options.sink`. The source is only read. Extensions are merged by their rule or named in
 * `dropped`. Throws `analyzer.unknownUnit`, `merge.impossible`, `input.invalid`, `output.failed`, `cancelled`.
 */
export async function mergeAnalyzer(
  view: AnalyzerView,
  source: Source,
  groups: readonly (readonly UnitId[])[],
  options: MergeOptions,
): Promise<MergedAnalyzer> {
  if (view.summary.format === 'phy') {
    throw new Failure(
      'merge.impossible',
      `${view.summary.name} is a phy folder, which has no recording and no extensions to write a merged analyzer from. Write the curation file instead and apply it in SpikeInterface to an analyzer made from si.read_phy.`,
      { format: 'phy' },
    );
  }
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
  const writer = (options.writer ?? folderWriter)(options.sink, reading);
  const total = 1 + stored.extensions.length;
  options.onProgress?.(0, total, 'Units and spikes');

  await writer.settings(stored.settings);
  await writer.sorting({
    unitIds: units.unitIds,
    samplingFrequencyHz: stored.samplingFrequencyHz,
    segmentCount: stored.segmentCount,
    spikes: units.spikes,
    annotations: json.annotations,
  });
  const notes = await writeRecording(writer, source, json, options.relocate);
  if (units.sparsity !== undefined) await writer.sparsity(units.sparsity);
  const hasRecording = await recordingAtHand(stored, json, options.exists);
  const { dropped, mainChannels } = await writeExtensions(writer, view, source, stored, json, units, { ...options, hasRecording, notes });
  const isKept = hasRecording && stored.unitProperties.some(({ name }) => name === 'main_channel_id');
  const found = !isKept && asksForMainChannels(stored) ? await mainChannels() : undefined;
  notes.unshift(...(await writeProperties(writer, view, stored, units, found, reading)));
  await writer.finish();
  options.onProgress?.(total, total, 'Done');
  return {
    unitIds: units.unitIds,
    merged: groups.map((group, index) => ({ newUnitId: newIds[index], units: [...group] })),
    files: writer.files,
    dropped,
    notes,
  };
}

/** Without a recording, or stored main channels, SpikeInterface looks for all main channels anew once an extension that is merged asks for them. */
function asksForMainChannels({ extensions, sparsityMask }: StoredAnalyzer): boolean {
  return extensions.some(
    ({ name, params }) =>
      name === 'template_metrics' ||
      (name === 'quality_metrics' && Array.isArray(params['metric_names']) && params['metric_names'].includes('snr')) ||
      (name === 'unit_locations' && (sparsityMask === undefined || params['method'] === 'grid_convolution')),
  );
}

async function writeProperties(
  writer: AnalyzerWriter,
  view: AnalyzerView,
  stored: StoredAnalyzer,
  units: MergedUnits,
  found: Int32Array | undefined,
  options: ReadOptions,
): Promise<string[]> {
  const mainChannels = { channelIds: view.channelIds, positions: await view.mainChannels(options), found };
  const { properties, notes } = await mergedProperties(stored.unitProperties, mainChannels, units, options);
  const refused = stored.problems.filter((problem) => problem.startsWith('sorting/properties/'));
  for (const property of properties) {
    await writer.property(property.name, property.dtype, property.shape, property.bytes);
  }
  return [...notes, ...refused.map((problem) => `A unit property is left out: ${problem}`)];
}

async function writeExtensions(
  writer: AnalyzerWriter,
  view: AnalyzerView,
  source: Source,
  stored: StoredAnalyzer,
  json: StoredJson,
  units: MergedUnits,
  options: MergeOptions & { readonly hasRecording: boolean; readonly notes: string[] },
): Promise<{ dropped: { extension: string; why: string }[]; mainChannels: () => Promise<Int32Array> }> {
  const { hasRecording, notes } = options;
  const dropped: { extension: string; why: string }[] = [];
  const rules: readonly MergeRule[] = mergeRules;
  const reading: ReadOptions = { signal: options.signal };
  const byName = new Map(stored.extensions.map((extension) => [extension.name, extension]));
  const selectedRows = await selectedRowsOf(view, byName.get('random_spikes'), reading);
  let templates: MergedTemplates | undefined;
  let found: Promise<Int32Array> | undefined;
  // Nothing asks before the templates are merged.
  const mainChannels = () => (found ??= mergedMainChannels(view, hasRecording ? stored : undefined, units, templates, reading));
  let done = 1;
  const total = 1 + stored.extensions.length;
  const tell = (what: string) => options.onProgress?.(done++, total, what);

  for (const rule of rules) {
    const extension = byName.get(rule.id);
    if (extension === undefined) continue;
    throwIfCancelled(options.signal);
    tell(rule.id);
    const result = await writeExtension(writer, rule, extension, json, {
      units,
      samplingFrequencyHz: view.samplingFrequencyHz,
      channelPositionsUm: view.channelPositionsUm,
      params: extension.params,
      selectedRows,
      templates,
      segmentSampleCounts: view.segmentSampleCounts,
      peakSign: view.summary.peakSign,
      hasRecording,
      mainChannels,
      table: (name) => storedTable(view.unitIds, source, extension, name, reading),
      arrayOf: async (other, name) => {
        const extensionBefore = byName.get(other);
        return extensionBefore === undefined || extensionBefore.problem !== undefined ? undefined : extensionBefore.array(name, reading);
      },
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
  return { dropped, mainChannels };
}

function withoutRule(name: string): string {
  if (name === 'spiketrain_metrics') {
    return 'SpikeInterface 0.104 to 0.105.3 stops with NotImplementedError on loading any analyzer that holds it; quality_metrics has the same num_spikes and firing_rate';
  }
  return 'Samecell does not know this extension, so it can’t tell what becomes of it when units are merged; make it anew from the merged analyzer with what made it';
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

/** A damaged extension is dropped, never the whole merge. */
async function writeExtension(
  writer: AnalyzerWriter,
  rule: MergeRule,
  extension: StoredExtension,
  json: StoredJson,
  context: Omit<RuleContext, 'arrays' | 'unreadable'>,
): Promise<WrittenExtension> {
  if (extension.problem !== undefined) return { why: extension.problem };
  const written = writer.extension(rule.id);
  try {
    const result = await rule.merge({ ...context, ...(await describeArrays(extension, context.options)) });
    if ('dropped' in result) return { why: result.dropped };
    for (const array of result.arrays) await written.array(array.name, array.dtype, array.shape, array.content);
    for (const { name, table } of result.tables ?? []) await written.table(name, table);
    const texts = await json.extension(extension.name);
    await written.finish({ ...texts, params: replaceMembers(texts.params, result.params ?? {}) });
    return { note: result.note, templates: result.templates };
  } catch (error) {
    if (!isFailure(error) || !/^(?:analyzer|input)\./.test(error.kind)) throw error;
    await written.abandon();
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
