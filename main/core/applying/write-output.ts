import { realpath } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { joinedSource } from '../../../app/analyzer/joined-source.ts';
import { mergePhyFolder } from '../../../app/analyzer/phy/merged-folder.ts';
import { below, inOneStep, type Sink } from '../../../app/analyzer/sink.ts';
import type { Source } from '../../../app/analyzer/source.ts';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import type { AnalyzerForm } from '../../../app/analyzer/writing/analyzer-writer.ts';
import { folderWriter } from '../../../app/analyzer/writing/folder-writer.ts';
import { type PhyFacts, phyWriter } from '../../../app/analyzer/writing/phy-writer.ts';
import { zarrWriter } from '../../../app/analyzer/writing/zarr-writer.ts';
import type { ReportProgress } from '../../../app/contract/calls.ts';
import { applyScript } from '../../../app/curation/apply-script.ts';
import { type Curation, writeCurationJson } from '../../../app/curation/curation-json.ts';
import { type ReviewedProposal, reviewDecision, writeCurationReview } from '../../../app/curation/curation-review.ts';
import { mergeAnalyzer } from '../../../app/curation/merge-analyzer.ts';
import { type NewIdStrategy, newUnitIds } from '../../../app/curation/new-unit-ids.ts';
import { type ResultRow, resultsCsv } from '../../../app/curation/results-csv.ts';
import { Failure } from '../../../app/failure.ts';
import { diskSink } from '../files/disk-sink.ts';
import { diskSource } from '../files/disk-source.ts';
import { existsFrom } from '../files/exists-from.ts';
import { relocateBetween } from '../files/relocate.ts';
import { sha256 } from '../files/sha256.ts';

/** What to write. */
export interface OutputChoice {
  readonly analyzer: boolean;
  readonly resultsCsv: boolean;
  readonly curationJson: boolean;
  /** A folder for phy with the merged units. */
  readonly phyFolder?: boolean | undefined;
  /** A Python script that does the same merges with SpikeInterface alone. */
  readonly applyScript?: boolean | undefined;
  /** All groups as proposals with their decisions, for phy 2.2. */
  readonly phyReview?: boolean | undefined;
}

export interface OutputRequest {
  readonly view: AnalyzerView;
  readonly sourceFolder: string;
  readonly targetFolder: string;
  readonly merges: readonly { readonly units: readonly UnitId[]; readonly newUnitId?: UnitId }[];
  readonly write: OutputChoice;
  readonly rows: readonly ResultRow[];
  readonly format?: AnalyzerForm | undefined;
  readonly sparsityOverlap?: number | undefined;
  readonly newIdStrategy?: NewIdStrategy | undefined;
  readonly censorMs?: number | undefined;
  /** A curation file that was read: what it says besides merges goes into the curation file that is written. */
  readonly found?: Curation | undefined;
  /** What was computed for the analyzer: merged like its own extensions. */
  readonly computed?: Source | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ReportProgress | undefined;
}

export interface Output {
  /** The new folder; a zarr analyzer ends in `.zarr`, as SpikeInterface names it. */
  readonly folder: string;
  readonly unitIds: readonly UnitId[];
  readonly merged: readonly { readonly newUnitId: UnitId; readonly units: readonly UnitId[] }[];
  /** What lies in the new folder, folders with a "/" at the end. */
  readonly files: readonly string[];
  readonly dropped: readonly { readonly extension: string; readonly why: string }[];
  readonly notes: readonly string[];
}

/**
 * Writes what was asked for into one new folder, in one step: the merged analyzer (of a folder of phy, the merged folder of phy) is
 * the folder itself, everything else lies beside its own files. Throws `output.exists`, `output.failed`, `merge.impossible`, `input.invalid`.
 */
