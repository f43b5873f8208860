import { Failure, isFailure } from '../../failure.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { decodeFloat64, decodeIndices, decodeStrings } from '../decode.ts';
import { isObjectDtype } from '../dtype.ts';
import { evenlySpread } from '../evenly-spread.ts';
import type { FingerprintedFile } from '../fingerprint.ts';
import { isJsonObject } from '../json.ts';
import type { ReadOptions, Source } from '../source.ts';
import { checkVersion, compareVersions } from '../spikeinterface-version.ts';
import type { StoredAnalyzer, StoredExtension, StoredProperty, StoredSpikes, StoredTable } from '../stored-analyzer.ts';
import { openZarr, type ZarrArray, type ZarrStore } from '../zarr.ts';
import { objectEncoding } from '../zarr-codecs.ts';
import { checkCount, checkPositive, checkUnitIds, unfinished } from './sorting-facts.ts';

/** Decoded chunks kept between questions: 128 MiB. */
const chunkCacheBytes = 2 ** 27;
const sampledChunks = 16;
const decisiveChunks = 256;
const decisiveArrays = /^(?:sorting\/|sparsity_mask$|extensions\/templates\/average$)/;
/** Their rows follow the spikes, so the order of simultaneous spikes matters to them. */
const perSpikeExtensions = ['random_spikes', 'spike_amplitudes', 'spike_locations', 'amplitude_scalings'];
const maxTieCheckSpikes = 20_000_000;

/** Describes an analyzer of the form `zarr` (format 2, SpikeInterface 0.101 to 0.105): reads its metadata, and of old ones the spikes. */
export async function openZarrForm(source: Source, options?: ReadOptions): Promise<StoredAnalyzer> {
  const cache = new BoundedCache(chunkCacheBytes);
  let store = await openZarr(source, cache, true, options);
  const problems: string[] = [];
  const root = await store.attributes('');
  const info = root['spikeinterface_info'];
  if (!isJsonObject(info) || !isJsonObject(root['settings'])) throw await notAnAnalyzer(source, store, info);
  const version = typeof info['version'] === 'string' ? info['version'] : 'unknown';
  const newer = checkVersion(version, '.zattrs');
  if (newer !== undefined) problems.push(newer);
  // 0.101.0 did not consolidate again after computing extensions.
  if (version === '0.101.0') store = await openZarr(source, cache, false, options);

  const recordingInfo = await store.attributes('recording_info');
  const recordingAttributes = recordingInfo['recording_attributes'];
  const attributesFile = 'recording_info/.zattrs';
  if (!isJsonObject(recordingAttributes)) throw missing(attributesFile, 'recording_attributes');
  const sorting = await store.attributes('sorting');
  const sortingFile = 'sorting/.zattrs';
  const segmentCount = checkCount(sorting['num_segments'], 'num_segments', sortingFile);
  const spikeArrays = await describeSpikes(store, segmentCount);
  const extensions = await describeExtensions(store);
  const spikeReader = spikesOnce(spikeArrays, version);
  problems.push(...(await tieProblems(version, spikeReader, spikeArrays, extensions, options)));
  const probegroup = recordingInfo['probegroup'];

  return {
    format: 'zarr',
    version,
    settings: root['settings'],
    recordingAttributes,
    recordingAttributesFile: attributesFile,
    probegroup: isJsonObject(probegroup) ? probegroup : undefined,
    unitIds: await readUnitIds(store, options),
    samplingFrequencyHz: checkPositive(sorting['sampling_frequency'], 'sampling_frequency', sortingFile),
    segmentCount,
    namesRecording: await namesRecording(store),
    sparsityMask: await store.array('sparsity_mask'),
    spikesFile: 'sorting/spikes',
    spikeCount: spikeArrays.unitIndex.shape[0],
    readSpikes: spikeReader.take,
    unitProperties: await describeProperties(store, problems),
    extensions,
    problems,
    files: () => fingerprinted(store),
  };
}

