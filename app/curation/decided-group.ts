import type { UnitId } from '../analyzer/view.ts';
import type { VerdictWord } from '../contract/verdict.ts';

/** What has been said about one group: by a person, and by the newest verdict. Rows of `group.list` fit. */
export interface DecidedGroup {
  readonly units: readonly UnitId[];
  /** The person's current decision. */
  readonly decision: VerdictWord | null;
  readonly note?: string;
  readonly verdict: GroupVerdict | null;
}

/** The newest verdict about a group. */
export interface GroupVerdict {
  readonly judge: string;
  readonly model: string;
  readonly verdict: VerdictWord;
  readonly reasoning: string;
  /** For three or more units: which of them belong together, as unit ids. */
  readonly cells?: readonly (readonly UnitId[])[];
}

/** Whose word counts: with `review` only a person's, with `verdicts` the newest verdict where no person has decided. */
export type DecisionSource = 'review' | 'verdicts';

/** Unit groups that are accepted as one cell. A verdict that sorts three or more units into cells accepts each cell of two or more. */
export function acceptedGroups(groups: readonly DecidedGroup[], source: DecisionSource): UnitId[][] {
  return groups.flatMap((group) => {
    if (group.decision !== null) return group.decision === 'merge' ? [[...group.units]] : [];
    if (source === 'review' || group.verdict === null || group.verdict.verdict === 'unsure') return [];
    if (group.verdict.cells !== undefined) return group.verdict.cells.filter((cell) => cell.length > 1).map((cell) => [...cell]);
    return group.verdict.verdict === 'merge' ? [[...group.units]] : [];
  });
}
