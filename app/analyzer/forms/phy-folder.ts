import { Failure, isFailure, throwIfCancelled } from '../../failure.ts';
import { decodeFloat64, decodeStrings } from '../decode.ts';
import { type Dtype, parseDtype } from '../dtype.ts';
import type { FingerprintedFile } from '../fingerprint.ts';
import type { JsonObject } from '../json.ts';
import { openNpy } from '../npy.ts';
import { boolType, elementBytes, float32Type, float64Type, int64Bytes, int64Type, textBytes } from '../npy-bytes.ts';
import { type ClusterColumn, readClusterTables } from '../phy/cluster-tables.ts';
import { type Clusters, countClusters } from '../phy/clusters.ts';
import { type PhyParams, parseParamsPy } from '../phy/params-py.ts';
import { repackedRows } from '../phy/repacked-rows.ts';
import { checkSpikeCount, openSpikeColumn, readColumn } from '../phy/spike-column.ts';
import {
  type ChannelColumns,
  channelsWithSignal,
  openTemplateFile,
  readChannelColumns,
  readUnwhitening,
  type TemplateFile,
  unitTemplates,
} from '../phy/template-file.ts';
import { phyUnitIds } from '../phy/unit-ids.ts';
import { reshapedArray, virtualArray } from '../phy/virtual-array.ts';
import type { ReadOptions, Source } from '../source.ts';
import type { StoredAnalyzer, StoredExtension, StoredProperty, StoredSpikes, StoredTable } from '../stored-analyzer.ts';
import type { StoredArray } from '../stored-array.ts';
import type { UnitId } from '../view.ts';

const decisiveFiles = new Set([
  'spike_times.npy',
  'spike_clusters.npy',
  'spike_templates.npy',
  'templates.npy',
  'template_ind.npy',
  'whitening_mat_inv.npy',
]);
const spikeBlockRows = 2 ** 20;

/** Columns of `cluster_*.tsv` that SpikeInterface's quality_metrics write under these names. */
const qualityMetrics = new Set(
  `presence_ratio snr isi_violations_ratio isi_violations_count rp_contamination rp_violations sliding_rp_violation sync_spike_2
  sync_spike_4 sync_spike_8 firing_range amplitude_cv_median amplitude_cv_range amplitude_cutoff noise_cutoff noise_ratio
  amplitude_median drift_ptp drift_std drift_mad sd_ratio isolation_distance l_ratio d_prime nn_hit_rate nn_miss_rate
  silhouette`.split(/\s+/),
);

/** Names that `read_phy` gives to columns of the tables. */
const renamedColumns: Readonly<Record<string, string>> = {
  group: 'quality',
  chan_grp: 'group',
  ch_group: 'group',
  channel_group: 'group',
};

/**
 * Describes a folder of phy or Kilosort as an analyzer of one segment. Units are the clusters that have spikes. Reads `params.py` as
 * text, the small tables, and once, piece by piece, which cluster and template each spike has. What is absent or can't be read is
 * absent, with a sentence.
 */
