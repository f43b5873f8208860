import type { UnitId } from '../view.ts';
import type { ClusterColumn } from './cluster-tables.ts';

/**
 * Ids of the units: what SpikeInterface noted when it exported (`si_unit_id`), else the cluster ids. As `read_phy` does, a cluster
 * without such an id, or with one that others have too, gets the next number; where ids are text it is called after its cluster.
 */
export function phyUnitIds(clusters: readonly number[], noted: ClusterColumn | undefined, rowOf: (cluster: number) => number): UnitId[] {
  if (noted === undefined) return [...clusters];
  const values = clusters.map((cluster) => noted.values.get(rowOf(cluster)));
  const times = new Map<unknown, number>();
  for (const value of noted.values.values()) times.set(value, (times.get(value) ?? 0) + 1);
  if (!noted.isNumeric) {
    return values.map((value, at) => (typeof value === 'string' && times.get(value) === 1 ? value : `cluster ${clusters[at]}`));
  }
  const isId = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);
  let last = [...noted.values.values()].filter(isId).reduce((most, value) => Math.max(most, value), -1);
  return values.map((value) => {
    if (isId(value) && times.get(value) === 1) return value;
    last += 1;
    return last;
  });
}
