import type { FingerprintedFile } from './fingerprint.ts';
import type { JsonObject } from './json.ts';
import type { ReadOptions } from './source.ts';
import type { StoredArray } from './stored-array.ts';
import type { UnitId } from './view.ts';

/** What both on-disk forms give: metadata that has been read, arrays that have been described. */
export interface StoredAnalyzer {
  readonly format: 'binary_folder' | 'zarr' | 'phy';
  readonly version: string;
  readonly settings: JsonObject;
  readonly recordingAttributes: JsonObject;
  /** How messages name the recording attributes. */
  readonly recordingAttributesFile: string;
  readonly probegroup: JsonObject | undefined;
  readonly unitIds: readonly UnitId[];
  readonly samplingFrequencyHz: number;
  readonly segmentCount: number;
  readonly namesRecording: boolean;
  readonly sparsityMask: StoredArray | undefined;
  /** How messages name the spikes. */
  readonly spikesFile: string;
  readonly spikeCount: number;
  readSpikes(options?: ReadOptions): Promise<StoredSpikes>;
  readonly unitProperties: readonly StoredProperty[];
  readonly extensions: readonly StoredExtension[];
  readonly problems: readonly string[];
  /** What the fingerprint covers. Only asked for it is looked up. */
  files(options?: ReadOptions): Promise<readonly FingerprintedFile[]>;
}

/** Spikes as they are stored, not yet checked against the units and segments. */
export interface StoredSpikes {
  readonly sampleIndex: Float64Array;
  readonly unitIndex: Int32Array;
  readonly segmentIndex: Int32Array;
}

export interface StoredProperty {
  readonly name: string;
  readonly array: StoredArray;
}

export interface StoredExtension {
  readonly name: string;
  readonly params: JsonObject;
  /** Why it can't be used, where it can't. */
  readonly problem: string | undefined;
  /** It lies in Samecell's own store, not in the analyzer's folder. */
  readonly computedHere?: boolean;
  /** Names of the arrays and tables it holds. */
  readonly dataNames: readonly string[];
  /** How messages name one of its arrays or tables. */
  fileOf(dataName: string): string;
  array(dataName: string, options?: ReadOptions): Promise<StoredArray | undefined>;
  table(dataName: string, options?: ReadOptions): Promise<StoredTable | undefined>;
}

/** A pandas table: one row per unit, numbers as columns, anything else as text. */
export interface StoredTable {
  readonly index: readonly string[];
  readonly columns: readonly { readonly name: string; readonly values: Float64Array | readonly string[] }[];
}
