import type { Dtype } from '../../analyzer/dtype.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import type { SinkContent } from '../../analyzer/sink.ts';
import type { ReadOptions } from '../../analyzer/source.ts';
import type { StoredArray } from '../../analyzer/stored-array.ts';
import type { WrittenTable } from '../../analyzer/writing/analyzer-writer.ts';
import type { Failure } from '../../failure.ts';
import type { MergedUnits } from '../merged-units.ts';

/** One array of a merged extension, in C order. */
export interface MergedArray {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly content: SinkContent;
}

/** Merged average templates (n, T, C), for the rules that are computed from them. */
export interface MergedTemplates {
  readonly average: FloatArray;
  readonly sampleCount: number;
  /** Samples before the spike; throws `analyzer.damaged` where the parameters do not tell. */
  beforeCount(): number;
}

/** Everything a rule may look at. */
export interface RuleContext {
  readonly units: MergedUnits;
  readonly samplingFrequencyHz: number;
  /** x, y per channel; empty where there is no probe. */
  readonly channelPositionsUm: Float64Array;
  readonly params: Readonly<Record<string, unknown>>;
  /** The extension's arrays before, by name. */
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** Arrays that can't be read, by name: pickles among them. */
  readonly unreadable: ReadonlyMap<string, Failure>;
  /** Spike rows before that `random_spikes` selected; `undefined` where that extension is not there. */
  readonly selectedRows: Int32Array | undefined;
  /** Set once the `templates` rule has run. */
  readonly templates: MergedTemplates | undefined;
  readonly segmentSampleCounts: readonly number[];
  readonly peakSign: 'both' | 'neg' | 'pos';
  /** SpikeInterface can read traces there. */
  readonly hasRecording: boolean;
  /** Position of each unit's main channel after, as SpikeInterface finds it; asks for `templates` to have run. */
  mainChannels(): Promise<Int32Array>;
  /** A table of this extension before; `undefined` where it is not there. */
  table(name: string): Promise<WrittenTable | undefined>;
  /** An array of another extension before; `undefined` where it is not there. */
  arrayOf(extension: string, name: string): Promise<StoredArray | undefined>;
  readonly options: ReadOptions;
}

/** What becomes of an extension: its arrays after, or why it can't be carried over. */
export type RuleResult =
  | {
      readonly arrays: readonly MergedArray[];
      readonly tables?: readonly { readonly name: string; readonly table: WrittenTable }[];
      readonly templates?: MergedTemplates | undefined;
      readonly note?: string | undefined;
      /** Members of `params.json` that change, as JSON text. */
      readonly params?: Readonly<Record<string, string>>;
    }
  | { readonly dropped: string };

/** How one extension is merged, by SpikeInterface's soft rule. */
export interface MergeRule<Id extends string = string> {
  readonly id: Id;
  merge(context: RuleContext): Promise<RuleResult>;
}

export function defineMergeRule<const Id extends string>(rule: MergeRule<Id>): MergeRule<Id> {
  return rule;
}
