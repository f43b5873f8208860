import { realpath } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { inOneStep } from '../../../app/analyzer/sink.ts';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import type { ReportProgress } from '../../../app/contract/calls.ts';
import { writeCurationJson } from '../../../app/curation/curation-json.ts';
import { mergeAnalyzer } from '../../../app/curation/merge-analyzer.ts';
import type { NewIdStrategy } from '../../../app/curation/new-unit-ids.ts';
import { type ResultRow, resultsCsv } from '../../../app/curation/results-csv.ts';
import { Failure } from '../../../app/failure.ts';
import { diskSink } from '../files/disk-sink.ts';
import { diskSource } from '../files/disk-source.ts';
import { relocateBetween } from '../files/relocate.ts';

export interface OutputRequest {
  readonly view: AnalyzerView;
  readonly sourceFolder: string;
  readonly targetFolder: string;
  readonly merges: readonly { readonly units: readonly UnitId[]; readonly newUnitId?: UnitId }[];
  readonly write: { readonly analyzer: boolean; readonly resultsCsv: boolean; readonly curationJson: boolean };
  readonly rows: readonly ResultRow[];
  readonly sparsityOverlap?: number | undefined;
  readonly newIdStrategy?: NewIdStrategy | undefined;
  readonly censorMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ReportProgress | undefined;
}

export interface Output {
  readonly unitIds: readonly UnitId[];
  readonly merged: readonly { readonly newUnitId: UnitId; readonly units: readonly UnitId[] }[];
  /** What lies in the new folder, folders with a "/" at the end. */
  readonly files: readonly string[];
  readonly dropped: readonly { readonly extension: string; readonly why: string }[];
  readonly notes: readonly string[];
}

/**
 * Writes what was asked for into one new folder, in one step: the merged analyzer is the folder itself, the table and the
 * curation file lie beside its own files. Throws `output.exists`, `output.failed`, `merge.impossible`, `input.invalid`.
 */
export async function writeOutput(request: OutputRequest): Promise<Output> {
  const { view, sourceFolder, targetFolder, merges, write, signal } = request;
  if (!write.analyzer && !write.resultsCsv && !write.curationJson)
    throw new Failure('input.invalid', 'Nothing was chosen to be written.', { field: 'write' });
  await refuseInside(sourceFolder, targetFolder);
  const sink = await diskSink(targetFolder);
  return inOneStep(sink, async () => {
    const keys: string[] = [];
    const put = async (key: string, text: string): Promise<void> => {
      await sink.write(key, new TextEncoder().encode(text), { signal });
      keys.push(key);
    };
    const given = merges.every(({ newUnitId }) => newUnitId !== undefined);
    const merged = write.analyzer
      ? await mergeAnalyzer(
          view,
          diskSource(sourceFolder),
          merges.map(({ units }) => units),
          {
            sink,
            sparsityOverlap: request.sparsityOverlap ?? 0,
            newIdStrategy: request.newIdStrategy,
            newUnitIds: given ? merges.map(({ newUnitId }) => newUnitId as UnitId) : undefined,
            censorMs: request.censorMs,
            relocate: relocateBetween(sourceFolder, targetFolder),
            signal,
            onProgress: request.progress,
          },
        )
      : undefined;
    keys.push(...(merged?.files ?? []));
    if (write.resultsCsv) await put('results.csv', resultsCsv(request.rows));
    if (write.curationJson) await put('curation.json', writeCurationJson({ unitIds: view.unitIds, merges: merged?.merged ?? merges }));
    return {
      unitIds: merged?.unitIds ?? view.unitIds,
      merged: merged?.merged ?? [],
      files: topLevel(keys),
      dropped: merged?.dropped ?? [],
      notes: merged?.notes ?? [],
    };
  });
}

/** Nothing is ever written into an analyzer that was only to be read. */
async function refuseInside(sourceFolder: string, targetFolder: string): Promise<void> {
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
  return [...new Set(keys.map((key) => (key.includes('/') ? `${key.slice(0, key.indexOf('/'))}/` : key)))].sort();
}
