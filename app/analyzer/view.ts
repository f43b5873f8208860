import type { ExtensionData, ExtensionId } from './extensions/data.ts';
import type { ReadOptions } from './source.ts';

/** A unit's id as SpikeInterface stores it: 12 and "12" are different ids. */
export type UnitId = number | string;

/** What can be read without touching any array. */
export interface AnalyzerSummary {
  readonly name: string;
  readonly format: 'binary_folder' | 'zarr' | 'phy';
  readonly spikeinterfaceVersion: string;
  readonly unitIds: readonly UnitId[];
  readonly channelIds: readonly UnitId[];
  readonly samplingFrequencyHz: number;
  readonly segmentSampleCounts: readonly number[];
  readonly durationS: number;
  readonly spikeCount: number;
  readonly sparse: boolean;
  /** Waveforms, templates and amplitudes are in µV; otherwise in the recording's own counts. */
  readonly returnInUv: boolean;
  /** Which deflection counts as a spike's peak; analyzers before 0.105 don't say and count as `both`, as in SpikeInterface. */
  readonly peakSign: 'both' | 'neg' | 'pos';
  /** Whether the folder names a recording that could be looked for (not whether it is there). */
  readonly namesRecording: boolean;
  readonly extensions: readonly ExtensionSummary[];
  /** Sentences about what is odd but not fatal: an extension that could not be read, a missing probe. */
  readonly problems: readonly string[];
}

export interface ExtensionSummary {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Samecell has a reader for it. Others are listed and carried along. */
  readonly known: boolean;
  /** Set where the folder is there but can't be used: why, and the remedy. */
  readonly problem?: string | undefined;
  /** Samecell computed it; the folder does not have it. */
  readonly computedHere?: boolean;
}

/** All spikes as columns in stored order: by segment, then sample. */
export interface SpikeColumns {
  readonly count: number;
  /** Sample within the segment. */
  readonly sampleIndex: Float64Array;
  /** Position in `unitIds`. */
  readonly unitIndex: Int32Array;
  readonly segmentIndex: Int32Array;
  /** Rows of unit `u`, in time order: `rows.subarray(offsets[u], offsets[u + 1])`. */
  readonly rows: Int32Array;
  readonly offsets: Int32Array;
}

/** Which channels each unit is stored on. `mask[unit * channelCount + channel]` is 1 where active. */
export interface Sparsity {
  readonly unitCount: number;
  readonly channelCount: number;
  readonly mask: Uint8Array;
}

/** One value per unit or channel; `kind` tells how SpikeInterface stored it. */
export interface PropertyColumn {
  readonly name: string;
  readonly kind: 'bool' | 'int' | 'float' | 'string';
  readonly values: readonly (boolean | number | string)[];
}

/**
 * A SortingAnalyzer as everyone else sees it. Opening reads metadata only; every array is read when asked
 * for, and bounded caches belong to the view. Unit arguments are positions in `unitIds`.
 */
export interface AnalyzerView {
  readonly summary: AnalyzerSummary;
  readonly unitIds: readonly UnitId[];
  readonly channelIds: readonly UnitId[];
  readonly samplingFrequencyHz: number;
  readonly segmentSampleCounts: readonly number[];
  readonly durationS: number;
  /** x, y per channel in µm, channel order; empty where there is no probe. */
  readonly channelPositionsUm: Float64Array;
  /** `undefined` for a dense analyzer. */
  readonly sparsity: Sparsity | undefined;
  /** Position of a unit id; throws `analyzer.unknownUnit` naming the id. 12 is not "12". */
  indexOf(unitId: UnitId): number;
  has(extension: string): boolean;
  /** Stored parameters; throws `analyzer.missingExtension` with the SpikeInterface snippet that computes it. */
  params(extension: string): Readonly<Record<string, unknown>>;
  spikes(options?: ReadOptions): Promise<SpikeColumns>;
  unitProperties(options?: ReadOptions): Promise<readonly PropertyColumn[]>;
  /** What the recording said about each channel (group, gain_to_uV, …); tables per channel are left out. */
  readonly channelProperties: readonly PropertyColumn[];
  /** The extension's data; throws `analyzer.missingExtension` or `analyzer.damaged` naming the file. */
  extension<Id extends ExtensionId>(id: Id, options?: ReadOptions): Promise<ExtensionData[Id]>;
  /**
   * Position of each unit's main channel, as SpikeInterface 0.105 decides it: the stored `main_channel_id` where the folder names
   * a recording, else argmax over channels of max|template|, else the stored one, else the middle of its active channels.
   */
  mainChannels(options?: ReadOptions): Promise<Int32Array>;
  close(): Promise<void>;
}

/** An analyzer whose content is known by its fingerprint: what sessions, stored answers and pictures rest on. */
export interface IdentifiedAnalyzer extends AnalyzerView {
  /** SHA-256 (hex) over what decides every number drawn or computed; changes when the folder's content changes. */
  readonly fingerprint: string;
  /** The same over the folder alone, whatever was computed for it: what a session belongs to. */
  readonly sourceFingerprint: string;
}
