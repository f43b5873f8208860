import type { Dtype } from '../dtype.ts';
import type { Sink, SinkContent } from '../sink.ts';
import type { Sparsity, SpikeColumns, UnitId } from '../view.ts';

/** The layout that is written, in either form: SpikeInterface 0.102 to 0.105 load it. */
export const writtenVersion = '0.105.3';

export const analyzerForms = ['binary_folder', 'zarr'] as const;
export type AnalyzerForm = (typeof analyzerForms)[number];

/** The part of a sink that writing uses; committing and discarding stay with the caller. */
export type WritingSink = Pick<Sink, 'write' | 'remove'>;

export interface SortingFacts {
  readonly unitIds: readonly UnitId[];
  readonly samplingFrequencyHz: number;
  readonly segmentCount: number;
  readonly spikes: SpikeColumns;
  /** JSON text. */
  readonly annotations: string;
}

/** A pandas table with a row per unit. */
export interface WrittenTable {
  readonly index: readonly UnitId[];
  readonly columns: readonly WrittenColumn[];
}

export interface WrittenColumn {
  readonly name: string;
  readonly kind: 'int' | 'float' | 'bool' | 'text';
  /** Numbers, not-a-number where empty (then the kind is `float`); texts for `text`. */
  readonly values: Float64Array | readonly string[];
}

/** What an extension is stored with, as JSON text. */
export interface ExtensionTexts {
  readonly params: string;
  readonly info: string | undefined;
  readonly runInfo: string | undefined;
}

/** Writes one form of a SortingAnalyzer into a sink, piece by piece. `finish` comes last. */
export interface AnalyzerWriter {
  /** Keys written so far. */
  readonly files: readonly string[];
  /** Version and settings; takes the older spelling of `return_in_uV` too. */
  settings(stored: Readonly<Record<string, unknown>>): Promise<void>;
  sparsity(sparsity: Sparsity): Promise<void>;
  sorting(facts: SortingFacts): Promise<void>;
  property(name: string, dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Promise<void>;
  /** Both JSON texts. */
  recordingInfo(attributes: string, probegroup: string | undefined): Promise<void>;
  /** Where the traces are, as JSON text with paths relative to the new folder. */
  recording(text: string): Promise<void>;
  extension(name: string): ExtensionWriter;
  finish(): Promise<void>;
}

/** Writes one extension. Until `finish` it does not exist for SpikeInterface; `abandon` takes back what was written of it. */
export interface ExtensionWriter {
  array(name: string, dtype: Dtype, shape: readonly number[], content: SinkContent): Promise<void>;
  table(name: string, table: WrittenTable): Promise<void>;
  /** A dictionary, as JSON text. */
  object(name: string, text: string): Promise<void>;
  finish(texts: ExtensionTexts): Promise<void>;
  abandon(): Promise<void>;
}

/** The settings every version finds: 0.102 asks for `return_scaled`, 0.103 and later for `return_in_uV`. */
export function writtenSettings(stored: Readonly<Record<string, unknown>>) {
  const scaled = stored['return_in_uV'] ?? stored['return_scaled'] ?? true;
  return {
    return_in_uV: scaled,
    return_scaled: scaled,
    peak_sign: stored['peak_sign'] ?? 'both',
    peak_mode: stored['peak_mode'] ?? 'extremum',
  };
}

export const writtenInfo = { version: writtenVersion, dev_mode: false, object: 'SortingAnalyzer' } as const;

/** A number as Python's float would print it in JSON. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}