export async function writeOutput(request: OutputRequest): Promise<Output> {
  const { view, sourceFolder, merges, write, signal } = request;
  const format = request.format ?? 'binary_folder';
  const isPhy = view.summary.format === 'phy';
  const targetFolder = outputFolder(request.targetFolder, write.analyzer && !isPhy ? format : 'binary_folder');
  if (!Object.values(write).some(Boolean)) throw new Failure('input.invalid', 'Nothing was chosen to be written.', { field: 'write' });
  await refuseInside(sourceFolder, targetFolder);
  const sink = await diskSink(targetFolder);
  return inOneStep(sink, async () => {
    const keys: string[] = [];
    const put = async (key: string, text: string): Promise<void> => {
      await sink.write(key, new TextEncoder().encode(text), { signal });
      keys.push(key);
    };
    const groups = merges.map(({ units }) => units);
    const newIds = idsOf(request);
    const options = {
      sparsityOverlap: request.sparsityOverlap ?? 0,
      newUnitIds: newIds,
      censorMs: request.censorMs,
      relocate: relocateBetween(sourceFolder, targetFolder),
      exists: existsFrom(sourceFolder),
      signal,
      onProgress: request.progress,
    };
    const source = await sourceOf(request);
    const analyzerWriter = format === 'zarr' ? zarrWriter : folderWriter;
    const merged = isPhy
      ? await mergedPhy(request, targetFolder, newIds, sink)
      : write.analyzer
        ? await mergeAnalyzer(view, source, groups, { ...options, sink, writer: analyzerWriter })
        : undefined;
    keys.push(...(merged?.files ?? []));
    const wanted = merged?.merged ?? merges.map(({ units }, index) => ({ units: [...units], newUnitId: newIds[index] }));
    const notes = [...(merged?.notes ?? []), ...leftComputed(request)];
    if (write.phyFolder === true && !isPhy) {
      const facts = phyFacts(view, wanted, request.rows);
      const phy = await mergeAnalyzer(view, source, groups, { ...options, sink: below(sink, 'phy'), writer: phyWriter(facts) });
      keys.push(...phy.files.map((file) => `phy/${file}`));
      notes.push('The Phy folder has neither traces nor pc_features: set dat_path in phy/params.py to the binary file of the recording.');
    }
    if (write.resultsCsv) await put('results.csv', resultsCsv(request.rows));
    if (write.curationJson) await put('curation.json', writeCurationJson({ ...request.found, unitIds: view.unitIds, merges: wanted }));
    if (write.phyReview === true) {
      const curationText = writeCurationJson({ unitIds: view.unitIds, merges: request.rows.map(({ units }) => ({ units })) });
      const proposals = request.rows.map((row) => reviewed(row, wanted));
      await put('phy-review/curation_review.json', writeCurationReview({ proposals, curationText, hash: hashText }));
      await put('phy-review/curation.json', curationText);
    }
    if (write.applyScript === true && isPhy) {
      notes.push('No apply_merges.py: SpikeInterface merges analyzers, not folders of phy. Read the new folder with si.read_phy.');
    }
    if (write.applyScript === true && !isPhy) {
      const place = relocateBetween(sourceFolder, targetFolder);
      await put(
        'apply_merges.py',
        applyScript({
          sourcePath: place('.'),
          targetPath: `../${basename(targetFolder).replace(/\.zarr$/, '')}-by-spikeinterface${format === 'zarr' ? '.zarr' : ''}`,
          merges: wanted,
          sparsityOverlap: options.sparsityOverlap,
          censorMs: request.censorMs,
          format,
        }),
      );
    }
    return {
      folder: targetFolder,
      unitIds: merged?.unitIds ?? view.unitIds,
      merged: merged?.merged ?? [],
      files: topLevel(keys),
      dropped: merged?.dropped ?? [],
      notes,
    };
  });
}

/** A folder of phy is merged as phy does it; `undefined` where only something else was asked for. */
async function mergedPhy(request: OutputRequest, targetFolder: string, newIds: readonly UnitId[], sink: Sink) {
  const { view, sourceFolder, merges, write, rows, signal } = request;
  if (!write.analyzer && write.phyFolder !== true) return undefined;
  if (request.censorMs !== undefined && request.censorMs > 0)
    throw new Failure(
      'input.invalid',
      'A folder of phy keeps every spike, so no duplicates can be taken out of it. Leave censor_ms empty.',
      {
        field: 'censorMs',
      },
    );
  const source = diskSource(sourceFolder);
  try {
    const taken = new Set(['results.csv', 'curation.json', 'phy-review', 'apply_merges.py']);
    const relocate = relocateBetween(sourceFolder, targetFolder);
    const wanted = merges.map(({ units }, index) => ({ units, newUnitId: newIds[index] }));
    const words = (unitIds: readonly UnitId[], merged: Merged) => unitIds.map((id) => wordsOf(id, merged, rows));
    const merged = await mergePhyFolder(source, sink, { unitIds: view.unitIds, merges: wanted, taken, relocate, words }, { signal });
    return { ...merged, dropped: [] };
  } finally {
    await source.close?.();
  }
}

