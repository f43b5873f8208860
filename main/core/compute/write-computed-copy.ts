import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import { inOneStep, type Sink } from '../../../app/analyzer/sink.ts';
import type { ReadOptions, Source } from '../../../app/analyzer/source.ts';
import type { ReportProgress } from '../../../app/contract/calls.ts';
import { copyAnalyzer } from '../../../app/curation/copy-analyzer.ts';
import { replaceTexts } from '../../../app/curation/raw-json.ts';
import { Failure, throwIfCancelled } from '../../../app/failure.ts';
import { refuseInside } from '../applying/write-output.ts';
import { diskSink } from '../files/disk-sink.ts';
import { diskSource } from '../files/disk-source.ts';
import { relocateBetween } from '../files/relocate.ts';
import { sha256 } from '../files/sha256.ts';
import { type Computed, computeExtensions } from './compute-extensions.ts';
import { createComputedStore } from './computed-store.ts';

export interface CopyRequest {
  readonly analyzerFolder: string;
  readonly targetFolder: string;
  readonly extensions: readonly string[];
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly recordingFolder?: string | undefined;
}

export interface ComputedCopy {
  readonly computed: readonly Computed[];
  /** Extensions of the source that are not in the copy; only of one that is no `binary_folder`. */
  readonly dropped: readonly { readonly extension: string; readonly why: string }[];
  readonly notes: readonly string[];
}

const pieceBytes = 2 ** 23;
/** Files that name other files relative to the analyzer's folder. */
const linkingFiles = new Set(['recording.json', 'sorting/provenance.json', 'sorting_provenance.json']);

/**
 * Writes a complete copy of an analyzer as `binary_folder` with the extensions that were to be computed, and what they need.
 * One that has this form already is copied file by file; the copy appears when it is whole, and the source is only read.
 */
export async function writeComputedCopy(
  request: CopyRequest,
  options: { readonly signal?: AbortSignal | undefined; readonly progress?: ReportProgress | undefined } = {},
): Promise<ComputedCopy> {
  const { analyzerFolder } = request;
  const { signal, progress } = options;
  const targetFolder = resolve(request.targetFolder);
  await refuseInside(analyzerFolder, targetFolder);
  const source = diskSource(analyzerFolder);
  const view = await openAnalyzer(source, { sha256, signal });
  // Beside the target, so that large arrays stay on the disk that was chosen for them.
  const workFolder = join(dirname(targetFolder), `.${basename(targetFolder)}.computing-${randomBytes(6).toString('hex')}`);
  try {
    return await inOneStep(await diskSink(targetFolder), async (sink) => {
      const computed = await computeExtensions(
        {
          analyzerFolder,
          storeFolder: workFolder,
          fingerprint: view.sourceFingerprint,
          extensions: request.extensions,
          params: request.params ?? {},
          recordingFolder: request.recordingFolder,
        },
        { signal, progress },
      );
      const store = createComputedStore(workFolder).sourceFor(view.sourceFingerprint);
      if (store === undefined) throw new Failure('bug', 'What was computed is not where it was written.');
      const relocate = relocateBetween(analyzerFolder, targetFolder);
      let dropped: ComputedCopy['dropped'] = [];
      let notes: ComputedCopy['notes'] = [];
      if (view.summary.format === 'binary_folder') {
        const replaced = new Set(computed.map(({ name }) => `extensions/${name}`));
        await copyBelow(source, '', sink, { signal }, (key) => !replaced.has(key), relocate);
      } else {
        ({ dropped, notes } = await copyAnalyzer(view, source, { sink, relocate, signal }));
      }
      await copyBelow(store, 'extensions', sink, { signal });
      await store.close?.();
      return { computed, dropped, notes };
    });
  } finally {
    await view.close();
    await rm(workFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function copyBelow(
  source: Source,
  folder: string,
  sink: Sink,
  options: ReadOptions,
  wanted: (key: string) => boolean = () => true,
  relocate?: (path: string) => string,
): Promise<void> {
  for (const entry of await source.list(folder)) {
    throwIfCancelled(options.signal);
    const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!wanted(key)) continue;
    if (entry.isFolder) await copyBelow(source, key, sink, options, wanted, relocate);
    else if (relocate !== undefined && linkingFiles.has(key))
      await sink.write(key, await relocated(source, key, relocate, options), options);
    else await sink.write(key, pieces(source, key, options), options);
  }
}

async function* pieces(source: Source, key: string, options: ReadOptions): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ; ) {
    const piece = await source.getRange(key, offset, pieceBytes, options);
    if (piece === undefined) throw new Failure('analyzer.changed', `${key} vanished while it was being copied. Try again.`, { file: key });
    if (piece.byteLength > 0) yield piece;
    if (piece.byteLength < pieceBytes) return;
    offset += piece.byteLength;
  }
}

async function relocated(source: Source, key: string, relocate: (path: string) => string, options: ReadOptions): Promise<Uint8Array> {
  const bytes = (await source.get(key, options)) ?? new Uint8Array();
  const text = replaceTexts(new TextDecoder().decode(bytes), (name, value) =>
    name.includes('path') && !/^(?:[/\\]|[a-zA-Z]:|[a-z][a-z0-9+.-]*:\/\/)/.test(value) ? relocate(value) : value,
  );
  return new TextEncoder().encode(text);
}
