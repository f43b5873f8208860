import { Failure, isFailure, throwIfCancelled } from '../failure.ts';
import { BoundedCache, heldBytes } from './bounded-cache.ts';
import { decodeBooleans, decodeFloat64, decodeStrings } from './decode.ts';
import type { ExtensionData, ExtensionId } from './extensions/data.ts';
import type { ReadContext } from './extensions/definition.ts';
import { extensionById } from './extensions/registry.ts';
import { checkCount, checkPositive, checkUnitIds } from './forms/sorting-facts.ts';
import { probePositions } from './probe-positions.ts';
import { channelPropertyColumns, readPropertyColumns } from './property-columns.ts';
import { phyRemedy, snippetFor } from './snippet.ts';
import type { ReadOptions, Source } from './source.ts';
import { spikeColumns } from './spike-columns.ts';
import type { StoredAnalyzer, StoredExtension } from './stored-analyzer.ts';
import type {
  AnalyzerSummary,
  AnalyzerView,
  ExtensionSummary,
  IdentifiedAnalyzer,
  PropertyColumn,
  Sparsity,
  SpikeColumns,
  UnitId,
} from './view.ts';

/** Extension arrays kept between questions: 384 MiB, the least recently used go first. */
const cacheBytes = 384 * 2 ** 20;

/** SHA-256 of the folder alone, and of it with what was computed for it. */
export interface Fingerprints {
  readonly source: string;
  readonly all: string;
}

/** Builds the view over a described analyzer. Reads the sparsity mask; everything else is read when asked for. */
export async function createAnalyzerView(
  source: Pick<Source, 'name' | 'close'>,
  stored: StoredAnalyzer,
  fingerprints: Fingerprints,
  options?: ReadOptions,
): Promise<IdentifiedAnalyzer>;
export async function createAnalyzerView(
  source: Pick<Source, 'name' | 'close'>,
  stored: StoredAnalyzer,
  fingerprints: Fingerprints | undefined,
  options?: ReadOptions,
): Promise<AnalyzerView>;
export async function createAnalyzerView(
  source: Pick<Source, 'name' | 'close'>,
  stored: StoredAnalyzer,
  fingerprints: Fingerprints | undefined,
  options?: ReadOptions,
): Promise<AnalyzerView> {
  const attributes = stored.recordingAttributes;
  const attributesFile = stored.recordingAttributesFile;
  const channelIds = channelIdsOf(attributes['channel_ids'], attributesFile);
  const segmentSampleCounts = sampleCountsOf(attributes['num_samples'], attributesFile, stored.segmentCount);
  const samplingFrequencyHz = checkPositive(
    attributes['sampling_frequency'] ?? stored.samplingFrequencyHz,
    'sampling_frequency',
    attributesFile,
  );
  const positions = probePositions(stored.probegroup, attributes, channelIds.length);
  const sparsity = await readSparsity(stored, channelIds.length, options);
  const extensions = stored.extensions.map(summarise);
  const durationS = segmentSampleCounts.reduce((sum, samples) => sum + samples, 0) / samplingFrequencyHz;
  const summary: AnalyzerSummary = {
    name: source.name,
    format: stored.format,
    spikeinterfaceVersion: stored.version,
    unitIds: stored.unitIds,
    channelIds,
    samplingFrequencyHz,
    segmentSampleCounts,
    durationS,
    spikeCount: stored.spikeCount,
    sparse: sparsity !== undefined,
    returnInUv: stored.settings['return_in_uV'] === true || stored.settings['return_scaled'] === true,
    peakSign: peakSignOf(stored.settings['peak_sign']),
    namesRecording: stored.namesRecording,
    extensions,
    // A phy folder says itself what it has no positions of.
    problems: [...stored.problems, ...(positions.problem === undefined || stored.format === 'phy' ? [] : [positions.problem])],
  };
  const { positionsUm } = positions;
  return fingerprints === undefined
    ? new StoredAnalyzerView(source, stored, summary, positionsUm, sparsity)
    : new IdentifiedAnalyzerView(source, stored, summary, positionsUm, sparsity, fingerprints);
}

