import type { ExtensionId } from '../analyzer/extensions/data.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';

/** A pair of positions in `view.unitIds`, first < second. Every number is symmetric in it unless it says so. */
export interface UnitPair {
  readonly first: number;
  readonly second: number;
}

/** One number about a pair that a person can check. */
export interface EvidenceNumber<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  readonly definition: string;
  /** "ms", "µm", "%", "" for a pure number. */
  readonly unit: string;
  /** Paper or SpikeInterface function. */
  readonly source: string;
  readonly needs: readonly ExtensionId[];
  /** How to read it: which side speaks for the same cell. */
  readonly reading: string;
  /** Digits after the point when shown. */
  readonly digits: number;
  /** `undefined` where it can't be said for this pair (no spikes, no shared channel); never a made-up value. */
  compute(view: AnalyzerView, pair: UnitPair, options?: ReadOptions): Promise<number | undefined>;
}

export function defineNumber<const Id extends string>(number: EvidenceNumber<Id>): EvidenceNumber<Id> {
  return number;
}
