import { describe, expect, test } from 'vitest';
import { importCandidates } from '../../../app/curation/imported-candidates.ts';

const units = [3, 12, 40, 'x 1'] as const;
const read = (text: string, leastScore?: number) => importCandidates(text, 'given', units, { leastScore });
const groupsOf = (text: string, leastScore?: number) => read(text, leastScore).groups.map((group) => group.units);

describe('candidates from elsewhere', () => {
  test('come from curation files of both versions', () => {
    const common = { unit_ids: units };
    expect(groupsOf(JSON.stringify({ ...common, format_version: '1', merge_unit_groups: [[40, 3]] }))).toEqual([[3, 40]]);
    expect(groupsOf(JSON.stringify({ ...common, format_version: '2', merges: [{ unit_ids: [12, 'x 1'] }] }))).toEqual([[12, 'x 1']]);
  });

  test('come from JSON groups and from a map of new to old ids', () => {
    expect(groupsOf('[[12, 3], [40, 12, 3]]')).toEqual([
      [3, 12],
      [3, 12, 40],
    ]);
    expect(groupsOf('{"77": [12, 3], "78": ["40"]}')).toEqual([[3, 12]]);
  });

  test('come from a match table: both directions once, the unit with itself and other recordings left out', () => {
    const table = [
      'ID1,ID2,RecSes 1,RecSes 2,UM Probabilities',
      '3,12,1,1,0.8',
      '12,3,1,1,0.9',
      '3,3,1,1,1.0',
      '3,40,1,2,0.99',
      '12.0,40.0,1,1,0.4',
    ].join('\n');
    expect(read(table)).toEqual({
      form: 'pairs',
      groups: [{ units: [3, 12], score: 0.9 }],
      scoreColumn: 'UM Probabilities',
      leastScore: 0.5,
      leftOutCount: 3,
    });
    expect(groupsOf(table, 0.3)).toEqual([
      [3, 12],
      [12, 40],
    ]);
  });

  test('come from a typed list, one group a line', () => {
    expect(groupsOf('# mine\n12 3\n40, 12; 3+40+12\n')).toEqual([
      [3, 12],
      [12, 40],
      [3, 12, 40],
    ]);
  });

  test('are refused with the place and the remedy', () => {
    expect(() => read('12 99')).toThrow(/given, group 1: .*99/);
    expect(() => read('12')).toThrow('two or more units');
    expect(() => read('12 12')).toThrow('named twice');
    expect(() => read('{"broken')).toThrow('can’t be read as JSON');
    expect(() => read('unit1,unit2\n12,3\n', 0.5)).toThrow('no column of scores');
    expect(() => read('unit1,unit2,score\n3,12,0.1\n', 0.5)).toThrow('no pair that can be taken');
    expect(() => read('unit1,unit2\n3,98\n')).toThrow('line 2');
  });
});
