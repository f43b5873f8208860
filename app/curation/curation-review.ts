import { z } from 'zod';
import type { UnitId } from '../analyzer/view.ts';
import type { VerdictWord } from '../contract/verdict.ts';
import { Failure } from '../failure.ts';
import { givenJson } from './given-json.ts';

/** The start of phy's key of a proposal; sixteen hexadecimal digits follow. */
const keyPrefix = 'merge:';
const keyDigits = 16;

export type HashText = (text: string) => string;

/** One proposed merge and what became of it. */
export interface ReviewedProposal {
  /** In the order of the proposal: the first unit is phy's reference. */
  readonly units: readonly UnitId[];
  /** What was decided; `undefined` while it is pending. */
  readonly decision: 'accepted' | 'rejected' | undefined;
  /** For an accepted one: the units that were merged, which may be others than proposed, and the id they got. */
  readonly appliedUnits?: readonly UnitId[] | undefined;
  readonly resultUnitId?: UnitId | undefined;
}

export interface ReviewRequest {
  readonly proposals: readonly ReviewedProposal[];
  /** The curation file with all proposals that lies beside it, as written. */
  readonly curationText: string;
  /** SHA-256 of a text's UTF-8 bytes, in hexadecimal. */
  readonly hash: HashText;
}

/** phy's words for a decision here; `unsure` stays pending. */
export function reviewDecision(word: VerdictWord | null): ReviewedProposal['decision'] {
  if (word === 'merge') return 'accepted';
  return word === 'not merge' ? 'rejected' : undefined;
}

/**
 * phy 2.2's `curation_review.json` beside `curation.json`: decisions by the key of the proposal, pending ones without an
 * entry. phy knows whole-number ids only; throws `input.invalid` for a text.
 */
export function writeCurationReview({ proposals, curationText, hash }: ReviewRequest): string {
  const reviews: Record<string, unknown> = {};
  for (const { units, decision, appliedUnits, resultUnitId } of proposals) {
    if (decision === undefined) continue;
    const key = proposalKey(wholeNumbers(units), hash);
    reviews[key] =
      decision === 'rejected'
        ? { decision }
        : { decision, applied_unit_ids: wholeNumbers(appliedUnits ?? units), result_unit_id: wholeNumbers([resultUnitId ?? 'none'])[0] };
  }
  const value = { format_version: '1', source: { filename: 'curation.json', sha256: hash(curationText) }, reviews };
  return `${JSON.stringify(value, null, 2)}\n`;
}

const review = z.looseObject({
  decision: z.string().nullish(),
  applied_unit_ids: z.array(z.union([z.number().int(), z.string()])).nullish(),
  result_unit_id: z.union([z.number().int(), z.string()]).nullish(),
});
const document = z.looseObject({
  format_version: z.union([z.literal('1'), z.literal(1)]),
  reviews: z.record(z.string(), review),
});

export interface ReadReview {
  readonly proposals: readonly ReviewedProposal[];
  /** Decisions about proposals that the curation file does not list. */
  readonly orphaned: number;
  /** Accepted ones among them still say what was merged. */
  readonly orphanedMerges: readonly (readonly UnitId[])[];
}

/**
 * Reads phy's decisions about the merges of a curation file, in that file's order. Words other than accepted and rejected
 * (`pending`, `stale`, `invalid`) decide nothing; `accepted_modified` counts as accepted. Throws `input.invalid`.
 */
export function readCurationReview(
  text: string,
  name: string,
  proposed: readonly { readonly units: readonly UnitId[] }[],
  hash: HashText,
): ReadReview {
  const parsed = document.safeParse(givenJson(text, `${name} is not JSON, so it can't be phy's curation_review.json.`, { file: name }));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Failure(
      'input.invalid',
      `${name}: ${issue.path.join('.') || 'it'} is not as phy's curation_review.json has it (${issue.message}).`,
      {
        file: name,
        field: issue.path.join('.'),
      },
    );
  }
  const reviews = new Map(Object.entries(parsed.data.reviews));
  const proposals = proposed.map(({ units }): ReviewedProposal => {
    const key = proposalKey(units, hash);
    const found = reviews.get(key);
    reviews.delete(key);
    return { units, ...(found === undefined ? { decision: undefined } : decided(found)) };
  });
  const orphanedMerges = [...reviews.values()].flatMap((entry) => {
    const { decision, appliedUnits } = decided(entry);
    return decision === 'accepted' && appliedUnits !== undefined ? [appliedUnits] : [];
  });
  return { proposals, orphaned: reviews.size, orphanedMerges };
}

function decided(entry: z.output<typeof review>): Omit<ReviewedProposal, 'units'> {
  if (entry.decision === 'rejected') return { decision: 'rejected' };
  if (entry.decision !== 'accepted' && entry.decision !== 'accepted_modified') return { decision: undefined };
  return {
    decision: 'accepted',
    ...(entry.applied_unit_ids && { appliedUnits: entry.applied_unit_ids }),
    ...(entry.result_unit_id != null && { resultUnitId: entry.result_unit_id }),
  };
}

/** By the ids in their order, so that a proposal keeps its decision when the list around it changes. */
function proposalKey(units: readonly UnitId[], hash: HashText): string {
  return `${keyPrefix}${hash(units.join(',')).slice(0, keyDigits)}`;
}

function wholeNumbers(units: readonly UnitId[]): number[] {
  return units.map((unit) => {
    if (typeof unit === 'number') return unit;
    throw new Failure(
      'input.invalid',
      `phy numbers its clusters, so a review for phy can't be written for the unit id ${JSON.stringify(unit)}. Leave out the files for phy's review.`,
      { unit },
    );
  });
}
