import type { UnitId } from '../analyzer/view.ts';
import { Failure } from '../failure.ts';

export const newIdStrategies = ['append', 'take_first', 'join'] as const;
export type NewIdStrategy = (typeof newIdStrategies)[number];

/**
 * Ids of merged units, one per group, by SpikeInterface's rules (`merge_units`, `new_id_strategy`):
 * `append`: largest + 1, + 2, … for integers and for strings of digits, else "merge0", "merge1", …;
 * `take_first`: the group's first id; `join`: ids joined by "-" (strings only, integers are appended).
 * Unlike SpikeInterface a "merge<k>" of a unit outside its group is passed over: there it is refused or mixed into that unit.
 * Throws `merge.impossible` where a joined id belongs to another unit.
 */
export function newUnitIds(
  unitIds: readonly UnitId[],
  groups: readonly (readonly UnitId[])[],
  strategy: NewIdStrategy = 'append',
): UnitId[] {
  if (strategy === 'take_first') return groups.map((group) => group[0]);
  if (strategy === 'join' && unitIds.every((id) => typeof id === 'string')) {
    const joined = groups.map((group) => group.join('-'));
    checkNewUnitIds(unitIds, groups, joined);
    return joined;
  }
  return appendedIds(unitIds, groups);
}

/** The unit ids after merging: untouched units keep their order, new ids go last unless the id was there already. */
export function unitIdsAfterMerging(
  unitIds: readonly UnitId[],
  groups: readonly (readonly UnitId[])[],
  newIds: readonly UnitId[],
): UnitId[] {
  const kept = new Set(newIds);
  const gone = new Set(groups.flat().filter((id) => !kept.has(id)));
  const before = new Set(unitIds);
  return [...unitIds.filter((id) => !gone.has(id)), ...newIds.filter((id) => !before.has(id))];
}

/** Throws `merge.impossible` for a new id that is given twice, is of another type, or belongs to a unit outside its group. */
export function checkNewUnitIds(unitIds: readonly UnitId[], groups: readonly (readonly UnitId[])[], newIds: readonly UnitId[]): void {
  newUnitIdProblems(unitIds, groups, newIds).forEach((problem, index) => {
    if (problem !== undefined) throw new Failure('merge.impossible', problem, { unit: newIds[index] });
  });
}

/** For each merge what is wrong with its new id, in a sentence that names it; `undefined` where it can be taken. */
export function newUnitIdProblems(
  unitIds: readonly UnitId[],
  groups: readonly (readonly UnitId[])[],
  newIds: readonly UnitId[],
): (string | undefined)[] {
  const existing = new Set(unitIds);
  const seen = new Map<UnitId, readonly UnitId[]>();
  return newIds.map((id, index) => {
    const shown = JSON.stringify(id);
    const wanted = typeof unitIds[0] === 'number' ? 'a number' : 'a text';
    if (unitIds.length > 0 && typeof id !== typeof unitIds[0])
      return `The new unit id ${shown} has to be ${wanted}, as the other ids of this analyzer.`;
    const other = seen.get(id);
    seen.set(id, groups[index]);
    if (other)
      return `The new unit id ${shown} is used for two merged units, ${named(other)} and ${named(groups[index])}. Give each its own.`;
    if (existing.has(id) && !groups[index].includes(id))
      return `The new unit id ${shown} for ${named(groups[index])} belongs to a unit outside that group. Choose another id or the strategy "append".`;
    return undefined;
  });
}

/** A typed id as this analyzer has them: whole numbers or texts. `undefined` where it can't be one. */
export function typedUnitId(text: string, unitIds: readonly UnitId[]): UnitId | undefined {
  const trimmed = text.trim();
  if (typeof unitIds[0] !== 'number') return trimmed === '' ? undefined : trimmed;
  const number = Number(trimmed);
  return /^-?[0-9]+$/.test(trimmed) && Number.isSafeInteger(number) ? number : undefined;
}

function named(units: readonly UnitId[]): string {
  return units.map((unit) => JSON.stringify(unit)).join(', ');
}

function appendedIds(unitIds: readonly UnitId[], groups: readonly (readonly UnitId[])[]): UnitId[] {
  const count = groups.length;
  const numbers = unitIds.filter((id) => typeof id === 'number');
  if (numbers.length === unitIds.length) {
    const largest = numbers.reduce((most, id) => Math.max(most, id), Number.NEGATIVE_INFINITY);
    return Array.from({ length: count }, (_, index) => largest + 1 + index);
  }
  if (unitIds.every((id) => /^[0-9]+$/.test(String(id)))) {
    const largest = unitIds.reduce<bigint>((most, id) => (BigInt(id) > most ? BigInt(id) : most), 0n);
    return Array.from({ length: count }, (_, index) => String(largest + 1n + BigInt(index)));
  }
  const taken = new Set(unitIds);
  const numbered = groups.map((_, index) => `merge${index}`);
  if (numbered.every((id, index) => !taken.has(id) || groups[index].includes(id))) return numbered;
  const ids: string[] = [];
  for (let number = 0; ids.length < count; number++) {
    const id = `merge${number}`;
    if (!taken.has(id)) ids.push(id);
  }
  return ids;
}
