import { expect, it } from 'vitest';
import type { UnitId } from '../../../app/analyzer/view.ts';
import { resolveGraph } from '../../../app/candidates/resolve-graph.ts';
import { expectedFile } from '../support/reference.ts';

it('joins pairs into groups as SpikeInterface does, with integer and with string ids', () => {
  const examples = expectedFile<{ unit_ids: UnitId[]; pairs: [UnitId, UnitId][]; groups: UnitId[][] }[]>('resolve_merging_graph.json');
  expect(examples.length).toBeGreaterThan(10);
  for (const { unit_ids: ids, pairs, groups } of examples) {
    const found = resolveGraph(
      ids.length,
      pairs.map(([first, second]) => [ids.indexOf(first), ids.indexOf(second)] as const),
    );
    expect(found.map((group) => group.map((unit) => ids[unit]))).toEqual(groups);
  }
});
