import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import {
  type CandidateRequest,
  type CandidateResult,
  findCandidates,
  type PairsAtThresholds,
  pairsAtThresholds,
  type StepReport,
} from '../../../app/candidates/run.ts';
import { type WhyNot, whyNot } from '../../../app/candidates/why-not.ts';
import { type Distributions, distributionsOf } from '../../../app/evidence/distributions.ts';
import { measurePair } from '../../../app/evidence/measure.ts';
import { judgeOffline, type OfflineVerdict } from '../../../app/judges/offline/judge.ts';

export interface Found {
  /** Positions in `unitIds`. */
  readonly groups: readonly (readonly number[])[];
  /** Of each group: the largest 1 − template similarity of its pairs, where the search measured it. */
  readonly templateDiffs: readonly (number | null)[];
  readonly steps: readonly StepReport[];
  readonly computed: readonly string[];
  readonly ms: number;
}

/** What the searching thread can be asked: input and answer of each. */
export interface SearchWorks {
  find: { input: CandidateRequest; answer: Found };
  whyNot: { input: { request: CandidateRequest; units: readonly [number, number] }; answer: WhyNot };
  atThresholds: { input: Record<string, never>; answer: PairsAtThresholds };
  distributions: { input: { most?: number | undefined }; answer: Distributions };
  /** Numbers of pairs of positions, in their order. */
  measure: { input: { pairs: readonly (readonly [number, number])[] }; answer: readonly Readonly<Record<string, number | null>>[] };
  /** What the offline judge says about a group of positions, called by these letters. */
  judge: { input: { units: readonly number[]; labels: readonly string[] }; answer: OfflineVerdict };
}

export type SearchWork = keyof SearchWorks;

type Progress = (done: number, total: number, what: string) => void;

type Doers = {
  readonly [Work in SearchWork]: (
    view: IdentifiedAnalyzer,
    input: SearchWorks[Work]['input'],
    options: ReadOptions & { readonly progress: Progress },
  ) => Promise<SearchWorks[Work]['answer']>;
};

const keptTraces = 3;

/** The work itself. What the newest runs left behind is kept, so that "why not?" needs no second search. */
export function createSearchWork(): Doers {
  const traces = new Map<string, CandidateResult>();

  const search = async (
    view: IdentifiedAnalyzer,
    request: CandidateRequest,
    { signal, progress }: ReadOptions & { readonly progress: Progress },
  ): Promise<CandidateResult> => {
    const found = await findCandidates(view, request, {
      signal,
      now: () => performance.now(),
      onStep: (id, index, total) => progress(index, total, id),
    });
    const name = nameOf(view, request);
    traces.delete(name);
    traces.set(name, found);
    if (traces.size > keptTraces) traces.delete(traces.keys().next().value as string);
    return found;
  };

  return {
    async find(view, request, options) {
      const { groups, steps, computed, ms, outputs } = await search(view, request, options);
      const templateDiffs = groups.map((group) => largestDiff(outputs['templates_diff'], group, view.unitIds.length));
      return { groups, templateDiffs, steps, computed, ms };
    },
    async whyNot(view, { request, units }, options) {
      const found = traces.get(nameOf(view, request)) ?? (await search(view, request, options));
      return whyNot(found, request, view.unitIds.length, units);
    },
    atThresholds: (view, _input, { signal }) => pairsAtThresholds(view, { signal }),
    distributions: (view, { most }, { signal, progress }) =>
      distributionsOf(view, { signal, most, onPair: (done, total) => progress(done, total, 'pairs measured') }),
    async measure(view, { pairs }, { signal, progress }) {
      const measured = [];
      for (const [index, [first, second]] of pairs.entries()) {
        progress(index, pairs.length, 'pairs measured');
        measured.push(await measurePair(view, { first, second }, { signal }));
      }
      return measured;
    },
    judge: (view, group, { signal }) => judgeOffline(view, group, { signal }),
  };
}

function nameOf(view: IdentifiedAnalyzer, { preset, steps, params, resolveGraph }: CandidateRequest): string {
  return JSON.stringify([view.fingerprint, preset, steps, params, resolveGraph]);
}

function largestDiff(diffs: ArrayLike<number> | undefined, positions: readonly number[], unitCount: number): number | null {
  if (!diffs) return null;
  let largest = Number.NEGATIVE_INFINITY;
  for (const first of positions)
    for (const second of positions) if (first < second) largest = Math.max(largest, diffs[first * unitCount + second]);
  return Number.isFinite(largest) ? largest : null;
}
