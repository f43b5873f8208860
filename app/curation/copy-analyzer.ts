import { openLayout } from '../analyzer/layout.ts';
import type { ReadOptions, Source } from '../analyzer/source.ts';
import type { StoredExtension } from '../analyzer/stored-analyzer.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import type { AnalyzerWriter, ExtensionWriter, WritingSink } from '../analyzer/writing/analyzer-writer.ts';
import { folderWriter } from '../analyzer/writing/folder-writer.ts';
import { Failure, isFailure, throwIfCancelled } from '../failure.ts';
import { rowBlocks } from './rules/required-array.ts';
import { readStoredJson } from './stored-json.ts';
import { storedTable } from './stored-table.ts';
import { writeRecording } from './write-recording.ts';

export interface CopyOptions {
  /** Where to write; committing or discarding it stays with the caller (`inOneStep`). */
  readonly sink: WritingSink;
  /** The form to write; `binary_folder` where left out. */
  readonly writer?: ((sink: WritingSink, options: ReadOptions) => AnalyzerWriter) | undefined;
  /** Turns a path relative to the source folder into one relative to the new folder. */
  readonly relocate?: ((path: string) => string) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number, what: string) => void) | undefined;
}

export interface CopiedAnalyzer {
  readonly files: readonly string[];
  /** Extensions that could not be carried over, each with the reason. */
  readonly dropped: readonly { readonly extension: string; readonly why: string }[];
  readonly notes: readonly string[];
}

/**
 * Writes an analyzer as it is, in either form: units, spikes, properties and every extension, those Samecell has no reader
 * for too. Pickles are left behind with a word. Throws `analyzer.*` for a damaged source, `output.failed`, `cancelled`.
 */
export async function copyAnalyzer(view: AnalyzerView, source: Source, options: CopyOptions): Promise<CopiedAnalyzer> {
  const reading: ReadOptions = { signal: options.signal };
  const stored = await openLayout(source, reading);
  if (stored.format === 'phy') throw new Failure('input.invalid', `${source.name} is a folder for phy, which holds no analyzer to copy.`);
  const json = await readStoredJson(source, stored.format, reading);
  const writer = (options.writer ?? folderWriter)(options.sink, reading);
  const total = 1 + stored.extensions.length;
  options.onProgress?.(0, total, 'Units and spikes');
  await writer.settings(stored.settings);
  await writer.sorting({
    unitIds: view.unitIds,
    samplingFrequencyHz: stored.samplingFrequencyHz,
    segmentCount: stored.segmentCount,
    spikes: await view.spikes(reading),
    annotations: json.annotations,
  });
  for (const { name, array } of stored.unitProperties) await writer.property(name, array.dtype, array.shape, await array.read(reading));
  const notes = stored.problems
    .filter((problem) => problem.startsWith('sorting/properties/'))
    .map((problem) => `A unit property is left out: ${problem}`);
  notes.push(...(await writeRecording(writer, source, json, options.relocate)));
  if (view.sparsity !== undefined) await writer.sparsity(view.sparsity);

  const dropped: { extension: string; why: string }[] = [];
  for (const [index, extension] of stored.extensions.entries()) {
    throwIfCancelled(options.signal);
    options.onProgress?.(1 + index, total, extension.name);
    const written = writer.extension(extension.name);
    try {
      if (extension.problem !== undefined) throw new Failure('analyzer.damaged', extension.problem);
      const objects = await json.objects(extension.name);
      for (const { name, text } of objects) await written.object(name, text);
      const names = extension.dataNames.filter((name) => objects.every((object) => object.name !== name));
      notes.push(...(await copyExtension(view, source, extension, names, written, reading)));
      await written.finish(await json.extension(extension.name));
    } catch (error) {
      if (!isFailure(error) || !error.kind.startsWith('analyzer.')) throw error;
      await written.abandon();
      dropped.push({ extension: extension.name, why: error.message });
    }
  }
  await writer.finish();
  options.onProgress?.(total, total, 'Done');
  return { files: writer.files, dropped, notes };
}

async function copyExtension(
  view: AnalyzerView,
  source: Source,
  extension: StoredExtension,
  names: readonly string[],
  written: ExtensionWriter,
  options: ReadOptions,
): Promise<string[]> {
  const notes: string[] = [];
  for (const name of names) {
    const table = await storedTable(view.unitIds, source, extension, name, options);
    if (table !== undefined) {
      await written.table(name, table);
      continue;
    }
    try {
      const array = await extension.array(name, options);
      if (array === undefined) continue;
      await written.array(name, array.dtype, array.shape, blocksOf(array, options));
    } catch (error) {
      if (!isFailure(error, 'analyzer.refused')) throw error;
      if (error.message.includes('pickle'))
        notes.push(`${extension.name}/${name} is a Python pickle, which Samecell neither reads nor writes.`);
    }
  }
  return notes;
}

type Array = NonNullable<Awaited<ReturnType<StoredExtension['array']>>>;

async function* blocksOf(array: Array, options: ReadOptions): AsyncGenerator<Uint8Array> {
  if (array.shape.length === 0) yield await array.read(options);
  else for await (const block of rowBlocks(array, undefined, { options })) yield block.bytes;
}
