import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkNewUnitIds, newIdStrategies, newUnitIds, unitIdsAfterMerging } from '../../../app/curation/new-unit-ids.ts';

const expected = (name: string) => JSON.parse(readFileSync(`test/fixtures/expected/${name}.json`, 'utf8'));

describe.each(['splits', 'tutorial', 'multisegment'])('new unit ids for %s', (name) => {
  const { unit_ids, merges } = expected(name);

  it.each(newIdStrategies)('are those of SpikeInterface with the strategy %s', (strategy) => {
    expect(newUnitIds(unit_ids, merges.groups, strategy)).toEqual(merges.new_ids[strategy]);
  });

  it.each(['soft_append', 'soft_take_first', 'soft_join'])('stand where SpikeInterface puts them (%s)', (variant) => {
    const { new_unit_ids, unit_ids: after } = merges[variant];
    expect(unitIdsAfterMerging(unit_ids, merges.groups, new_unit_ids)).toEqual(after);
  });
});

describe('new unit ids', () => {
  it('pass over a "merge<k>" of an earlier merge, which SpikeInterface would mix in', () => {
    expect(
      newUnitIds(
        ['a', 'merge0', 'b', 'c', 'd'],
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
      ),
    ).toEqual(['merge1', 'merge2']);
  });

  it('take a "merge<k>" that is in the group itself, as SpikeInterface does', () => {
    expect(newUnitIds(['a', 'merge0', 'b', 'c'], [['c', 'merge0']])).toEqual(['merge0']);
    expect(
      newUnitIds(
        ['a', 'merge0', 'b', 'c'],
        [
          ['a', 'b'],
          ['c', 'merge0'],
        ],
      ),
    ).toEqual(['merge1', 'merge2']);
  });

  it('count on past 2^53 for strings of digits', () => {
    expect(newUnitIds(['7', '9007199254740993'], [['7', '9007199254740993']])).toEqual(['9007199254740994']);
  });

  it('follow the largest id, also where all are negative', () => {
    expect(newUnitIds([-5, -3], [[-5, -3]])).toEqual([-2]);
  });

  it('may not belong to a unit outside the group, be given twice or change type', () => {
    expect(() => checkNewUnitIds([1, 2, 3], [[1, 2]], [3])).toThrow(/new unit id 3 for 1, 2 belongs to a unit outside/);
    expect(() =>
      checkNewUnitIds(
        [1, 2, 3, 4],
        [
          [1, 2],
          [3, 4],
        ],
        [9, 9],
      ),
    ).toThrow(/9 is used for two/);
    expect(() => checkNewUnitIds([1, 2], [[1, 2]], ['3'])).toThrow(/has to be a number/);
    expect(() => newUnitIds(['a', 'b', 'a-b'], [['a', 'b']], 'join')).toThrow(/"a-b".*outside that group/);
  });
});
