import type { z } from 'zod';
import { Failure } from '../../../failure.ts';
import type { Dtype } from '../../dtype.ts';
import type { ExtensionId } from '../../extensions/data.ts';
import type { JsonObject } from '../../json.ts';
import type { Traces } from '../../recording/traces.ts';
import type { SinkContent } from '../../sink.ts';
import type { AnalyzerView } from '../../view.ts';

/** What a computation works with. */
export interface ComputeContext {
  /** The analyzer with everything that is there so far. */
  readonly view: AnalyzerView;
  /** The recording, already checked to belong to the analyzer; `undefined` where it can't be reached. */
  readonly traces: Traces | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ComputedArray {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly content: SinkContent;
}

/** An extension as SpikeInterface's `binary_folder` holds it. */
export interface ComputedExtension {
  /** As SpikeInterface stores them, defaults filled in. */
  readonly params: JsonObject;
  readonly arrays: readonly ComputedArray[];
  /** Files beside the arrays, such as `metrics.csv`. */
  readonly texts?: readonly { readonly name: string; readonly text: string }[];
}

export interface Needs {
  /** Extensions that must be there. */
  readonly extensions: readonly ExtensionId[];
  readonly recording: boolean;
  readonly probe: boolean;
}

/** How one missing extension is computed. */
export interface Computation<Params extends z.ZodType = z.ZodType> {
  /** SpikeInterface's own name. */
  readonly id: ExtensionId;
  /** SpikeInterface's class, for `info.json`. */
  readonly className: string;
  /** SpikeInterface's parameters and defaults; anything else is refused. */
  readonly params: Params;
  /** What it needs; `has` tells what is there or will be by then. */
  needs(has: (extension: string) => boolean): Needs;
  run(context: ComputeContext, params: z.output<Params>): Promise<ComputedExtension>;
}

export function defineComputation<Params extends z.ZodType>(computation: Computation<Params>): Computation {
  return computation as unknown as Computation;
}

/** The recording, for computations that can't do without; whoever calls them has checked `needs`. */
export function requireTraces({ traces }: ComputeContext, extension: string): Traces {
  if (traces !== undefined) return traces;
  throw new Failure('input.notFound', `Computing ${extension} reads the recording, which can't be reached. Locate the recording.`, {
    extension,
  });
}

export const nothingElse = { recording: false, probe: false } as const;
