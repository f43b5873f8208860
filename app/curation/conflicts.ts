import type { UnitId } from '../analyzer/view.ts';
import type { DecidedGroup } from './decided-group.ts';

/** Units that somebody or something said are not one cell. */
export interface Refusal {
  readonly units: readonly UnitId[];
  /** "you", or judge and model. */
  readonly by: string;
  readonly reasoning: string;
}

/**
 * The refusals inside one joined group of units. A person's `not merge` always counts; a judge's newest one counts unless a
 * person accepted a group that holds those units. `unsure` refuses nothing. A refused group of three or more counts
 * only where all its units were joined: that not all are one cell says nothing about two of them.
 */
export function refusalsWithin(component: readonly UnitId[], groups: readonly DecidedGroup[]): Refusal[] {
  const inside = new Set(component);
  return allRefusals(groups).filter((refusal) => refusal.units.every((id) => inside.has(id)));
}

function allRefusals(groups: readonly DecidedGroup[]): Refusal[] {
  const acceptedByPerson = groups.filter((group) => group.decision === 'merge').map((group) => new Set(group.units));
  const overruled = (units: readonly UnitId[]) => acceptedByPerson.some((accepted) => units.every((id) => accepted.has(id)));
  return groups.flatMap((group): Refusal[] => {
    if (group.decision === 'not merge') return [{ units: group.units, by: 'you', reasoning: group.note ?? '' }];
    const { verdict } = group;
    if (verdict === null) return [];
    const by = verdict.model === '' || verdict.model === verdict.judge ? verdict.judge : `${verdict.judge} (${verdict.model})`;
    return refusedUnits(group)
      .filter((units) => !overruled(units))
      .map((units) => ({ units, by, reasoning: verdict.reasoning }));
  });
}

function refusedUnits(group: DecidedGroup): (readonly UnitId[])[] {
  const verdict = group.verdict;
  if (verdict === null || verdict.verdict === 'unsure') return [];
  if (verdict.cells !== undefined) return pairsAcross(verdict.cells);
  return verdict.verdict === 'not merge' ? [group.units] : [];
}

function pairsAcross(cells: readonly (readonly UnitId[])[]): UnitId[][] {
  return cells.flatMap((cell, index) => cells.slice(index + 1).flatMap((other) => cell.flatMap((a) => other.map((b) => [a, b]))));
}
