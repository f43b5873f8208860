import { Failure, isFailure, throwIfCancelled } from '../../failure.ts';
import { parseCsvTable } from '../csv-table.ts';
import { decodeFloat64, decodeIndices, fieldOf } from '../decode.ts';
import type { FingerprintedFile } from '../fingerprint.ts';
import { type JsonObject, type JsonValue, parseJsonObject, requireJsonObject } from '../json.ts';
import { openNpy } from '../npy.ts';
import type { ReadOptions, Source, SourceEntry } from '../source.ts';
import { checkVersion } from '../spikeinterface-version.ts';
import type { StoredAnalyzer, StoredExtension, StoredProperty, StoredSpikes } from '../stored-analyzer.ts';
import { rowBytes, type StoredArray } from '../stored-array.ts';
import { checkCount, checkPositive, checkUnitIds, unfinished } from './sorting-facts.ts';

const spikesFile = 'sorting/spikes.npy';
const sortingFile = 'sorting/numpysorting_info.json';
const attributesFile = 'recording_info/recording_attributes.json';
const spikeBlockBytes = 2 ** 22;
const decisiveFiles = new Set([spikesFile, 'sparsity_mask.npy', 'extensions/templates/average.npy']);

/**
 * Describes an analyzer of the form `binary_folder` (SpikeInterface 0.101 to 0.105), given what lies at its root and what
 * `spikeinterface_info.json` says: reads its JSON and the headers of its properties.
 */
export async function openBinaryFolder(
  source: Source,
  root: readonly SourceEntry[],
  saved: JsonValue | undefined,
  options?: ReadOptions,
): Promise<StoredAnalyzer> {
  const folders = ['recording_info', 'sorting', 'sorting/properties', 'extensions'] as const;
  const listings = await Promise.all(folders.map((folder) => source.list(folder)));
  const [recordingInfo, sorting, properties, extensionFolders] = listings;
  const problems: string[] = [];
  const info = saved === undefined ? undefined : requireJsonObject(saved, 'spikeinterface_info.json');

  const [settings, recordingAttributes, sortingInfo, probegroup, sparsityMask, spikes] = await Promise.all([
    requireObject(source, 'settings.json', options),
    requireObject(source, attributesFile, options),
    requireObject(source, sortingFile, options),
    readObject(source, 'recording_info/probegroup.json', options),
    openNpy(source, 'sparsity_mask.npy', options),
    openNpy(source, spikesFile, options),
  ]);
  const version = typeof info?.['version'] === 'string' ? info['version'] : 'unknown';
  const newer = checkVersion(version, 'spikeinterface_info.json');
  if (newer !== undefined) problems.push(newer);
  if (spikes === undefined) throw missing(spikesFile);
  if (spikes.shape.length !== 1 || spikes.dtype.kind !== 'record') {
    throw new Failure('analyzer.damaged', `${spikesFile} isn't a list of spikes. Save the analyzer again from SpikeInterface.`, {
      file: spikesFile,
    });
  }

  const propertyNames = properties
    .filter((entry) => !entry.isFolder && entry.name.endsWith('.npy'))
    .map((entry) => entry.name.slice(0, -4));
  const unitProperties = await describeProperties(source, propertyNames, problems, options);
  const extensionNames = extensionFolders.filter((entry) => entry.isFolder).map((entry) => entry.name);
  const extensions = await Promise.all(extensionNames.map((name) => describeExtension(source, name, options)));

  return {
    format: 'binary_folder',
    version,
    settings,
    recordingAttributes,
    recordingAttributesFile: attributesFile,
    probegroup,
    unitIds: checkUnitIds(sortingInfo['unit_ids'], sortingFile),
    samplingFrequencyHz: checkPositive(sortingInfo['sampling_frequency'], 'sampling_frequency', sortingFile),
    segmentCount: checkCount(sortingInfo['num_segments'], 'num_segments', sortingFile),
    namesRecording: root.some((entry) => entry.name === 'recording.json'),
    sparsityMask,
    spikesFile,
    spikeCount: spikes.shape[0],
    readSpikes: (readOptions) => readSpikes(spikes, readOptions),
    unitProperties,
    extensions: extensions.flatMap((extension) => (extension.stored === undefined ? [] : [extension.stored])),
    problems,
    files: async () => {
      const files: FingerprintedFile[] = [];
      const add = (folder: string, names: readonly { name: string; isFolder: boolean }[]): void => {
        for (const entry of names) {
          const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
          if (!entry.isFolder && isContent(entry.name)) files.push({ key, decisive: decisiveFiles.has(key) });
        }
      };
      add('', root);
      add('recording_info', recordingInfo);
      add('sorting', sorting);
      add('sorting/properties', properties);
      for (const extension of extensions) add(`extensions/${extension.name}`, extension.entries);
      return files;
    },
  };
}

/** Pickles decide nothing that is drawn or computed here, and the viewer's own notes are not the analyzer. */
function isContent(name: string): boolean {
  return /\.(json|npy|csv)$/.test(name);
}

