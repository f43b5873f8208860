import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { BoundedCache } from '../../../app/analyzer/bounded-cache.ts';
import { decodeFloat64 } from '../../../app/analyzer/decode.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../../app/analyzer/json.ts';
import { openNpy } from '../../../app/analyzer/npy.ts';
import { openBinaryTraces, type RawFile } from '../../../app/analyzer/recording/binary-traces.ts';
import { type BinaryDescription, type RecordingDescription, readProvenance } from '../../../app/analyzer/recording/provenance.ts';
import type { Traces } from '../../../app/analyzer/recording/traces.ts';
import { openZarrTraces } from '../../../app/analyzer/recording/zarr-traces.ts';
import type { ReadOptions, Source } from '../../../app/analyzer/source.ts';
import { openZarr } from '../../../app/analyzer/zarr.ts';
import { Failure, isFailure } from '../../../app/failure.ts';
import { diskSource } from '../files/disk-source.ts';

const provenanceFile = 'recording.json';

/**
 * Opens the recording an analyzer was made from: the folder a person located, else what the analyzer itself names, its
 * relative paths taken from the analyzer's folder. Throws `input.notFound` where there is none, `analyzer.unsupported` naming
 * the class of one that would first have to be computed.
 */
export async function findRecording(analyzerFolder: string, located: string | undefined, options?: ReadOptions): Promise<Traces> {
  if (located !== undefined) return openLocated(analyzerFolder, located, options);
  const description = await namedRecording(analyzerFolder, options);
  return openDescribed(description, analyzerFolder, options);
}

/** What the analyzer says about its recording. */
async function namedRecording(analyzerFolder: string, options: ReadOptions | undefined): Promise<RecordingDescription> {
  const source = diskSource(analyzerFolder);
  try {
    const bytes = await source.get(provenanceFile, options);
    if (bytes !== undefined) return readProvenance(parseJsonObject(bytes, provenanceFile), provenanceFile);
    const names = new Set((await source.list('')).map((entry) => entry.name));
    if (names.has('recording.pickle') || names.has('recording.pkl')) throw pickled('recording.pickle');
    if (names.has('.zmetadata') || names.has('.zgroup')) return readProvenance(await zarrProvenance(source, options), 'recording');
    throw new Failure('input.notFound', 'The analyzer names no recording. Locate the recording it was made from.', {
      file: provenanceFile,
    });
  } finally {
    await source.close?.();
  }
}

async function zarrProvenance(source: Source, options: ReadOptions | undefined): Promise<JsonObject> {
  const store = await openZarr(source, new BoundedCache(2 ** 20), true, options);
  try {
    const value = (await store.objects('recording', options))?.[0];
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (isFailure(error, 'analyzer.refused')) throw pickled('recording');
    throw error;
  }
  throw new Failure('input.notFound', 'The analyzer names no recording. Locate the recording it was made from.', { file: 'recording' });
}

function pickled(file: string): Failure {
  return new Failure(
    'analyzer.unsupported',
    `${file} is a Python pickle, which Samecell doesn't read, so it can't tell where the recording is. Locate the recording.`,
    { file },
  );
}

async function openDescribed(description: RecordingDescription, baseFolder: string, options: ReadOptions | undefined): Promise<Traces> {
  switch (description.kind) {
    case 'files':
      return openFiles(description, baseFolder, description.filePaths);
    case 'folder': {
      const traces = await openBinaryFolder(resolve(baseFolder, description.path), options);
      return withScale(traces, description);
    }
    case 'zarr': {
      const traces = await openZarrTraces(diskSource(await existing(resolve(baseFolder, description.path))), options);
      return withScale(traces, description);
    }
  }
}

/** A recording's own gains, else those its description gives. */
function withScale(traces: Traces, { gainsToUv, offsetsToUv }: Pick<BinaryDescription, 'gainsToUv' | 'offsetsToUv'>): Traces {
  return { ...traces, gainsToUv: traces.gainsToUv ?? gainsToUv, offsetsToUv: traces.offsetsToUv ?? offsetsToUv };
}

/** A folder that a person chose: a saved recording, or the folder the analyzer's raw files were moved to. */
async function openLocated(analyzerFolder: string, located: string, options: ReadOptions | undefined): Promise<Traces> {
  const folder = await existing(located);
  const names = new Set((await diskSource(folder).list('')).map((entry) => entry.name));
  if (names.has('binary.json')) return openBinaryFolder(folder, options);
  if (names.has('.zmetadata') || names.has('.zgroup')) return openZarrTraces(diskSource(folder), options);
  const description = await namedRecording(analyzerFolder, options).catch((error: unknown) => {
    if (isFailure(error)) return undefined;
    throw error;
  });
  if (description?.kind === 'files') {
    const files = description.filePaths.map((path) => path.split(/[/\\]/).at(-1) ?? path);
    if (files.every((file) => names.has(file))) return openFiles(description, folder, files);
    throw new Failure('input.invalid', `${basename(folder)} doesn't hold ${files.join(', ')}, which the analyzer was made from.`, {
      folder: basename(folder),
      files,
    });
  }
  throw new Failure(
    'input.invalid',
    `${basename(folder)} isn't a recording that can be read: it has neither binary.json (recording.save(folder=...)) nor a zarr recording.`,
    { folder: basename(folder) },
  );
}

async function openBinaryFolder(path: string, options: ReadOptions | undefined): Promise<Traces> {
  const folder = await existing(path);
  const source = diskSource(folder);
  const bytes = await source.get('binary.json', options);
  if (bytes === undefined) {
    throw new Failure('input.notFound', `${basename(folder)} has no binary.json, so it isn't a saved recording. Locate the recording.`, {
      file: 'binary.json',
    });
  }
  const description = readProvenance(parseJsonObject(bytes, 'binary.json'), 'binary.json');
  if (description.kind !== 'files') {
    throw new Failure('analyzer.damaged', 'binary.json does not describe raw files. Save the recording again.', { file: 'binary.json' });
  }
  const traces = await openFiles(description, folder, description.filePaths);
  const [gainsToUv, offsetsToUv] = await Promise.all(
    ['gain_to_uV', 'offset_to_uV'].map((name) => propertyOf(source, `properties/${name}.npy`, options)),
  );
  return { ...traces, name: basename(folder), gainsToUv: gainsToUv ?? traces.gainsToUv, offsetsToUv: offsetsToUv ?? traces.offsetsToUv };
}

async function propertyOf(source: Source, key: string, options: ReadOptions | undefined): Promise<Float64Array | undefined> {
  const array = await openNpy(source, key, options);
  return array === undefined ? undefined : decodeFloat64(await array.read(options), array.dtype, array.file);
}

async function openFiles(description: BinaryDescription, baseFolder: string, paths: readonly string[]): Promise<Traces> {
  const files: RawFile[] = [];
  for (const path of paths) {
    // Raw files are often links to another disk; a source does not follow those, so it starts where they end.
    const file = await existing(isAbsolute(path) ? path : join(baseFolder, path));
    files.push({ source: diskSource(dirname(file)), key: basename(file) });
  }
  return openBinaryTraces(basename(paths[0]), description, files);
}

async function existing(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    const shown = relative('', path).startsWith('..') ? path : basename(path);
    throw new Failure('input.notFound', `The recording is not at ${shown} (any more). Locate the recording.`, { path }, cause);
  }
}