async function notAnAnalyzer(source: Source, store: ZarrStore, info: unknown): Promise<Failure> {
  const object = isJsonObject(info) && typeof info['object'] === 'string' ? info['object'] : undefined;
  const children = await store.children('');
  if (children.includes('waveforms') && !children.includes('extensions')) {
    return new Failure(
      'analyzer.unsupported',
      `${source.name} is a WaveformExtractor store of SpikeInterface 0.100 or older. Convert it with si.load_waveforms(folder, output="SortingAnalyzer") and save it.`,
      { file: '.zattrs' },
    );
  }
  const what =
    object === undefined || object === 'SortingAnalyzer'
      ? 'it has no spikeinterface_info and settings in its attributes'
      : `it holds a ${object.slice(0, 60)}`;
  return new Failure(
    'analyzer.notAnAnalyzer',
    `${source.name} is a zarr store but not a SortingAnalyzer: ${what}. Open the store that analyzer.save_as(format="zarr") wrote.`,
    { file: '.zattrs' },
  );
}

async function readUnitIds(store: ZarrStore, options: ReadOptions | undefined) {
  const file = 'sorting/unit_ids';
  const metadata = await store.arrayMetadata(file);
  if (metadata === undefined) throw missing(file);
  if (isObjectDtype(metadata['dtype'])) return checkUnitIds(await store.objects(file, options), file);
  const array = await store.array(file);
  if (array === undefined || array.shape.length !== 1) throw missing(file);
  const bytes = await array.read(options);
  const ids = array.dtype.kind === 'string' ? decodeStrings(bytes, array.dtype, file) : Array.from(decodeFloat64(bytes, array.dtype, file));
  if (ids.length !== array.shape[0]) throw missing(file);
  return checkUnitIds(ids, file);
}

interface SpikeArrays {
  readonly sampleIndex: ZarrArray;
  readonly unitIndex: ZarrArray;
  readonly segmentSlices: ZarrArray;
  readonly segmentCount: number;
}

async function describeSpikes(store: ZarrStore, segmentCount: number): Promise<SpikeArrays> {
  const [sampleIndex, unitIndex, segmentSlices] = await Promise.all(
    ['sample_index', 'unit_index', 'segment_slices'].map(async (name) => {
      const array = await store.array(`sorting/spikes/${name}`);
      if (array === undefined) throw missing(`sorting/spikes/${name}`);
      return array;
    }),
  );
  if (sampleIndex.shape.length !== 1 || unitIndex.shape.length !== 1 || sampleIndex.shape[0] !== unitIndex.shape[0]) {
    throw new Failure('analyzer.damaged', 'sorting/spikes has sample_index and unit_index of different lengths. Copy the analyzer again.', {
      file: 'sorting/spikes',
    });
  }
  if (segmentSlices.shape.length !== 2 || segmentSlices.shape[0] !== segmentCount || segmentSlices.shape[1] !== 2) {
    throw new Failure(
      'analyzer.damaged',
      `sorting/spikes/segment_slices doesn't describe ${segmentCount} segments. Copy the analyzer again.`,
      {
        file: 'sorting/spikes/segment_slices',
      },
    );
  }
  return { sampleIndex, unitIndex, segmentSlices, segmentCount };
}

interface SpikeReader {
  /** Reads, and keeps what was read for the next `take`. */
  peek(options?: ReadOptions): Promise<StoredSpikes>;
  take(options?: ReadOptions): Promise<StoredSpikes>;
}

function spikesOnce(arrays: SpikeArrays, version: string): SpikeReader {
  let kept: StoredSpikes | undefined;
  return {
    peek: async (options) => {
      kept = await readSpikes(arrays, version, options);
      return kept;
    },
    take: async (options) => {
      const spikes = kept ?? (await readSpikes(arrays, version, options));
      kept = undefined;
      return spikes;
    },
  };
}

