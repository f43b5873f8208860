import type { UnitId } from '../analyzer/view.ts';
import type { VerdictWord } from '../contract/verdict.ts';
import { Failure } from '../failure.ts';
import { readCurationJson } from './curation-json.ts';
import { type HashText, readCurationReview } from './curation-review.ts';
import { positionOf, unitPositions } from './merge-graph.ts';

export interface ReviewedGroup {
  /** In the analyzer's unit order. */
  readonly units: readonly UnitId[];
  /** `undefined` where phy left it pending. */
  readonly decision: Extract<VerdictWord, 'merge' | 'not merge'> | undefined;
}

export interface ImportedReview {
  readonly groups: readonly ReviewedGroup[];
  /** Decisions that can't be told apart: about proposals that are in no list here. */
  readonly leftOutCount: number;
}

export interface ReviewSource {
  readonly text: string;
  readonly name: string;
  /** The curation file beside it. */
  readonly curation: string | undefined;
  /** Groups that are known already: decisions about them are found without the curation file. */
  readonly known: readonly (readonly UnitId[])[];
  readonly unitIds: readonly UnitId[];
  readonly hash: HashText;
}

/** Whether a text is phy's `curation_review.json`. */
export function isCurationReview(text: string): boolean {
  return /^\uFEFF?\s*\{/.test(text) && /"reviews"\s*:/.test(text) && /"format_version"\s*:/.test(text);
}

/**
 * Groups and decisions of phy's `curation_review.json`: proposals of the curation file beside it, or of the groups known here
 * where that is not given. An accepted proposal that was changed first is the group that was merged, decided, and the proposed
 * one, open. Throws `input.invalid`, also where no decision can be matched, and `analyzer.unknownUnit`.
 */
export function importReview({ text, name, curation, known, unitIds, hash }: ReviewSource): ImportedReview {
  const beside = curation === undefined ? undefined : readCurationJson(curation, 'curation.json', { proposals: true });
  const proposed = beside?.merges ?? known.map((units) => ({ units }));
  const { proposals, orphaned, orphanedMerges } = readCurationReview(text, name, proposed, hash);
  const order = analyzerOrder(unitIds, name);
  const found = new Map<string, ReviewedGroup>();
  const put = (units: readonly UnitId[], decision: ReviewedGroup['decision']): void => {
    const group = { units: order(units), decision };
    const key = JSON.stringify(group.units);
    if (found.get(key)?.decision === undefined) found.set(key, group);
  };
  for (const { units, decision, appliedUnits } of proposals) {
    const isChanged = appliedUnits !== undefined && JSON.stringify(order(appliedUnits)) !== JSON.stringify(order(units));
    if (decision === 'accepted') put(appliedUnits ?? units, 'merge');
    else if (decision === 'rejected') put(units, 'not merge');
    // What was merely known here is no news.
    if (isChanged || (decision === undefined && curation !== undefined)) put(units, undefined);
  }
  for (const units of orphanedMerges) put(units, 'merge');
  const leftOutCount = orphaned - orphanedMerges.length;
  if (found.size === 0 && leftOutCount > 0)
    throw new Failure(
      'input.invalid',
      `${name} names its proposals by a hash only, and none of ${leftOutCount} is on the list here. Choose the curation.json beside it too.`,
      { source: name, leftOutCount },
    );
  if (found.size === 0) throw new Failure('input.invalid', `${name} decides nothing.`, { source: name });
  return { groups: [...found.values()], leftOutCount };
}

/** phy knows numbers only; the analyzer may write the same id as text. */
function analyzerOrder(unitIds: readonly UnitId[], name: string): (units: readonly UnitId[]) => UnitId[] {
  const positions = unitPositions(unitIds);
  const byText = new Map(unitIds.map((id) => [String(id), id]));
  return (units) => {
    const places = units.map((id) => {
      try {
        return positionOf(positions, positions.has(id) ? id : (byText.get(String(id)) ?? id));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        throw new Failure(error.kind, `${name}: ${error.message}`, { ...error.details, source: name });
      }
    });
    return [...new Set(places)].sort((a, b) => a - b).map((at) => unitIds[at]);
  };
}
