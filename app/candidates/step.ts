import type { z } from 'zod';
import type { ExtensionId } from '../analyzer/extensions/data.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';

/** Pairs still in play: bit `i * unitCount + j` for i < j in unit order. */
export interface PairMask {
  readonly unitCount: number;
  readonly bits: Uint8Array;
}

/** As any reading; a step also tells which extension it had to compute because it was missing (SpikeInterface's name). */
export interface StepOptions extends ReadOptions {
  readonly onComputed?: ((extension: string) => void) | undefined;
  /** Also put the outputs of (n, n, B) numbers into `outputs`, as SpikeInterface's `extra_outputs`. */
  readonly largeOutputs?: boolean | undefined;
}

/** What steps hand to later steps of the same run, under SpikeInterface's `extra_outputs` names. */
export type StepOutputs = Record<string, Float64Array | Float32Array | Int32Array | Uint8Array>;

/** What a step measured, against the limit it holds it to. */
export interface StepFinding {
  /** What was measured: "template difference". */
  readonly what: string;
  /** Which unit of the pair it belongs to; absent where it belongs to both together. */
  readonly of?: 'first' | 'second' | undefined;
  readonly value: number;
  /** The parameter that sets the limit; absent where the limit is no parameter. */
  readonly parameter?: string | undefined;
  /** How the value has to stand to the limit. */
  readonly must: 'be at least' | 'be at most' | 'be above' | 'be below';
  readonly limit: number;
  /** "µm", "s", "" for a pure number. */
  readonly unit: string;
  readonly passes: boolean;
}

/** What `explain` works from: the outputs of the run and the positions of the pair, first < second. */
export interface StepTrace {
  readonly outputs: StepOutputs;
  readonly unitCount: number;
  readonly first: number;
  readonly second: number;
}

/** One step of SpikeInterface's `compute_merge_unit_groups`: its id, parameters and defaults, and which pairs it keeps. */
export interface CandidateStep<Id extends string = string, Params = unknown> {
  readonly id: Id;
  readonly title: string;
  readonly purpose: string;
  readonly needs: readonly ExtensionId[];
  /** A strict object; every field has a default and a description. */
  readonly params: z.ZodType<Params>;
  /** Clears the bits of pairs that don't pass; never sets one. Numbers are tested as `!(x < limit)` so NaN never passes unless SpikeInterface lets it. */
  keep(pairs: PairMask, view: AnalyzerView, params: Params, outputs: StepOutputs, options?: StepOptions): Promise<void>;
  /** What it measured about a pair that came to it, from what `keep` left in the outputs. */
  explain(trace: StepTrace, params: Params): readonly StepFinding[];
}

export function defineStep<const Id extends string, Params>(step: CandidateStep<Id, Params>): CandidateStep<Id, Params> {
  return step;
}
