import type { BoundedCache } from '../bounded-cache.ts';
import type { ReadOptions } from '../source.ts';
import type { StoredExtension } from '../stored-analyzer.ts';
import type { Sparsity, SpikeColumns, UnitId } from '../view.ts';
import type { ExtensionData, ExtensionId } from './data.ts';

/** What a reader may know besides its own folder. */
export interface ReadContext {
  readonly unitIds: readonly UnitId[];
  readonly channelCount: number;
  readonly spikeCount: number;
  readonly samplingFrequencyHz: number;
  readonly sparsity: Sparsity | undefined;
  readonly cache: BoundedCache;
  spikes(options?: ReadOptions): Promise<SpikeColumns>;
  extension<Id extends ExtensionId>(id: Id, options?: ReadOptions): Promise<ExtensionData[Id]>;
}

/** One SpikeInterface extension: what it is, what it needs, and how it is read from either form. */
export interface ExtensionDefinition<Id extends ExtensionId = ExtensionId> {
  /** SpikeInterface's own name. */
  readonly id: Id;
  readonly title: string;
  /** Extensions that must be computed first, in SpikeInterface's order. */
  readonly dependsOn: readonly string[];
  /** Computing it reads traces. */
  readonly needsRecording: boolean;
  /** Arrays or tables without which it can't be used. */
  readonly requires: readonly string[];
  read(stored: StoredExtension, context: ReadContext, options?: ReadOptions): Promise<ExtensionData[Id]>;
}

export function defineExtension<Id extends ExtensionId>(definition: ExtensionDefinition<Id>): ExtensionDefinition<Id> {
  return definition;
}