class StoredAnalyzerView implements AnalyzerView {
  readonly summary: AnalyzerSummary;
  readonly unitIds: readonly UnitId[];
  readonly channelIds: readonly UnitId[];
  readonly samplingFrequencyHz: number;
  readonly segmentSampleCounts: readonly number[];
  readonly durationS: number;
  readonly channelPositionsUm: Float64Array;
  readonly sparsity: Sparsity | undefined;
  readonly channelProperties: readonly PropertyColumn[];
  private readonly source: Pick<Source, 'close'>;
  private readonly stored: StoredAnalyzer;
  private readonly extensions: ReadonlyMap<string, StoredExtension>;
  private readonly problems: ReadonlyMap<string, string>;
  private readonly indices: ReadonlyMap<UnitId, number>;
  private readonly cache = new BoundedCache(cacheBytes);
  private readonly context: ReadContext;

  constructor(
    source: Pick<Source, 'close'>,
    stored: StoredAnalyzer,
    summary: AnalyzerSummary,
    channelPositionsUm: Float64Array,
    sparsity: Sparsity | undefined,
  ) {
    this.source = source;
    this.stored = stored;
    this.summary = summary;
    this.unitIds = summary.unitIds;
    this.channelIds = summary.channelIds;
    this.samplingFrequencyHz = summary.samplingFrequencyHz;
    this.segmentSampleCounts = summary.segmentSampleCounts;
    this.durationS = summary.durationS;
    this.channelPositionsUm = channelPositionsUm;
    this.sparsity = sparsity;
    this.channelProperties = channelPropertyColumns(stored.recordingAttributes, this.channelIds.length);
    this.extensions = new Map(stored.extensions.map((extension) => [extension.name, extension]));
    this.problems = new Map(summary.extensions.flatMap(({ name, problem }) => (problem === undefined ? [] : [[name, problem]])));
    this.indices = new Map(this.unitIds.map((unitId, position) => [unitId, position]));
    this.context = {
      unitIds: this.unitIds,
      channelCount: this.channelIds.length,
      spikeCount: summary.spikeCount,
      samplingFrequencyHz: this.samplingFrequencyHz,
      sparsity,
      cache: this.cache,
      spikes: (options) => this.spikes(options),
      extension: (id, options) => this.extension(id, options),
    };
  }

  indexOf(unitId: UnitId): number {
    const position = this.indices.get(unitId);
    if (position !== undefined) return position;
    const other = typeof unitId === 'number' ? String(unitId) : Number(unitId);
    const hint = this.indices.has(other) ? ` It has ${quoted(other)}, which is a different id.` : ' Choose one of its units.';
    throw new Failure('analyzer.unknownUnit', `${this.summary.name} has no unit ${quoted(unitId)}.${hint}`, { unit: unitId });
  }

  has(extension: string): boolean {
    return this.extensions.has(extension) && !this.problems.has(extension);
  }

  params(extension: string): Readonly<Record<string, unknown>> {
    return this.usable(extension).params;
  }

  spikes(options?: ReadOptions): Promise<SpikeColumns> {
    throwIfCancelled(options?.signal);
    return this.cache.get(
      'spikes',
      async () => {
        const stored = await this.stored.readSpikes();
        return spikeColumns(stored, this.unitIds.length, this.segmentSampleCounts.length, this.stored.spikesFile);
      },
      heldBytes,
    );
  }

  async unitProperties(options?: ReadOptions): Promise<readonly PropertyColumn[]> {
    return readPropertyColumns(this.stored.unitProperties, this.unitIds.length, options);
  }

