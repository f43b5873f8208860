/**
 * Pairs of unit positions joined into groups: connected components of two or more units, each in unit order, groups ordered
 * by their first unit. As SpikeInterface's `resolve_merging_graph`: A–B and B–C give one group even where A–C failed.
 */
export function resolveGraph(unitCount: number, pairs: readonly (readonly [number, number])[]): number[][] {
  const parent = Int32Array.from({ length: unitCount }, (_, unit) => unit);
  const rootOf = (unit: number): number => {
    let root = unit;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  };
  for (const [first, second] of pairs) {
    const a = rootOf(first);
    const b = rootOf(second);
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  const groups = new Map<number, number[]>();
  for (let unit = 0; unit < unitCount; unit += 1) {
    const root = rootOf(unit);
    const group = groups.get(root);
    if (group) group.push(unit);
    else groups.set(root, [unit]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
