import { similarityForStep } from '../analyzer/compute/similarity-of-view.ts';
import type { SimilarityMethod } from '../analyzer/compute/template-similarity.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import { Failure, throwIfCancelled } from '../failure.ts';
import { allPairs, listPairs } from './pair-mask.ts';
import { presets } from './presets.ts';
import { candidateSteps, stepById } from './registry.ts';
import { resolveGraph } from './resolve-graph.ts';
import type { CandidateStep, StepOutputs } from './step.ts';

export interface CandidateRequest {
  /** Used where `steps` is left out; `similarity_correlograms` where both are. */
  readonly preset?: string | undefined;
  /** In this order; wins over `preset`. */
  readonly steps?: readonly string[] | undefined;
  /** Parameters per step id, under SpikeInterface's names; the rest keeps its defaults. */
  readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  /** Groups are connected components; otherwise every pair is a group of its own. */
  readonly resolveGraph: boolean;
}

export interface CandidateOptions extends ReadOptions {
  /** Milliseconds, rising. */
  readonly now: () => number;
  /** Called before each step. */
  readonly onStep?: ((id: string, index: number, total: number) => void) | undefined;
  /** Called after each step with the pairs still in play. */
  readonly onPairs?: ((id: string, pairs: [number, number][]) => void) | undefined;
  /** Also give the (n, n, B) outputs of the step `correlogram`. */
  readonly largeOutputs?: boolean | undefined;
}

export interface StepReport {
  readonly id: string;
  readonly title: string;
  readonly in: number;
  readonly out: number;
  readonly ms: number;
}

export interface CandidateResult {
  /** Positions in `unitIds`. */
  readonly groups: number[][];
  readonly pairs: [number, number][];
  readonly steps: StepReport[];
  /** Extensions that were missing and computed for this run. */
  readonly computed: string[];
  readonly outputs: StepOutputs;
  /** For each pair (first * n + second): the 1-based step of this run that dropped it, 0 where it was kept. */
  readonly droppedBy: Uint8Array;
  readonly ms: number;
}

/**
 * Merge candidates as SpikeInterface 0.105's `compute_merge_unit_groups` gives them: all pairs, and each step removes some.
 * Throws `input.invalid` for an unknown preset, step or parameter, `analyzer.missingExtension` where a step's data can't be
 * had or computed, `cancelled`.
 */
export async function findCandidates(view: AnalyzerView, request: CandidateRequest, options: CandidateOptions): Promise<CandidateResult> {
  const plan = planSteps(request);
  const unitCount = view.unitIds.length;
  const mask = allPairs(unitCount);
  const outputs: StepOutputs = {};
  const droppedBy = new Uint8Array(mask.bits.length);
  const computed = new Set<string>();
  const reports: StepReport[] = [];
  let inPlay = (unitCount * (unitCount - 1)) / 2;
  const before = new Uint8Array(mask.bits.length);
  const begin = options.now();
  for (const [index, { step, params }] of plan.entries()) {
    throwIfCancelled(options.signal);
    options.onStep?.(step.id, index, plan.length);
    before.set(mask.bits);
    const started = options.now();
    await step.keep(mask, view, params, outputs, {
      signal: options.signal,
      largeOutputs: options.largeOutputs,
      onComputed: (extension) => computed.add(extension),
    });
    const left = inPlay - noteDropped(mask.bits, before, droppedBy, index + 1);
    reports.push({ id: step.id, title: step.title, in: inPlay, out: left, ms: options.now() - started });
    inPlay = left;
    options.onPairs?.(step.id, listPairs(mask));
  }
  const pairs = listPairs(mask);
  return {
    groups: request.resolveGraph ? resolveGraph(unitCount, pairs) : pairs.map((pair) => [...pair]),
    pairs,
    steps: reports,
    computed: [...computed],
    outputs,
    droppedBy,
    ms: options.now() - begin,
  };
}

/** Notes the step by each pair it dropped; how many those are. */
function noteDropped(after: Uint8Array, before: Uint8Array, droppedBy: Uint8Array, step: number): number {
  let count = 0;
  for (let cell = 0; cell < after.length; cell += 1) {
    if (before[cell] === after[cell]) continue;
    droppedBy[cell] = step;
    count += 1;
  }
  return count;
}

/** The steps of a request in their order, with every parameter filled in. Throws as `findCandidates`. */
export function planSteps(request: CandidateRequest): { step: CandidateStep; params: unknown }[] {
  const ids = request.steps ?? stepsOfPreset(request.preset ?? 'similarity_correlograms');
  for (const id of Object.keys(request.params ?? {})) if (!stepById(id)) throw unknownStep(id, 'params');
  return ids.map((id) => {
    const step = stepById(id);
    if (!step) throw unknownStep(id, 'steps');
    const given = request.params && Object.hasOwn(request.params, id) ? request.params[id] : {};
    const parsed = step.params.safeParse(given);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = [id, ...issue.path].join('.');
      throw new Failure('input.invalid', `The parameter ${field} of the step ${step.title} is not usable: ${issue.message}`, { field });
    }
    return { step, params: parsed.data };
  });
}

function stepsOfPreset(id: string): readonly string[] {
  const preset = presets.find((one) => one.id === id);
  if (preset) return preset.steps;
  const known = presets.map((one) => one.id).join(', ');
  throw new Failure('input.invalid', `There is no preset ${id}; choose one of ${known}.`, { field: 'preset', value: id });
}

function unknownStep(id: string, field: string): Failure {
  const known = candidateSteps.map((step) => step.id).join(', ');
  return new Failure('input.invalid', `There is no step ${id}; the steps are ${known}.`, { field, value: id });
}

export interface PairsAtThresholds {
  /** Rising `template_diff_thresh` values. */
  readonly thresholds: number[];
  /** Pairs that `template_similarity` alone keeps at each. */
  readonly pairCounts: number[];
  readonly pairTotal: number;
  /** `null` where there is no pair that can be compared. */
  readonly smallestDiff: number | null;
}

const shownThresholds = Array.from({ length: 20 }, (_, index) => (index + 1) / 20);

/** How many pairs the step `template_similarity` alone would keep at 0.05, 0.10, … 1.00, with its default method l1. */
export async function pairsAtThresholds(
  view: AnalyzerView,
  options?: ReadOptions & { method?: SimilarityMethod },
): Promise<PairsAtThresholds> {
  const { similarity } = await similarityForStep(view, options?.method ?? 'l1', options);
  const unitCount = view.unitIds.length;
  const pairCounts = shownThresholds.map(() => 0);
  let smallest = Number.POSITIVE_INFINITY;
  for (let first = 0; first < unitCount; first += 1) {
    for (let second = first + 1; second < unitCount; second += 1) {
      const diff = Math.fround(1 - similarity[first * unitCount + second]);
      if (diff < smallest) smallest = diff;
      for (let place = shownThresholds.length - 1; place >= 0 && diff < Math.fround(shownThresholds[place]); place -= 1)
        pairCounts[place] += 1;
    }
  }
  return {
    thresholds: [...shownThresholds],
    pairCounts,
    pairTotal: (unitCount * (unitCount - 1)) / 2,
    smallestDiff: Number.isFinite(smallest) ? smallest : null,
  };
}