async function readSpikes(arrays: SpikeArrays, version: string, options: ReadOptions | undefined): Promise<StoredSpikes> {
  const { sampleIndex: samples, unitIndex: units, segmentSlices: slices, segmentCount } = arrays;
  const count = units.shape[0];
  const sampleIndex = decodeFloat64(await samples.read(options), samples.dtype, samples.file);
  const unitIndex = decodeIndices(await units.read(options), units.dtype, units.file, 2 ** 31, 'unit_index');
  const bounds = decodeFloat64(await slices.read(options), slices.dtype, slices.file);
  const segmentIndex = new Int32Array(count);
  let end = 0;
  for (let segment = 0; segment < segmentCount; segment += 1) {
    const from = bounds[2 * segment];
    const to = bounds[2 * segment + 1];
    if (!(from === end && to >= from && to <= count)) throw damagedSlices(slices.file);
    segmentIndex.fill(segment, from, to);
    end = to;
  }
  if (end !== count) throw damagedSlices(slices.file);
  const spikes = { sampleIndex, unitIndex, segmentIndex };
  // 0.104 stored the sorter's order, but computed every extension with simultaneous spikes in the order of their units.
  if (compareVersions(version, '0.104') === 0) forEachTie(spikes, (first, last) => unitIndex.subarray(first, last).sort());
  return spikes;
}

/** Calls back for each stretch of rows at the same sample of the same segment. */
function forEachTie(spikes: StoredSpikes, use: (first: number, last: number) => void): void {
  const { sampleIndex, segmentIndex } = spikes;
  let first = 0;
  for (let row = 1; row <= sampleIndex.length; row += 1) {
    if (row < sampleIndex.length && sampleIndex[row] === sampleIndex[first] && segmentIndex[row] === segmentIndex[first]) continue;
    if (row - first > 1) use(first, row);
    first = row;
  }
}

/** Up to 0.103 simultaneous spikes were put in an order that can't be told afterwards: worth a word where there are any. */
async function tieProblems(
  version: string,
  reader: SpikeReader,
  arrays: SpikeArrays,
  extensions: readonly StoredExtension[],
  options: ReadOptions | undefined,
): Promise<string[]> {
  const old = compareVersions(version, '0.103') <= 0;
  if (!old || !extensions.some((extension) => perSpikeExtensions.includes(extension.name))) return [];
  const remedy = 'To be sure, compute its extensions again with a newer SpikeInterface.';
  if (!(arrays.unitIndex.shape[0] <= maxTieCheckSpikes)) {
    return [`SpikeInterface ${version} may have swapped amplitudes, locations and waveforms of spikes at the same sample. ${remedy}`];
  }
  const spikes = await reader.peek(options);
  let count = 0;
  forEachTie(spikes, (first, last) => {
    const units = spikes.unitIndex.subarray(first, last);
    if (units.some((unit) => unit !== units[0])) count += last - first;
  });
  if (count === 0) return [];
  return [
    `SpikeInterface ${version} may have swapped amplitudes, locations and waveforms among ${count} spikes that fall on the same sample as another unit's. ${remedy}`,
  ];
}

async function namesRecording(store: ZarrStore): Promise<boolean> {
  const metadata = await store.arrayMetadata('recording');
  if (metadata === undefined) return false;
  try {
    objectEncoding(metadata['filters'] ?? null, 'recording');
    return true;
  } catch (error) {
    if (isFailure(error, 'analyzer.refused', 'analyzer.unsupported', 'analyzer.damaged')) return false;
    throw error;
  }
}

async function describeProperties(store: ZarrStore, problems: string[]): Promise<StoredProperty[]> {
  const properties: StoredProperty[] = [];
  for (const name of await store.children('sorting/properties')) {
    try {
      const array = await store.array(`sorting/properties/${name}`);
      if (array !== undefined) properties.push({ name, array });
    } catch (error) {
      if (!isFailure(error, 'analyzer.refused', 'analyzer.damaged', 'analyzer.unsupported')) throw error;
      problems.push(error.message);
    }
  }
  return properties;
}

async function describeExtensions(store: ZarrStore): Promise<StoredExtension[]> {
  const extensions: StoredExtension[] = [];
  for (const name of await store.children('extensions')) {
    const folder = `extensions/${name}`;
    const attributes = await store.attributes(folder);
    const params = attributes['params'];
    if (params === undefined) continue;
    const runInfo = attributes['run_info'];
    const finished = runInfo === undefined || runInfo === null || (isJsonObject(runInfo) && runInfo['run_completed'] === true);
    extensions.push({
      name,
      params: isJsonObject(params) ? params : {},
      problem: finished ? undefined : unfinished(`${folder}/.zattrs`),
      dataNames: await store.children(folder),
      fileOf: (dataName) => `${folder}/${dataName}`,
      array: (dataName, options) => store.array(`${folder}/${dataName}`, options),
      table: (dataName, options) => readTable(store, `${folder}/${dataName}`, options),
    });
  }
  return extensions;
}