/** The folder a format is written to: SpikeInterface knows a zarr analyzer by its name. */
export function outputFolder(folder: string, format: AnalyzerForm): string {
  return format === 'zarr' && !folder.endsWith('.zarr') ? `${folder}.zarr` : folder;
}

/** Given ids where a merge has one, else those of the strategy; what is appended counts from the given ones too. */
function idsOf({ view, merges, newIdStrategy }: OutputRequest): UnitId[] {
  const given = merges.flatMap(({ newUnitId }) => (newUnitId === undefined ? [] : [newUnitId]));
  const without = merges.filter(({ newUnitId }) => newUnitId === undefined).map(({ units }) => units);
  const made = newUnitIds([...view.unitIds, ...given], without, newIdStrategy)[Symbol.iterator]();
  return merges.map(({ newUnitId }) => newUnitId ?? (made.next().value as UnitId));
}

type Merged = readonly { readonly units: readonly UnitId[]; readonly newUnitId: UnitId }[];

function reviewed(row: ResultRow, merged: Merged): ReviewedProposal {
  const decision = reviewDecision(row.decision ?? row.verdict?.verdict ?? null);
  const into = merged.find(({ units }) => row.units.every((id) => units.includes(id)));
  if (decision !== 'accepted') return { units: row.units, decision };
  // Accepted, but left apart in the end: that is not decided yet.
  if (into === undefined) return { units: row.units, decision: undefined };
  const applied = into.units.length === row.units.length ? row.units : into.units;
  return { units: row.units, decision, appliedUnits: applied, resultUnitId: into.newUnitId };
}

function phyFacts(view: AnalyzerView, merged: Merged, rows: readonly ResultRow[]): PhyFacts {
  const group = view.channelProperties.find(({ name }) => name === 'group');
  return {
    channelIds: view.channelIds,
    channelPositionsUm: view.channelPositionsUm,
    channelGroups: group?.values.filter((value) => typeof value !== 'boolean'),
    words: (unitIds) => unitIds.map((id) => wordsOf(id, merged, rows)),
  };
}

/** What was found about a unit of the result: what it was merged from, or the groups it was kept out of. */
function wordsOf(id: UnitId, merged: Merged, rows: readonly ResultRow[]): string {
  const from = merged.find(({ newUnitId }) => newUnitId === id);
  if (from !== undefined) return `merged from ${from.units.join(' + ')}`;
  const judged = rows.filter(({ units }) => units.includes(id));
  return judged.map(({ units, decision, verdict }) => `${decision ?? verdict?.verdict ?? 'not judged'}: ${units.join(' + ')}`).join('; ');
}

function hashText(text: string): string {
  return sha256([new TextEncoder().encode(text)]);
}

/** What was computed here can't stand among the files of a zarr store. */
function leftComputed({ view, computed }: OutputRequest): string[] {
  if (computed === undefined || view.summary.format === 'binary_folder') return [];
  const names = view.summary.extensions.filter(({ computedHere }) => computedHere === true).map(({ name }) => name);
  return names.length === 0 ? [] : [`Computed here and not merged, since the source is a zarr store: ${names.join(', ')}.`];
}

/** The analyzer's files, with those that were computed where its form lets them stand among its own. */
async function sourceOf({ view, sourceFolder, computed }: OutputRequest): Promise<Source> {
  const source = diskSource(sourceFolder);
  return computed === undefined || view.summary.format !== 'binary_folder' ? source : joinedSource(source, computed);
}

/** Nothing is ever written into an analyzer that was only to be read. */
export async function refuseInside(sourceFolder: string, targetFolder: string): Promise<void> {
  const source = await realpath(sourceFolder);
  const parent = await existingPart(dirname(targetFolder));
  const way = relative(source, parent);
  if (way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !/^[A-Za-z]:/.test(way)))
    throw new Failure(
      'output.failed',
      `The folder ${targetFolder} lies inside the source analyzer, which is never changed. Choose another place.`,
      {
        folder: targetFolder,
      },
    );
}

async function existingPart(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : existingPart(parent);
  }
}

function topLevel(keys: readonly string[]): string[] {
  const names = keys.map((key) => (key.includes('/') ? `${key.slice(0, key.indexOf('/'))}/` : key));
  return [...new Set(names)].filter((name) => !name.startsWith('.')).sort();
}
