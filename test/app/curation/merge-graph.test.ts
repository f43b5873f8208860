import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { joinSharedGroups, resolveMergingGraph } from '../../../app/curation/merge-graph.ts';

interface Example {
  readonly unit_ids: (number | string)[];
  readonly pairs: (number | string)[][];
  readonly groups: (number | string)[][];
}

const examples: Example[] = JSON.parse(readFileSync('test/fixtures/expected/resolve_merging_graph.json', 'utf8'));

describe('the merge graph', () => {
  it.each(examples)('joins $pairs of $unit_ids as SpikeInterface does', ({ unit_ids, pairs, groups }) => {
    expect(resolveMergingGraph(unit_ids, pairs)).toEqual(groups);
  });

  it('joins groups of any size through a shared unit', () => {
    expect(
      resolveMergingGraph(
        ['a', 'b', 'c', 'd', 'e'],
        [
          ['e', 'c', 'a'],
          ['d', 'e'],
        ],
      ),
    ).toEqual([['a', 'c', 'd', 'e']]);
  });

  it('tells 12 from "12" and says how to write the id', () => {
    expect(() => resolveMergingGraph([11, 12], [[11, '12']])).toThrow(/no unit "12".*without quotes/);
    expect(() => resolveMergingGraph(['11', '12'], [['11', 12]])).toThrow(/no unit 12.*with quotes/);
    expect(() => resolveMergingGraph(['11', '12'], [['11', 'x']])).toThrow('The analyzer has no unit "x".');
  });

  it('keeps groups that share no unit in their order, which SpikeInterface gives new ids by', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const apart = [
      ['g', 'b', 'e'],
      ['c', 'a'],
    ];
    expect(joinSharedGroups(ids, apart)).toEqual(apart);
    expect(joinSharedGroups(ids, [...apart, ['f', 'c']])).toEqual([
      ['a', 'c', 'f'],
      ['b', 'e', 'g'],
    ]);
    expect(() => joinSharedGroups([1, 2], [[1, 3]])).toThrow('The analyzer has no unit 3.');
  });
});