/** A pandas table: a group with one array per column and `index`. */
async function readTable(store: ZarrStore, path: string, options: ReadOptions | undefined): Promise<StoredTable | undefined> {
  if (!(await store.isGroup(path))) return undefined;
  const names = await store.children(path);
  if (!names.includes('index')) throw missing(`${path}/index`);
  const index = await readColumn(store, `${path}/index`, options);
  const columns: StoredTable['columns'][number][] = [];
  for (const name of names) {
    if (name === 'index') continue;
    const values = await readColumn(store, `${path}/${name}`, options);
    if (values.length !== index.length) {
      throw new Failure(
        'analyzer.damaged',
        `${path}/${name} has ${values.length} rows where its table has ${index.length}. Recompute it.`,
        { file: `${path}/${name}` },
      );
    }
    columns.push({ name, values });
  }
  return { index: Array.from(index, String), columns };
}

async function readColumn(store: ZarrStore, path: string, options: ReadOptions | undefined): Promise<Float64Array | readonly string[]> {
  const metadata = await store.arrayMetadata(path);
  if (metadata === undefined) throw missing(path);
  if (isObjectDtype(metadata['dtype'])) {
    const values = (await store.objects(path, options)) ?? [];
    if (values.every((value) => value === null || typeof value === 'number' || typeof value === 'boolean')) {
      return Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
    }
    return values.map(String);
  }
  const array = await store.array(path);
  if (array === undefined || array.shape.length !== 1) throw missing(path);
  const bytes = await array.read(options);
  return array.dtype.kind === 'string' ? decodeStrings(bytes, array.dtype, path) : decodeFloat64(bytes, array.dtype, path);
}

const maxWalked = 20_000;

/** Metadata (all of it is in `.zmetadata` where that is used) and chunks: all chunks of the decisive arrays up to a number, an even spread of the others. */
async function fingerprinted(store: ZarrStore): Promise<FingerprintedFile[]> {
  const documents = store.isConsolidated ? [] : ['.zattrs', '.zarray'];
  const files: FingerprintedFile[] = [{ key: store.isConsolidated ? '.zmetadata' : '.zattrs', decisive: true }];
  const waiting = [''];
  for (let walked = 0; waiting.length > 0 && walked < maxWalked; walked += 1) {
    const path = waiting.pop() ?? '';
    const metadata = path === '' ? undefined : await store.arrayMetadata(path);
    if (metadata === undefined) {
      for (const name of await store.children(path)) waiting.push(path === '' ? name : `${path}/${name}`);
      if (path !== '' && !store.isConsolidated) files.push({ key: `${path}/.zattrs`, decisive: true });
      continue;
    }
    for (const document of documents) files.push({ key: `${path}/${document}`, decisive: true });
    if (isObjectDtype(metadata['dtype'])) continue;
    const array = await store.array(path).catch((error: unknown) => {
      if (isFailure(error) && error.kind !== 'cancelled') return undefined;
      throw error;
    });
    if (array === undefined) continue;
    const decisive = decisiveArrays.test(path);
    for (const chunk of evenlySpread(array.chunkCount, decisive ? decisiveChunks : sampledChunks))
      files.push({ key: array.chunkKey(chunk), decisive });
  }
  return files;
}

function damagedSlices(file: string): Failure {
  return new Failure('analyzer.damaged', `${file} doesn't cut the spikes into segments without gaps. Copy the analyzer again.`, { file });
}

function missing(file: string, field?: string): Failure {
  const what = field === undefined ? `${file} is missing` : `${file} has no ${field}`;
  return new Failure('analyzer.missingFile', `${what}, and an analyzer can't be read without it. Copy the analyzer again.`, { file });
}
