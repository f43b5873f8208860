import type { UnitId } from '../analyzer/view.ts';
import { Failure } from '../failure.ts';

/**
 * Joins groups that share a unit: connected components over all units, each in unit order, components by their first unit.
 * Groups of one unit join nothing. The same as SpikeInterface's `resolve_merging_graph`, for groups of any size.
 * Throws `analyzer.unknownUnit` for an id that is not in `unitIds` (12 is not "12").
 */
export function resolveMergingGraph(unitIds: readonly UnitId[], groups: readonly (readonly UnitId[])[]): UnitId[][] {
  const positions = unitPositions(unitIds);
  const parent = unitIds.map((_, position) => position);
  const root = (position: number): number => {
    let at = position;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  for (const group of groups) {
    const members = group.map((id) => positionOf(positions, id));
    for (const member of members.slice(1)) {
      const [low, high] = [root(members[0]), root(member)].sort((a, b) => a - b);
      parent[high] = low;
    }
  }
  const components = new Map<number, UnitId[]>();
  unitIds.forEach((id, position) => {
    const key = root(position);
    const component = components.get(key);
    if (component === undefined) components.set(key, [id]);
    else component.push(id);
  });
  return [...components.values()].filter((component) => component.length > 1);
}

/**
 * Groups to merge: as they were given, in their order and that of their units, since new ids go by both; where two share a unit,
 * all of them as `resolveMergingGraph` gives them. Throws as it does.
 */
export function joinSharedGroups(unitIds: readonly UnitId[], groups: readonly (readonly UnitId[])[]): UnitId[][] {
  const resolved = resolveMergingGraph(unitIds, groups);
  const named = groups.flat();
  return new Set(named).size < named.length ? resolved : groups.map((group) => [...group]);
}

/** Position of every unit id; ids keep their type. */
export function unitPositions(unitIds: readonly UnitId[]): ReadonlyMap<UnitId, number> {
  return new Map(unitIds.map((id, position) => [id, position]));
}

/** Position of one id; throws `analyzer.unknownUnit` naming it and, where only the type is wrong, how to write it. */
export function positionOf(positions: ReadonlyMap<UnitId, number>, id: UnitId): number {
  const position = positions.get(id);
  if (position !== undefined) return position;
  const other = typeof id === 'number' ? String(id) : Number(id);
  const hint = positions.has(other)
    ? ` The analyzer has ${JSON.stringify(other)} instead: write the id ${typeof other === 'number' ? 'without' : 'with'} quotes.`
    : '';
  throw new Failure('analyzer.unknownUnit', `The analyzer has no unit ${JSON.stringify(id)}.${hint}`, { unit: id });
}