  async extension<Id extends ExtensionId>(id: Id, options?: ReadOptions): Promise<ExtensionData[Id]> {
    throwIfCancelled(options?.signal);
    const stored = this.usable(id);
    const value = await this.cache.get(`extension ${id}`, () => extensionById(id).read(stored, this.context), heldBytes);
    throwIfCancelled(options?.signal);
    return value;
  }

  mainChannels(options?: ReadOptions): Promise<Int32Array> {
    throwIfCancelled(options?.signal);
    return this.cache.get('main channels', () => this.findMainChannels(), heldBytes);
  }

  async close(): Promise<void> {
    this.cache.clear();
    await this.source.close?.();
  }

  private usable(extension: string): StoredExtension {
    const stored = this.extensions.get(extension);
    const problem = this.problems.get(extension);
    if (stored !== undefined && problem === undefined) return stored;
    const { name, format } = this.summary;
    const snippet = snippetFor(extension, name, format);
    const remedy = format === 'phy' ? phyRemedy(extension) : 'Compute it in SpikeInterface and open the analyzer again.';
    const why = problem === undefined ? `${this.summary.name} has no extension ${extension}.` : problem;
    throw new Failure('analyzer.missingExtension', `${why}${problem === undefined ? ` ${remedy}` : ''}`, {
      extension,
      snippet,
    });
  }

  private async findMainChannels(): Promise<Int32Array> {
    // SpikeInterface trusts the stored ids only where the recording is at hand, and else looks at the templates.
    const stored = () => this.storedMainChannels();
    const fromTemplates = () => this.mainChannelsOfTemplates();
    for (const find of this.summary.namesRecording ? [stored, fromTemplates] : [fromTemplates, stored]) {
      const found = await find();
      if (found !== undefined) return found;
    }
    return this.centresOfSparsity();
  }

  private async storedMainChannels(): Promise<Int32Array | undefined> {
    const property = this.stored.unitProperties.find(({ name }) => name === 'main_channel_id');
    if (property === undefined || property.array.shape.length !== 1 || property.array.shape[0] !== this.unitIds.length) return undefined;
    const { array } = property;
    const bytes = await array.read();
    const ids: readonly UnitId[] =
      array.dtype.kind === 'string'
        ? decodeStrings(bytes, array.dtype, array.file)
        : Array.from(decodeFloat64(bytes, array.dtype, array.file));
    const positionOf = new Map(this.channelIds.map((channelId, position) => [channelId, position]));
    const positions = ids.map((channelId) => positionOf.get(channelId));
    return positions.every((position) => position !== undefined) ? Int32Array.from(positions) : undefined;
  }

  private async mainChannelsOfTemplates(): Promise<Int32Array | undefined> {
    if (!this.has('templates')) return undefined;
    const { average, sampleCount } = await this.extension('templates').catch((error: unknown) => {
      if (isFailure(error, 'analyzer.damaged', 'analyzer.missingFile', 'analyzer.refused')) return { average: undefined, sampleCount: 0 };
      throw error;
    });
    if (average === undefined) return undefined;
    const channelCount = this.channelIds.length;
    const main = new Int32Array(this.unitIds.length);
    for (let unit = 0; unit < main.length; unit += 1) {
      let best = -1;
      const start = unit * sampleCount * channelCount;
      for (let channel = 0; channel < channelCount; channel += 1) {
        let peak = 0;
        for (let sample = 0; sample < sampleCount; sample += 1) {
          const value = Math.abs(average[start + sample * channelCount + channel]);
          if (value > peak) peak = value;
        }
        if (peak > best) {
          best = peak;
          main[unit] = channel;
        }
      }
    }
    return main;
  }

