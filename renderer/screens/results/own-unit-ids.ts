import type { MergePlan } from '../../../app/contract/calls.ts';
import { newUnitIdProblems, typedUnitId } from '../../../app/curation/new-unit-ids.ts';

type UnitId = number | string;

/** What was typed as the new id of a merge, by the merge's units as JSON. */
export type TypedIds = Readonly<Record<string, string>>;

export function keyOf(units: readonly UnitId[]): string {
  return JSON.stringify(units);
}

export interface OwnIds {
  /** For each merge of the plan why its id can't be taken. */
  readonly problems: readonly (string | undefined)[];
  /** Those that differ from the strategy's, for writing. */
  readonly given: readonly { readonly units: UnitId[]; readonly newUnitId: UnitId }[];
}

/** New ids as they would be written: the typed ones, else those of the strategy. */
export function ownIds(unitIds: readonly UnitId[], merges: MergePlan['merges'], typed: TypedIds): OwnIds {
  const asked = merges.map(({ units, newUnitId }) => {
    const text = typed[keyOf(units)];
    return text === undefined ? newUnitId : typedUnitId(text, unitIds);
  });
  const ids = asked.map((id, index) => id ?? merges[index]?.newUnitId ?? '');
  const groups = merges.map(({ units }) => units);
  const wanted = typeof unitIds[0] === 'number' ? 'a whole number' : 'a text that is not empty';
  const problems = newUnitIdProblems(unitIds, groups, ids).map((problem, index) =>
    asked[index] === undefined ? `The ids of this analyzer are of one type: the new one has to be ${wanted}.` : problem,
  );
  const given = merges.flatMap(({ units, newUnitId }, index) => {
    const id = ids[index];
    return id === undefined || id === newUnitId ? [] : [{ units: [...units], newUnitId: id }];
  });
  return { problems, given };
}