export async function openPhyFolder(source: Source, options?: ReadOptions): Promise<StoredAnalyzer> {
  const entries = await source.list('');
  const names = new Set(entries.filter((entry) => !entry.isFolder).map((entry) => entry.name));
  const paramsBytes = await source.get('params.py', options);
  if (paramsBytes === undefined) throw missing('params.py', 'It holds the sampling rate: copy it from the sorter’s output.');
  const params = parseParamsPy(paramsBytes);
  const times = await openSpikeColumn(source, 'spike_times.npy', options);
  if (times === undefined) throw missing('spike_times.npy', 'Copy it from the sorter’s output.');
  const spikeCount = times.shape[0];
  const templateColumn = await openSpikeColumn(source, 'spike_templates.npy', options);
  const clusterColumn = (await openSpikeColumn(source, 'spike_clusters.npy', options)) ?? templateColumn;
  if (clusterColumn === undefined) {
    throw missing('spike_clusters.npy', 'Copy it, or spike_templates.npy, from the sorter’s output.');
  }
  checkSpikeCount(clusterColumn, spikeCount);
  if (templateColumn !== undefined) checkSpikeCount(templateColumn, spikeCount);
  const clusters = await countClusters(clusterColumn, templateColumn ?? clusterColumn, options);

  const problems: string[] = [];
  const attempt = tolerant(problems);
  const channels = await readChannels(source, params, problems, options);
  const channelCount = channels.channelIds.length;
  const templateFile = await attempt(() => openTemplateFile(source, channelCount, options));
  const numbering = templateNumbering(clusters, templateFile?.value?.templateCount);
  const tables = await readClusterTables(source, [...names], problems, options);
  if (numbering.isShifted) {
    problems.push(
      'The tables of this folder number clusters without the units that have no spikes, as SpikeInterface exports them; rows were matched by their order.',
    );
  }
  const rowIn = (column: ClusterColumn) => tableRowOf(column, clusters, numbering);
  const noted = tables.find(({ name }) => name === 'si_unit_id');
  const unitIds = phyUnitIds(clusters.ids, noted, noted === undefined ? (cluster) => cluster : rowIn(noted));
  const isExported = noted !== undefined || names.has('channel_map_si.npy');
  const featureFile = await attempt(() => openFeatures(source, numbering.rowCount, channelCount, options));

  const context: PhyContext = {
    source,
    names,
    params,
    channelCount,
    spikeCount,
    clusters,
    clusterColumn,
    templateColumn: templateColumn ?? clusterColumn,
    unitIds,
    numbering,
    templates: templateFile?.value,
    features: featureFile?.value,
    isExported,
  };
  const mask = await attempt(() => unitMask(context, options));
  const units = unitChannels(mask?.value, clusters.ids.length, channelCount);
  const unit = amplitudeUnit(await attempt(() => openSpikeColumn(source, 'amplitudes.npy', options)), context, problems);
  const extensions = await describeExtensions(
    { ...context, mask: mask?.value, units },
    { templates: templateFile?.problem, features: featureFile?.problem, mask: mask?.problem },
    problems,
    options,
  );
  extensions.push(...metricTables(tables, context, rowIn));
  const sampleCount = await segmentLength(context, times, problems, options);

  const maskBytes = mask?.value;
  return {
    format: 'phy',
    version: '',
    settings: { return_in_uV: unit === 'uV' },
    recordingAttributes: {
      channel_ids: [...channels.channelIds],
      num_samples: [sampleCount],
      sampling_frequency: params.samplingFrequencyHz,
      ...(params.isFiltered === undefined ? {} : { is_filtered: params.isFiltered }),
      properties: channels.positions === undefined ? {} : { location: channels.positions },
    },
    recordingAttributesFile: 'params.py',
    probegroup: undefined,
    unitIds,
    samplingFrequencyHz: params.samplingFrequencyHz,
    segmentCount: 1,
    namesRecording: params.datPaths.length > 0,
    sparsityMask:
      maskBytes === undefined
        ? undefined
        : virtualArray('templates.npy', boolType, [unitIds.length, channelCount], () => Uint8Array.from(maskBytes)),
    spikesFile: clusterColumn.file,
    spikeCount,
    readSpikes: (readOptions) => readSpikes(times, clusterColumn, clusters.ids, readOptions),
    unitProperties: unitProperties(tables, clusters, rowIn),
    extensions,
    problems,
    files: async () => [...names].filter((name) => /\.(?:py|npy|tsv|csv)$/.test(name)).map(fingerprinted),
  };
}

function fingerprinted(key: string): FingerprintedFile {
  return { key, decisive: decisiveFiles.has(key) };
}

interface PhyContext {
  readonly source: Source;
  readonly names: ReadonlySet<string>;
  readonly params: PhyParams;
  readonly channelCount: number;
  readonly spikeCount: number;
  readonly clusters: Clusters;
  readonly clusterColumn: StoredArray;
  readonly templateColumn: StoredArray;
  readonly unitIds: readonly UnitId[];
  readonly numbering: Numbering;
  readonly templates: TemplateFile | undefined;
  readonly features: FeatureFile | undefined;
  readonly isExported: boolean;
}

interface Attempted<Value> {
  readonly value?: Value;
  readonly problem?: string;
}

/** Runs what may fail without the folder being useless: the sentence goes into `problems`. */
function tolerant(problems: string[]) {
  return async <Value>(work: () => Promise<Value>): Promise<Attempted<Value> | undefined> => {
    try {
      const value = await work();
      return value === undefined ? undefined : { value };
    } catch (error) {
      if (!isFailure(error) || !error.kind.startsWith('analyzer.')) throw error;
      problems.push(error.message);
      return { problem: error.message };
    }
  };
}

interface Channels {
  readonly channelIds: readonly UnitId[];
  readonly positions: number[][] | undefined;
}

