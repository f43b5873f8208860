import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitId } from '../../../app/analyzer/view.ts';
import { parseGroupsFile } from '../../../app/curation/groups-file.ts';

const numbers = [1, 2, 3, 12];
const texts = ['1', '2', 'unit 3', 'a,b'];

describe('a file of groups', () => {
  it.each([
    [
      '[[1, 2], [3, 12, 2]]',
      'groups.json',
      [
        [1, 2],
        [3, 12, 2],
      ],
    ],
    ['{"groups": [[1, 2]]}', 'groups.json', [[1, 2]]],
    ['\uFEFF [[1, 2]]', 'groups', [[1, 2]]],
    [
      'unit1,unit2\n1,2\n3,12\n',
      'groups.csv',
      [
        [1, 2],
        [3, 12],
      ],
    ],
    [
      'why,unit2,unit1,unit3\nsame,2,1,\nall,3,12,1\n',
      'groups.csv',
      [
        [1, 2],
        [12, 3, 1],
      ],
    ],
  ])('%j is read', (text, name, groups) => {
    expect(parseGroupsFile(text, name, numbers)).toEqual(groups);
  });

  it('reads tables with semicolons or tabs, and whole numbers that went through floating point', () => {
    const units = [0, 1, 12];
    expect(parseGroupsFile('unit1;unit2\r\n0;12\r\n', 'pairs.csv', units)).toEqual([[0, 12]]);
    expect(parseGroupsFile('\uFEFFunit1\tunit2\tscore\n0\t1\t0.5\n', 'pairs.csv', units)).toEqual([[0, 1]]);
    expect(parseGroupsFile('unit1,unit2\n0.0,12.0\n', 'pairs.csv', units)).toEqual([[0, 12]]);
    expect(parseGroupsFile('"unit1","unit2"\n"a;b","c"\n', 'pairs.csv', ['a;b', 'c'])).toEqual([['a;b', 'c']]);
  });

  it('keeps text ids, also with spaces and commas', () => {
    expect(parseGroupsFile('[["1", "unit 3"]]', 'g.json', texts)).toEqual([['1', 'unit 3']]);
    expect(parseGroupsFile('unit1,unit2\n1,"a,b"\r\nunit 3, 2\r\n', 'g.csv', texts)).toEqual([
      ['1', 'a,b'],
      ['unit 3', '2'],
    ]);
  });

  it('takes whole numbers that pandas wrote with a point, and texts as they stand', () => {
    expect(parseGroupsFile('unit1,unit2,unit3\n1,2,12.0\n2.0,3.0,\n', 'g.csv', numbers)).toEqual([
      [1, 2, 12],
      [2, 3],
    ]);
    expect(parseGroupsFile('unit1,unit2\n1.0,1\n', 'g.csv', ['1', '1.0'])).toEqual([['1.0', '1']]);
  });

  const spelled = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      '=1+1',
      '+x',
      '-',
      '@a',
      '"q"',
      "it's",
      'a,b',
      'a\nb',
      '日本',
      '😀',
      'e\u0301',
      '007',
      '1e5',
      'true',
      'null',
      'NaN',
      ' a',
      'merge0',
    ),
  );
  const ofWords = fc.uniqueArray(
    spelled.filter((id) => id.trim() !== '' && !id.includes('\0')),
    { minLength: 4, maxLength: 9, selector: (id) => id.trim() },
  );
  const ofNumbers = fc.uniqueArray(fc.oneof(fc.integer(), fc.maxSafeInteger()), { minLength: 4, maxLength: 9 });

  it('gives the same groups in every form that may be written, whatever the ids', () => {
    const quoted = (id: UnitId) => `"${String(id).replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.oneof(ofNumbers, ofWords), fc.constantFrom('\n', '\r\n'), fc.boolean(), (found, end, mark) => {
        const ids: readonly UnitId[] = found;
        const groups = [ids.slice(0, 2), ids.slice(2).reverse()];
        const width = Math.max(...groups.map((group) => group.length));
        const columns = Array.from({ length: width }, (_, at) => at);
        const rows = groups.map((group) => columns.map((at) => (at < group.length ? quoted(group[at]) : '')).join(','));
        const csv = [columns.map((at) => `unit${at + 1}`).join(','), ...rows].join(end);
        const start = mark ? '\uFEFF' : '';
        for (const [text, name] of [
          [JSON.stringify(groups), 'g.json'],
          [JSON.stringify({ groups, made: 'by hand' }), 'g'],
          [csv, 'g.csv'],
          [`${csv}${end}`, 'g.txt'],
        ]) {
          expect(parseGroupsFile(start + text, name, ids)).toEqual(groups);
        }
      }),
    );
  });

  it.each([
    ['[[1, "2"]]', 'g.json', 'analyzer.unknownUnit', /g\.json, group 1: .*no unit "2".*without quotes/],
    ['[[1, 2], [3, 99]]', 'g.json', 'analyzer.unknownUnit', /g\.json, group 2: .*no unit 99/],
    ['unit1,unit2\n1,99\n', 'g.csv', 'analyzer.unknownUnit', /g\.csv, group 1: .*no unit "99"/],
    ['[[1]]', 'g.json', 'input.invalid', /group 1 has fewer than two/],
    ['[[1, 1]]', 'g.json', 'input.invalid', /group 1 has unit 1 twice/],
    ['[]', 'g.json', 'input.invalid', /holds no groups/],
    ['{"pairs": []}', 'g.json', 'input.invalid', /no list of groups/],
    ['[1, 2]', 'g.json', 'input.invalid', /group 1 is not a list/],
    ['[[1.5, 2]]', 'g.json', 'input.invalid', /group 1 holds 1\.5/],
    ['[[1, null]]', 'g.json', 'input.invalid', /group 1 holds null/],
    ['[[1, 2]', 'g.json', 'input.invalid', /g\.json is not JSON/],
    ['a,b\n1,2\n', 'g.csv', 'input.invalid', /no columns unit1 and unit2/],
    ['', 'g.csv', 'input.invalid', /no columns unit1 and unit2/],
  ])('%j in %s fails with %s', (text, name, kind, message) => {
    expect(() => parseGroupsFile(text, name, numbers)).toThrow(expect.objectContaining({ kind, message: expect.stringMatching(message) }));
  });
});