  /** The channel nearest to the middle of a unit's active channels; the first active one where positions are unknown. */
  private centresOfSparsity(): Int32Array {
    const { sparsity, channelPositionsUm: at } = this;
    const main = new Int32Array(this.unitIds.length);
    if (sparsity === undefined) return main;
    const { mask, channelCount } = sparsity;
    for (let unit = 0; unit < main.length; unit += 1) {
      const own = mask.subarray(unit * channelCount, (unit + 1) * channelCount);
      let count = 0;
      let x = 0;
      let y = 0;
      for (let channel = 0; channel < channelCount; channel += 1) {
        if (own[channel] !== 1) continue;
        count += 1;
        x += at[2 * channel];
        y += at[2 * channel + 1];
      }
      let nearest = Number.POSITIVE_INFINITY;
      main[unit] = Math.max(0, own.indexOf(1));
      for (let channel = 0; channel < channelCount; channel += 1) {
        const distance = Math.hypot(at[2 * channel] - x / count, at[2 * channel + 1] - y / count);
        if (distance < nearest) {
          nearest = distance;
          main[unit] = channel;
        }
      }
    }
    return main;
  }
}

function peakSignOf(value: unknown): AnalyzerSummary['peakSign'] {
  return value === 'neg' || value === 'pos' ? value : 'both';
}

class IdentifiedAnalyzerView extends StoredAnalyzerView implements IdentifiedAnalyzer {
  readonly fingerprint: string;
  readonly sourceFingerprint: string;

  constructor(
    source: Pick<Source, 'close'>,
    stored: StoredAnalyzer,
    summary: AnalyzerSummary,
    channelPositionsUm: Float64Array,
    sparsity: Sparsity | undefined,
    fingerprints: Fingerprints,
  ) {
    super(source, stored, summary, channelPositionsUm, sparsity);
    this.fingerprint = fingerprints.all;
    this.sourceFingerprint = fingerprints.source;
  }
}

function summarise(extension: StoredExtension): ExtensionSummary {
  const definition = extensionById(extension.name as string);
  const missing = definition?.requires.find((dataName) => !extension.dataNames.includes(dataName));
  const problem =
    extension.problem ??
    (missing === undefined
      ? undefined
      : `${extension.fileOf(missing)} is missing. Copy the analyzer again or compute ${extension.name} again.`);
  const computedHere = extension.computedHere === true ? { computedHere: true } : {};
  return { name: extension.name, params: extension.params, known: definition !== undefined, problem, ...computedHere };
}

async function readSparsity(stored: StoredAnalyzer, channelCount: number, options: ReadOptions | undefined): Promise<Sparsity | undefined> {
  const array = stored.sparsityMask;
  if (array === undefined) return undefined;
  const unitCount = stored.unitIds.length;
  if (array.shape.length !== 2 || array.shape[0] !== unitCount || array.shape[1] !== channelCount) {
    throw new Failure(
      'analyzer.damaged',
      `${array.file} has the shape (${array.shape.join(', ')}), but there are ${unitCount} units and ${channelCount} channels. Save the analyzer again from SpikeInterface.`,
      { file: array.file },
    );
  }
  return { unitCount, channelCount, mask: decodeBooleans(await array.read(options), array.dtype, array.file) };
}

function channelIdsOf(values: unknown, file: string): readonly UnitId[] {
  if (Array.isArray(values) && values.length > 0) return checkUnitIds(values, file, 'channel');
  throw new Failure('analyzer.damaged', `${file} has no usable channel_ids. Save the analyzer again from SpikeInterface.`, {
    file,
    field: 'channel_ids',
  });
}

function sampleCountsOf(values: unknown, file: string, segmentCount: number): readonly number[] {
  const list = Array.isArray(values) ? values : [];
  if (
    list.length !== checkCount(segmentCount, 'num_segments', file) ||
    !list.every((count) => typeof count === 'number' && count >= 0 && Number.isSafeInteger(count))
  ) {
    throw new Failure(
      'analyzer.damaged',
      `${file} needs num_samples with one whole number for each of ${segmentCount} segments. Save the analyzer again.`,
      {
        file,
        field: 'num_samples',
      },
    );
  }
  return list as number[];
}

function quoted(unitId: UnitId): string {
  return typeof unitId === 'number' ? String(unitId) : `"${unitId}"`;
}