/** Channels by the ids SpikeInterface exported, else by their rows in the raw file; places in µm. */
async function readChannels(source: Source, params: PhyParams, problems: string[], options: ReadOptions | undefined): Promise<Channels> {
  const positionsFile = await openNpy(source, 'channel_positions.npy', options);
  const mapFile = await openSpikeColumn(source, 'channel_map.npy', options);
  let positions: number[][] | undefined;
  if (positionsFile === undefined) {
    problems.push(
      'channel_positions.npy is missing: whatever needs channel positions can’t be drawn. Copy it from the sorter’s output, one row x, y per channel.',
    );
  } else {
    const [count, width] = positionsFile.shape;
    if (positionsFile.shape.length !== 2 || !(width >= 2) || !(count > 0)) {
      throw new Failure(
        'analyzer.damaged',
        `channel_positions.npy should hold x and y per channel and has the shape (${positionsFile.shape.join(', ')}). Copy it again.`,
        { file: 'channel_positions.npy' },
      );
    }
    const values = decodeFloat64(await positionsFile.read(options), positionsFile.dtype, positionsFile.file);
    positions = Array.from({ length: count }, (_, channel) => [values[channel * width], values[channel * width + 1]]);
  }
  const rows = mapFile === undefined ? undefined : Array.from(await readColumn(mapFile, 'channel', options));
  const count = positions?.length ?? rows?.length ?? params.channelCount;
  if (count === undefined) throw missing('channel_map.npy', 'Copy it, or channel_positions.npy, from the sorter’s output.');
  if (rows !== undefined && rows.length !== count) {
    throw new Failure(
      'analyzer.damaged',
      `channel_map.npy has ${rows.length} channels, but channel_positions.npy has ${count}. Copy both from the same folder.`,
      { file: 'channel_map.npy' },
    );
  }
  const exported = await exportedChannelIds(source, count, problems, options);
  const plain = Array.from({ length: count }, (_, channel) => channel);
  return { channelIds: exported ?? (rows !== undefined && new Set(rows).size === count ? rows : plain), positions };
}

async function exportedChannelIds(
  source: Source,
  count: number,
  problems: string[],
  options: ReadOptions | undefined,
): Promise<readonly UnitId[] | undefined> {
  const file = 'channel_map_si.npy';
  try {
    const array = await openNpy(source, file, options);
    if (array === undefined || array.shape.length !== 1 || array.shape[0] !== count || array.dtype.kind === 'record') return undefined;
    const bytes = await array.read(options);
    const ids: readonly UnitId[] =
      array.dtype.kind === 'string' ? decodeStrings(bytes, array.dtype, file) : Array.from(decodeFloat64(bytes, array.dtype, file));
    return new Set(ids).size === count && ids.every((id) => typeof id === 'string' || Number.isSafeInteger(id)) ? ids : undefined;
  } catch (error) {
    if (!isFailure(error) || !error.kind.startsWith('analyzer.')) throw error;
    problems.push(error.message);
    return undefined;
  }
}

interface Numbering {
  /** Rows of `templates.npy` and of the tables beside it; one more than the largest template where it is absent. */
  readonly rowCount: number;
  /** True where units without spikes were left out of the templates but not of the numbers, as SpikeInterface exports. */
  readonly isShifted: boolean;
  /** Row of a template id; `undefined` where there is none. */
  rowOf(template: number): number | undefined;
}

function templateNumbering({ templates }: Clusters, templateCount: number | undefined): Numbering {
  const largest = templates[templates.length - 1] ?? -1;
  const rowCount = templateCount ?? largest + 1;
  const isShifted = largest >= rowCount && templates.length === rowCount;
  const rank = new Map(templates.map((template, row) => [template, row]));
  return {
    rowCount,
    isShifted,
    rowOf: (template) => (isShifted ? rank.get(template) : template < rowCount ? template : undefined),
  };
}

/** Which row of a table speaks of a cluster. */
function tableRowOf(column: ClusterColumn, clusters: Clusters, numbering: Numbering): (cluster: number) => number {
  const isConsecutive = column.values.size === numbering.rowCount && [...column.values.keys()].every((id) => id < numbering.rowCount);
  if (!numbering.isShifted || !isConsecutive) return (cluster) => cluster;
  const known = new Set(clusters.templates);
  return (cluster) => (known.has(cluster) ? (numbering.rowOf(cluster) ?? -1) : -1);
}

interface FeatureFile {
  readonly array: StoredArray;
  /** Spikes it has, where not all. */
  readonly spikes: Int32Array | undefined;
  readonly columns: ChannelColumns | undefined;
}

/** Describes `pc_features.npy` (spikes, components, K). */
async function openFeatures(
  source: Source,
  rowCount: number,
  channelCount: number,
  options: ReadOptions | undefined,
): Promise<FeatureFile | undefined> {
  const stored = await openNpy(source, 'pc_features.npy', options);
  if (stored === undefined) return undefined;
  if (stored.shape.length < 2 || stored.shape.length > 3 || stored.dtype.kind !== 'float') {
    throw new Failure(
      'analyzer.damaged',
      `pc_features.npy should hold spikes by components by channels and has the shape (${stored.shape.join(', ')}). Copy it again, or export the folder again.`,
      { file: 'pc_features.npy' },
    );
  }
  const array = stored.shape.length === 3 ? stored : reshapedArray(stored, [stored.shape[0], 1, stored.shape[1]]);
  const width = array.shape[2];
  const columns = await readChannelColumns(source, 'pc_feature_ind.npy', rowCount, width, channelCount, options);
  if (columns === undefined && width !== channelCount) {
    throw new Failure(
      'analyzer.damaged',
      `pc_features.npy has ${width} channels of ${channelCount}, and pc_feature_ind.npy, which says which, is missing. Copy it from the same folder.`,
      { file: 'pc_feature_ind.npy' },
    );
  }
  const subset = await openSpikeColumn(source, 'pc_feature_spike_ids.npy', options);
  return { array, columns, spikes: subset === undefined ? undefined : await readColumn(subset, 'spike', options) };
}

