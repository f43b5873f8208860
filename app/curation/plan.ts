import type { UnitId } from '../analyzer/view.ts';
import type { MergePlan } from '../contract/calls.ts';
import { Failure } from '../failure.ts';
import { refusalsWithin } from './conflicts.ts';
import { acceptedGroups, type DecidedGroup, type DecisionSource } from './decided-group.ts';
import { resolveMergingGraph, unitPositions } from './merge-graph.ts';
import { checkNewUnitIds, type NewIdStrategy, newUnitIds, unitIdsAfterMerging } from './new-unit-ids.ts';

/** What to do with a conflict, named by its units in any order. */
export interface ConflictChoice {
  readonly units: readonly UnitId[];
  readonly choice: 'merge' | 'apart';
}

export interface PlanOptions {
  readonly source: DecisionSource;
  readonly choices?: readonly ConflictChoice[];
  readonly newIdStrategy?: NewIdStrategy | undefined;
  /** Ids for some merges, named by their units in any order, instead of the strategy's. */
  readonly newUnitIds?: readonly { readonly units: readonly UnitId[]; readonly newUnitId: UnitId }[] | undefined;
}

/**
 * What would be merged: accepted groups joined to connected components, in unit order, with the new ids SpikeInterface would give.
 * A component with a refusal inside is listed under `conflicts` and stays out of `merges` until a choice says `merge`.
 * Throws `analyzer.unknownUnit` for an id that is not in `unitIds`.
 */
export function mergePlan(unitIds: readonly UnitId[], groups: readonly DecidedGroup[], options: PlanOptions): MergePlan {
  const accepted = acceptedGroups(groups, options.source);
  const conflicts: MergePlan['conflicts'] = [];
  const merged: UnitId[][] = [];
  let waiting = 0;
  for (const component of resolveMergingGraph(unitIds, accepted)) {
    const refused = refusalsWithin(component, groups);
    if (refused.length === 0) {
      merged.push(component);
      continue;
    }
    conflicts.push({ units: component, refused: refused.map((refusal) => ({ ...refusal, units: [...refusal.units] })) });
    const choice = choiceFor(component, options.choices ?? []);
    if (choice === 'merge') merged.push(component);
    if (choice === undefined) waiting++;
  }
  const newIds = newUnitIds(unitIds, merged, options.newIdStrategy).map(
    (id, index) => (options.newUnitIds ?? []).find(({ units }) => sameUnits(units, merged[index]))?.newUnitId ?? id,
  );
  checkNewUnitIds(unitIds, merged, newIds);
  return {
    merges: merged.map((units, index) => ({ units, newUnitId: newIds[index], from: sourcesOf(units, accepted, unitIds) })),
    conflicts,
    unitCountBefore: unitIds.length,
    unitCountAfter: unitIdsAfterMerging(unitIds, merged, newIds).length,
    warnings: warningsOf(merged.length, waiting, accepted.length),
  };
}

/** Throws `merge.conflict` naming the first group of the plan that still waits for a choice. */
export function requireChoices(plan: MergePlan, choices: readonly ConflictChoice[]): void {
  const open = plan.conflicts.find((conflict) => choiceFor(conflict.units, choices) === undefined);
  if (open === undefined) return;
  const units = open.units.map((id) => JSON.stringify(id)).join(', ');
  const [refusal] = open.refused;
  throw new Failure(
    'merge.conflict',
    `Units ${units} were joined through accepted pairs, but ${refusal.by} refused ${refusal.units.map((id) => JSON.stringify(id)).join(' + ')}. Choose whether to merge them all or leave them apart.`,
    { units: open.units, refused: refusal.units },
  );
}

function choiceFor(units: readonly UnitId[], choices: readonly ConflictChoice[]): ConflictChoice['choice'] | undefined {
  return choices.find((choice) => sameUnits(choice.units, units))?.choice;
}

function sameUnits(one: readonly UnitId[], other: readonly UnitId[]): boolean {
  const wanted = new Set(other);
  return one.length === wanted.size && one.every((id) => wanted.has(id));
}

function sourcesOf(component: readonly UnitId[], accepted: readonly (readonly UnitId[])[], unitIds: readonly UnitId[]): UnitId[][] {
  const inside = new Set(component);
  const positions = unitPositions(unitIds);
  const inOrder = (units: readonly UnitId[]) => [...units].sort((a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0));
  const sources = accepted.filter((group) => inside.has(group[0])).map(inOrder);
  return [...new Map(sources.map((group) => [JSON.stringify(group), group])).values()];
}

function warningsOf(mergedCount: number, waiting: number, acceptedCount: number): string[] {
  const warnings: string[] = [];
  if (waiting > 0)
    warnings.push(`${waiting === 1 ? 'One group holds' : `${waiting} groups hold`} a refused pair and stays apart until you choose.`);
  if (acceptedCount === 0) warnings.push('No group is accepted, so there is nothing to merge.');
  else if (mergedCount === 0 && waiting === 0) warnings.push('Every accepted group was left apart, so there is nothing to merge.');
  return warnings;
}