async function describeProperties(
  source: Source,
  names: readonly string[],
  problems: string[],
  options: ReadOptions | undefined,
): Promise<StoredProperty[]> {
  const described = await Promise.all(
    names.map(async (name) => {
      const file = `sorting/properties/${name}.npy`;
      try {
        return { name, array: await openNpy(source, file, options) };
      } catch (error) {
        if (!isFailure(error, 'analyzer.refused', 'analyzer.damaged', 'analyzer.unsupported')) throw error;
        problems.push(error.message);
        return { name, array: undefined };
      }
    }),
  );
  return described.flatMap(({ name, array }) => (array === undefined ? [] : [{ name, array }]));
}

/** One extension folder of this form: its listing, and what it holds where it has a `params.json`. */
export async function describeExtension(
  source: Source,
  name: string,
  options: ReadOptions | undefined,
): Promise<{ name: string; entries: readonly { name: string; isFolder: boolean }[]; stored: StoredExtension | undefined }> {
  const folder = `extensions/${name}`;
  let entries: Awaited<ReturnType<Source['list']>>;
  try {
    entries = await source.list(folder);
  } catch (error) {
    return { name, entries: [], stored: unusableExtension(name, problemOf(error)) };
  }
  const has = (file: string): boolean => entries.some((entry) => entry.name === file && !entry.isFolder);
  if (!has('params.json')) return { name, entries, stored: undefined };
  let params: JsonObject = {};
  let problem: string | undefined;
  try {
    params = (await readObject(source, `${folder}/params.json`, options)) ?? {};
    const run = has('run_info.json') ? await readObject(source, `${folder}/run_info.json`, options) : undefined;
    if (run !== undefined && run['run_completed'] !== true) problem = unfinished(`${folder}/run_info.json`);
  } catch (error) {
    problem = problemOf(error);
  }
  const tables = new Set(entries.filter((entry) => entry.name.endsWith('.csv')).map((entry) => entry.name.slice(0, -4)));
  const arrays = new Set(entries.filter((entry) => entry.name.endsWith('.npy')).map((entry) => entry.name.slice(0, -4)));
  const stored: StoredExtension = {
    name,
    params,
    problem,
    dataNames: [...arrays, ...tables],
    fileOf: (dataName) => `${folder}/${dataName}.${tables.has(dataName) && !arrays.has(dataName) ? 'csv' : 'npy'}`,
    array: (dataName, readOptions) => openNpy(source, `${folder}/${dataName}.npy`, readOptions),
    table: async (dataName, readOptions) => {
      const file = `${folder}/${dataName}.csv`;
      const bytes = await source.get(file, readOptions);
      return bytes === undefined ? undefined : parseCsvTable(bytes, file);
    },
  };
  return { name, entries, stored };
}

function unusableExtension(name: string, problem: string): StoredExtension {
  return {
    name,
    params: {},
    problem,
    dataNames: [],
    fileOf: (dataName) => `extensions/${name}/${dataName}`,
    array: async () => undefined,
    table: async () => undefined,
  };
}

async function readSpikes(spikes: StoredArray, options: ReadOptions | undefined): Promise<StoredSpikes> {
  const count = spikes.shape[0];
  const sampleIndex = new Float64Array(count);
  const unitIndex = new Int32Array(count);
  const segmentIndex = new Int32Array(count);
  const rows = Math.max(1, Math.floor(spikeBlockBytes / Math.max(1, rowBytes(spikes.shape, spikes.dtype.itemSize))));
  for (let start = 0; start < count; start += rows) {
    throwIfCancelled(options?.signal);
    const bytes = await spikes.readRows(start, Math.min(rows, count - start), options);
    const sample = fieldOf(bytes, spikes.dtype, 'sample_index', spikesFile);
    const unit = fieldOf(bytes, spikes.dtype, 'unit_index', spikesFile);
    const segment = fieldOf(bytes, spikes.dtype, 'segment_index', spikesFile);
    sampleIndex.set(decodeFloat64(sample.bytes, sample.dtype, spikesFile), start);
    unitIndex.set(decodeIndices(unit.bytes, unit.dtype, spikesFile, 2 ** 31, 'unit_index'), start);
    segmentIndex.set(decodeIndices(segment.bytes, segment.dtype, spikesFile, 2 ** 31, 'segment_index'), start);
  }
  return { sampleIndex, unitIndex, segmentIndex };
}

async function readObject(source: Source, file: string, options: ReadOptions | undefined): Promise<JsonObject | undefined> {
  const bytes = await source.get(file, options);
  return bytes === undefined ? undefined : parseJsonObject(bytes, file);
}

async function requireObject(source: Source, file: string, options: ReadOptions | undefined): Promise<JsonObject> {
  const value = await readObject(source, file, options);
  if (value === undefined) throw missing(file);
  return value;
}

function missing(file: string): Failure {
  return new Failure('analyzer.missingFile', `${file} is missing, and an analyzer can't be read without it. Copy the analyzer again.`, {
    file,
  });
}

/** The sentence of a failure that concerns one extension only; anything else is thrown on. */
function problemOf(error: unknown): string {
  if (isFailure(error) && error.kind !== 'cancelled') return error.message;
  throw error;
}