/** Channels of each unit (n, C): those of its most frequent template. `undefined` where every unit has all. */
async function unitMask(context: PhyContext, options: ReadOptions | undefined): Promise<Uint8Array | undefined> {
  const { templates, features, clusters, channelCount, numbering } = context;
  const columns = templates?.columns ?? features?.columns;
  const signal = columns === undefined && templates !== undefined ? await channelsWithSignal(templates, channelCount, options) : undefined;
  if (columns === undefined && signal === undefined) return undefined;
  const mask = new Uint8Array(clusters.ids.length * channelCount);
  for (const [unit, shares] of clusters.shares.entries()) {
    const row = numbering.rowOf(shares[0].template);
    if (row === undefined) throw unknownTemplate(context.templateColumn.file, shares[0].template, numbering.rowCount);
    const own = mask.subarray(unit * channelCount, (unit + 1) * channelCount);
    if (signal !== undefined) own.set(signal.subarray(row * channelCount, (row + 1) * channelCount));
    else if (columns !== undefined) {
      for (const channel of columns.channels.subarray(row * columns.width, (row + 1) * columns.width)) if (channel >= 0) own[channel] = 1;
    }
  }
  return mask.every((active) => active === 1) ? undefined : mask;
}

function unknownTemplate(file: string, template: number, count: number): Failure {
  return new Failure(
    'analyzer.damaged',
    `${file} names template ${template}, but templates.npy has ${count}. Copy both from the same folder, or export it again.`,
    { file, template },
  );
}

interface UnitChannels {
  readonly widest: number;
  readonly of: readonly Int32Array[];
}

function unitChannels(mask: Uint8Array | undefined, unitCount: number, channelCount: number): UnitChannels {
  const all = Int32Array.from({ length: channelCount }, (_, channel) => channel);
  const of = Array.from({ length: unitCount }, (_, unit) =>
    mask === undefined ? all : all.filter((channel) => mask[unit * channelCount + channel] === 1),
  );
  return { of, widest: of.reduce((most, own) => Math.max(most, own.length), 0) };
}

/** What amplitudes and templates are in. Only SpikeInterface's export can be µV; its own default is to scale. */
function amplitudeUnit(opened: Attempted<StoredArray | undefined> | undefined, context: PhyContext, problems: string[]): 'uV' | 'other' {
  const amplitudes = opened?.value;
  if (!context.isExported) {
    if (amplitudes !== undefined) {
      problems.push(
        'amplitudes.npy holds how much each spike’s template was scaled by the sorter, not µV: compare amplitudes within a folder only.',
      );
    }
    return 'other';
  }
  if (amplitudes === undefined || amplitudes.dtype.kind !== 'float') return 'other';
  if (/^float/.test(context.params.dtype ?? '')) {
    problems.push(
      'SpikeInterface exported this folder from a recording of floats: amplitudes are taken to be µV, which the folder does not say.',
    );
  }
  return 'uV';
}

/** Samples of the recording, where it lies in the folder; else up to the last spike. */
async function segmentLength(
  context: PhyContext,
  times: StoredArray,
  problems: string[],
  options: ReadOptions | undefined,
): Promise<number> {
  const { params, spikeCount } = context;
  const [last] = spikeCount === 0 ? [-1] : decodeFloat64(await times.readRows(spikeCount - 1, 1, options), times.dtype, times.file);
  const stored = await recordingSamples(context);
  if (stored !== undefined && stored > last) return stored;
  if (!Number.isSafeInteger(last)) throw badTime(times.file, spikeCount - 1, last);
  const why = params.datPaths.length === 0 ? 'params.py names no recording' : 'The recording that params.py names isn’t in this folder';
  problems.push(`${why}: the duration is taken up to the last spike.`);
  return last + 1;
}

async function recordingSamples({ source, params }: PhyContext): Promise<number | undefined> {
  if (params.datPaths.length === 0 || params.channelCount === undefined) return undefined;
  let dtype: Dtype;
  try {
    dtype = parseDtype(numpyNames[params.dtype ?? 'int16'] ?? params.dtype, 'params.py');
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
  let samples = 0;
  for (const path of params.datPaths) {
    const parts = path.split(/[/\\]/);
    const key =
      /^(?:[/\\]|[A-Za-z]:)/.test(path) || parts.includes('..') ? parts[parts.length - 1] : parts.filter((part) => part !== '.').join('/');
    const size = key === '' ? undefined : await source.size(key);
    if (size === undefined) return undefined;
    samples += Math.floor(Math.max(0, size - params.offsetBytes) / (params.channelCount * dtype.itemSize));
  }
  return samples;
}

const numpyNames: Readonly<Record<string, string>> = {
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  uint16: '<u2',
  int32: '<i4',
  uint32: '<u4',
  float32: '<f4',
  float64: '<f8',
};

async function readSpikes(
  times: StoredArray,
  clusters: StoredArray,
  ids: readonly number[],
  options: ReadOptions | undefined,
): Promise<StoredSpikes> {
  const count = times.shape[0];
  const sampleIndex = new Float64Array(count);
  for (let start = 0; start < count; start += spikeBlockRows) {
    throwIfCancelled(options?.signal);
    const bytes = await times.readRows(start, Math.min(spikeBlockRows, count - start), options);
    sampleIndex.set(decodeFloat64(bytes, times.dtype, times.file), start);
  }
  for (let row = 0; row < count; row += 1) {
    if (!(sampleIndex[row] >= 0) || !Number.isSafeInteger(sampleIndex[row])) throw badTime(times.file, row, sampleIndex[row]);
    if (row > 0 && sampleIndex[row] < sampleIndex[row - 1]) {
      throw new Failure(
        'analyzer.damaged',
        `${times.file} isn’t in time order (row ${row}), and phy needs it so too. Export the folder again from the sorter.`,
        { file: times.file, row },
      );
    }
  }
  const unitOf = new Map(ids.map((id, unit) => [id, unit]));
  const unitIndex = await readColumn(clusters, 'cluster', options);
  for (let row = 0; row < count; row += 1) {
    const unit = unitOf.get(unitIndex[row]);
    if (unit === undefined) {
      throw new Failure('analyzer.changed', `${clusters.file} changed while it was being read. Open the folder again.`, {
        file: clusters.file,
      });
    }
    unitIndex[row] = unit;
  }
  return { sampleIndex, unitIndex, segmentIndex: new Int32Array(count) };
}

function badTime(file: string, row: number, value: number): Failure {
  return new Failure(
    'analyzer.damaged',
    `${file} has ${value} in row ${row}, which is no sample: times are whole samples from 0, not seconds. Copy it again, or export the folder again.`,
    { file, row },
  );
}

interface DescribedUnits extends PhyContext {
  readonly mask: Uint8Array | undefined;
  readonly units: UnitChannels;
}

interface Broken {
  readonly templates: string | undefined;
  readonly features: string | undefined;
  readonly mask: string | undefined;
}

/** Everything the folder has that an analyzer would hold as an extension. */
async function describeExtensions(
  context: DescribedUnits,
  broken: Broken,
  problems: string[],
  options: ReadOptions | undefined,
): Promise<StoredExtension[]> {
  const { source, spikeCount } = context;
  const found: StoredExtension[] = [];
  const attempt = tolerant(problems);

  const subset = await attempt(() => openSubset(context, options));
  const chosen = await attempt(async () => selectedRows(context, subset?.value));
  if (chosen?.value !== undefined && (subset?.value !== undefined || context.features !== undefined)) {
    const rows = chosen.value;
    const count = rows.spikes?.length ?? spikeCount;
    const file = subset?.value?.array.file ?? 'pc_features.npy';
    const all = () => rows.spikes ?? Int32Array.from({ length: spikeCount }, (_, row) => row);
    found.push(
      extension('random_spikes', file, {}, { random_spikes_indices: virtualArray(file, int64Type, [count], () => int64Bytes(all())) }),
    );
    const rowChannels = rowChannelsOf(context, all);
    if (subset?.value !== undefined) found.push(waveformExtension(context, subset.value, count, rowChannels));
    if (context.features !== undefined && rows.features !== 'outside')
      found.push(featureExtension(context, context.features, count, rowChannels));
  }
  if (context.templates !== undefined && broken.mask === undefined) found.push(await templateExtension(context, problems, options));
  else if (broken.templates !== undefined || broken.mask !== undefined)
    found.push(extension('templates', 'templates.npy', {}, {}, broken.templates ?? broken.mask));
  if (broken.features !== undefined) found.push(extension('principal_components', 'pc_features.npy', {}, {}, broken.features));
  found.push(...(await perSpikeExtensions(source, spikeCount, options)));
  const similarity = await similarityExtension(context, options);
  if (similarity !== undefined) found.push(similarity);
  return found;
}

interface Subset {
  readonly array: StoredArray;
  readonly spikes: Int32Array;
  readonly columns: ChannelColumns;
}

/** Waveforms of some spikes, as phy and SpikeInterface keep them beside the rest. */
async function openSubset({ source, channelCount, spikeCount }: PhyContext, options: ReadOptions | undefined): Promise<Subset | undefined> {
  const file = '_phy_spikes_subset';
  const array = await openNpy(source, `${file}.waveforms.npy`, options);
  const spikeFile = await openSpikeColumn(source, `${file}.spikes.npy`, options);
  if (array === undefined || spikeFile === undefined) return undefined;
  const spikes = await readColumn(spikeFile, 'spike', options);
  const isAscending = spikes.every((row, at) => row < spikeCount && (at === 0 || row > spikes[at - 1]));
  if (array.shape.length !== 3 || array.shape[0] !== spikes.length || !isAscending) {
    throw new Failure(
      'analyzer.damaged',
      `${array.file} and ${spikeFile.file} don’t fit each other or the spikes. Make both again, or take both away.`,
      { file: array.file },
    );
  }
  const columns = await readChannelColumns(source, `${file}.channels.npy`, spikes.length, array.shape[2], channelCount, options);
  if (columns === undefined) throw missing(`${file}.channels.npy`, 'Copy it, or take the other two away.');
  return { array, spikes, columns };
}

interface SelectedRows {
  /** Ascending; all spikes where `undefined`. */
  readonly spikes: Int32Array | undefined;
  /** Whether the features have these spikes. */
  readonly features: 'inside' | 'outside';
}

/** One selection serves waveforms and features: the spikes with waveforms where there are some, else those with features. */
function selectedRows({ features, spikeCount }: PhyContext, subset: Subset | undefined): SelectedRows {
  const own = features?.spikes;
  if (features !== undefined) {
    const rows = features.array.shape[0];
    if (rows !== (own?.length ?? spikeCount)) {
      throw new Failure(
        'analyzer.damaged',
        `pc_features.npy has ${rows} rows, but there are ${own?.length ?? spikeCount} spikes for it. Copy it from the same folder, or export it again.`,
        { file: 'pc_features.npy' },
      );
    }
  }
  if (own?.some((row, at) => row >= spikeCount || (at > 0 && row <= own[at - 1]))) {
    throw new Failure('analyzer.damaged', 'pc_feature_spike_ids.npy should name spikes in ascending order. Export the folder again.', {
      file: 'pc_feature_spike_ids.npy',
    });
  }
  if (subset === undefined) return { spikes: own, features: 'inside' };
  const known = own === undefined ? undefined : new Set(own);
  return { spikes: subset.spikes, features: known === undefined || subset.spikes.every((row) => known.has(row)) ? 'inside' : 'outside' };
}

interface SelectedChannels {
  readonly spikes: Int32Array;
  readonly rowOfSpike: ReadonlyMap<number, number> | undefined;
  channelsOfSpike(spike: number): Int32Array;
  templateRowOfSpike(spike: number): number;
}

function rowChannelsOf(context: DescribedUnits, spikes: () => Int32Array): () => Promise<SelectedChannels> {
  let known: Promise<SelectedChannels> | undefined;
  const load = async (): Promise<SelectedChannels> => {
    const clusterOf = await readColumn(context.clusterColumn, 'cluster');
    const templateOf = context.templateColumn === context.clusterColumn ? clusterOf : await readColumn(context.templateColumn, 'template');
    const unitOf = new Map(context.clusters.ids.map((id, unit) => [id, unit]));
    const own = context.features?.spikes;
    return {
      spikes: spikes(),
      rowOfSpike: own === undefined ? undefined : new Map(Array.from(own, (spike, row) => [spike, row])),
      channelsOfSpike: (spike) => context.units.of[unitOf.get(clusterOf[spike]) ?? 0],
      templateRowOfSpike: (spike) => {
        const row = context.numbering.rowOf(templateOf[spike]);
        if (row === undefined) throw unknownTemplate(context.templateColumn.file, templateOf[spike], context.numbering.rowCount);
        return row;
      },
    };
  };
  return () => {
    known ??= load();
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
}

function waveformExtension(
  context: DescribedUnits,
  subset: Subset,
  count: number,
  selected: () => Promise<SelectedChannels>,
): StoredExtension {
  const { array, columns, spikes } = subset;
  const sampleCount = array.shape[1];
  const rows = async () => {
    const { channelsOfSpike } = await selected();
    return {
      storedRows: Int32Array.from({ length: count }, (_, row) => row),
      columnsOf: (row: number) => columns.channels.subarray(row * columns.width, (row + 1) * columns.width),
      channelsOf: (row: number) => channelsOfSpike(spikes[row]),
    };
  };
  // phy cuts its own waveforms around the middle, SpikeInterface as its templates.
  const before = context.isExported ? beforeCountOf(sampleCount) : sampleCount >> 1;
  return extension(
    'waveforms',
    array.file,
    { nbefore: before, nafter: sampleCount - before },
    {
      waveforms: repackedRows(array, context.units.widest, rows, count),
    },
  );
}

function featureExtension(
  context: DescribedUnits,
  { array, columns }: FeatureFile,
  count: number,
  selected: () => Promise<SelectedChannels>,
): StoredExtension {
  const every = Int32Array.from({ length: context.channelCount }, (_, channel) => channel);
  const rows = async () => {
    const { spikes, rowOfSpike, channelsOfSpike, templateRowOfSpike } = await selected();
    const own = context.features?.spikes;
    const spikeOf = (row: number): number => own?.[row] ?? row;
    return {
      storedRows: rowOfSpike === undefined ? spikes : spikes.map((spike) => rowOfSpike.get(spike) ?? 0),
      columnsOf: (row: number) => {
        if (columns === undefined) return every;
        const template = templateRowOfSpike(spikeOf(row));
        return columns.channels.subarray(template * columns.width, (template + 1) * columns.width);
      },
      channelsOf: (row: number) => channelsOfSpike(spikeOf(row)),
    };
  };
  return extension(
    'principal_components',
    array.file,
    { n_components: array.shape[1], mode: 'by_channel_local' },
    {
      pca_projection: repackedRows(array, context.units.widest, rows, count),
    },
  );
}

/** Samples before the spike: the third that Kilosort and SpikeInterface's defaults put there; the folder does not say. */
function beforeCountOf(sampleCount: number): number {
  return Math.floor(sampleCount / 3);
}

async function templateExtension(context: DescribedUnits, problems: string[], options: ReadOptions | undefined): Promise<StoredExtension> {
  const { source, templates, clusters, numbering, channelCount, mask, params, templateColumn } = context;
  if (templates === undefined) throw new Error('described without templates');
  const file = templates.array.file;
  const { sampleCount } = templates;
  const before = beforeCountOf(sampleCount);
  const nParams = { operators: ['average'], nbefore: before, nafter: sampleCount - before };
  const unwhitening = await tolerant(problems)(() => readUnwhitening(source, channelCount, options));
  if (unwhitening?.problem !== undefined) return extension('templates', file, nParams, {}, unwhitening.problem);
  if (unwhitening?.value !== undefined) {
    problems.push(
      `templates.npy is whitened; templates are unwhitened here with ${unwhitening.value.file}, as phy does. They are in the sorter’s own unit, not µV.`,
    );
  }
  const stranger = clusters.templates.find((template) => numbering.rowOf(template) === undefined);
  if (stranger !== undefined) {
    const { message } = unknownTemplate(templateColumn.file, stranger, numbering.rowCount);
    problems.push(message);
    return extension('templates', file, nParams, {}, message);
  }
  const shares = clusters.shares.map((own) => own.map(({ template, spikeCount }) => ({ row: numbering.rowOf(template) ?? 0, spikeCount })));
  const isDouble = templates.array.dtype.itemSize === 8;
  const average = virtualArray(
    file,
    isDouble ? float64Type : float32Type,
    [clusters.ids.length, sampleCount, channelCount],
    async (readOptions) => {
      const values = await unitTemplates(templates, shares, channelCount, mask, unwhitening?.value, params.templateScaling, readOptions);
      return elementBytes(isDouble ? values : Float32Array.from(values));
    },
  );
  return extension('templates', file, nParams, { average });
}

async function perSpikeExtensions(source: Source, spikeCount: number, options: ReadOptions | undefined): Promise<StoredExtension[]> {
  const found: StoredExtension[] = [];
  const add = async (name: string, file: string, describe: () => Promise<Record<string, StoredArray> | undefined>): Promise<void> => {
    try {
      const arrays = await describe();
      if (arrays !== undefined) found.push(extension(name, file, {}, arrays));
    } catch (error) {
      if (!isFailure(error) || !error.kind.startsWith('analyzer.')) throw error;
      found.push(extension(name, file, {}, {}, error.message));
    }
  };
  await add('spike_amplitudes', 'amplitudes.npy', async () => {
    const amplitudes = await openSpikeColumn(source, 'amplitudes.npy', options);
    if (amplitudes === undefined) return undefined;
    checkSpikeCount(amplitudes, spikeCount);
    return { amplitudes };
  });
  await add('spike_locations', 'spike_positions.npy', async () => {
    const positions = await openNpy(source, 'spike_positions.npy', options);
    if (positions === undefined) return undefined;
    checkSpikeCount(positions, spikeCount);
    const { dtype, shape } = positions;
    if (shape.length !== 2 || !(shape[1] >= 2) || dtype.kind !== 'float') {
      throw new Failure(
        'analyzer.damaged',
        `spike_positions.npy should hold x and y per spike and has the shape (${shape.join(', ')}). Copy it again.`,
        {
          file: 'spike_positions.npy',
        },
      );
    }
    const fields = ['x', 'y'].map((name, at) => ({ name, dtype, offset: at * dtype.itemSize, count: 1 }));
    return { spike_locations: reshapedArray(positions, [spikeCount], { kind: 'record', itemSize: shape[1] * dtype.itemSize, fields }) };
  });
  return found;
}

/** As phy compares clusters: the largest similarity among their templates. The method that made it is not written anywhere. */
async function similarityExtension(context: PhyContext, options: ReadOptions | undefined): Promise<StoredExtension | undefined> {
  const { source, clusters, numbering } = context;
  const file = 'similar_templates.npy';
  const params: JsonObject = { method: file };
  try {
    const stored = await openNpy(source, file, options);
    if (stored === undefined) return undefined;
    const size = stored.shape[0];
    const isSquare = stored.shape.length === 2 && stored.shape[1] === size;
    const largest = clusters.templates[clusters.templates.length - 1] ?? -1;
    // SpikeInterface keeps units without spikes in this one.
    const rowOf = largest < size ? (template: number) => template : numbering.rowOf;
    if (!isSquare || clusters.templates.some((template) => (rowOf(template) ?? size) >= size)) {
      throw new Failure(
        'analyzer.damaged',
        `${file} has the shape (${stored.shape.join(', ')}), which doesn’t fit the templates. Copy it from the same folder, or take it away.`,
        { file },
      );
    }
    const rows = clusters.shares.map((own) => own.map(({ template }) => rowOf(template) ?? 0));
    const similarity = virtualArray(file, float32Type, [rows.length, rows.length], async (readOptions) => {
      const values = decodeFloat64(await stored.read(readOptions), stored.dtype, file);
      const out = new Float32Array(rows.length * rows.length);
      for (const [a, ofA] of rows.entries()) {
        for (const [b, ofB] of rows.entries()) {
          let most = Number.NEGATIVE_INFINITY;
          for (const i of ofA) for (const j of ofB) most = Math.max(most, values[i * size + j]);
          out[a * rows.length + b] = a === b ? 1 : most;
        }
      }
      return elementBytes(out);
    });
    return extension('template_similarity', file, params, { similarity });
  } catch (error) {
    if (!isFailure(error) || !error.kind.startsWith('analyzer.')) throw error;
    return extension('template_similarity', file, params, {}, error.message);
  }
}

function metricTables(
  tables: readonly ClusterColumn[],
  { clusters, unitIds }: PhyContext,
  rowIn: (column: ClusterColumn) => (cluster: number) => number,
): StoredExtension[] {
  const metrics = tables.filter(({ name, isNumeric }) => isNumeric && qualityMetrics.has(name));
  if (metrics.length === 0) return [];
  const table: StoredTable = {
    index: unitIds.map(String),
    columns: metrics.map((column) => ({ name: column.name, values: numbersOf(column, clusters, rowIn(column)) })),
  };
  return [extension('quality_metrics', 'cluster_*.tsv', {}, {}, undefined, { metrics: table })];
}

function numbersOf(column: ClusterColumn, { ids }: Clusters, rowOf: (cluster: number) => number): Float64Array {
  return Float64Array.from(ids, (cluster) => Number(column.values.get(rowOf(cluster)) ?? Number.NaN));
}

/** The tables' columns as properties of units, under the names `read_phy` gives them. */
function unitProperties(
  tables: readonly ClusterColumn[],
  clusters: Clusters,
  rowIn: (column: ClusterColumn) => (cluster: number) => number,
): StoredProperty[] {
  const count = clusters.ids.length;
  const property = (name: string, file: string, dtype: Dtype, bytes: Uint8Array): StoredProperty => ({
    name,
    array: virtualArray(file, dtype, [count], () => Uint8Array.from(bytes)),
  });
  const found = [property('original_cluster_id', 'spike_clusters.npy', int64Type, int64Bytes(clusters.ids))];
  const taken = new Set(['original_cluster_id']);
  for (const column of tables) {
    const name = renamedColumns[column.name] ?? column.name;
    if (column.name === 'si_unit_id' || taken.has(name)) continue;
    taken.add(name);
    const rowOf = rowIn(column);
    if (column.isNumeric) {
      const numbers = numbersOf(column, clusters, rowOf);
      const areWhole = numbers.every(Number.isSafeInteger);
      found.push(property(name, column.file, areWhole ? int64Type : float64Type, areWhole ? int64Bytes(numbers) : elementBytes(numbers)));
    } else {
      const { bytes, dtype } = textBytes(clusters.ids.map((cluster) => String(column.values.get(rowOf(cluster)) ?? '')));
      found.push(property(name, column.file, dtype, bytes));
    }
  }
  return found;
}

function extension(
  name: string,
  file: string,
  params: JsonObject,
  arrays: Readonly<Record<string, StoredArray>>,
  problem?: string,
  tables: Readonly<Record<string, StoredTable>> = {},
): StoredExtension {
  return {
    name,
    params,
    problem,
    dataNames: [...Object.keys(arrays), ...Object.keys(tables)],
    fileOf: () => file,
    array: async (dataName) => (Object.hasOwn(arrays, dataName) ? arrays[dataName] : undefined),
    table: async (dataName) => (Object.hasOwn(tables, dataName) ? tables[dataName] : undefined),
  };
}

function missing(file: string, remedy: string): Failure {
  return new Failure('analyzer.missingFile', `${file} is missing, and a phy folder can’t be read without it. ${remedy}`, { file });
}
