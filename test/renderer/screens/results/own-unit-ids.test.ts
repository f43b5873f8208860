import { expect, test } from 'vitest';
import { keyOf, ownIds } from '../../../../renderer/screens/results/own-unit-ids.ts';

const merge = (units: (number | string)[], newUnitId: number | string) => ({ units, newUnitId, from: [units] });
const merges = [merge([1, 2], 10), merge([3, 4], 11)];
const unitIds = [1, 2, 3, 4, 5];
const typing = (text: string, units = merges[0]?.units ?? []) => ownIds(unitIds, merges, { [keyOf(units)]: text });

test('the ids of the strategy are taken where nothing was typed', () => {
  expect(ownIds(unitIds, merges, {})).toEqual({ problems: [undefined, undefined], given: [] });
});

test('a typed id of the analyzer’s type is given; one in use only from inside its group', () => {
  expect(typing(' 77 ')).toEqual({ problems: [undefined, undefined], given: [{ units: [1, 2], newUnitId: 77 }] });
  expect(typing('2').given).toEqual([{ units: [1, 2], newUnitId: 2 }]);
  expect(typing('2').problems).toEqual([undefined, undefined]);
});

test('what can’t be taken says which id and why', () => {
  expect(typing('5').problems[0]).toMatch(/^The new unit id 5 for 1, 2 belongs to a unit outside that group/);
  expect(typing('3').problems[0]).toContain('outside that group');
  expect(typing('11').problems).toEqual([undefined, expect.stringContaining('used for two merged units, 1, 2 and 3, 4')]);
  expect(typing('a').problems[0]).toContain('whole number');
  expect(typing('1.5').problems[0]).toContain('whole number');
});

test('an analyzer with text ids takes any text', () => {
  const texts = [merge(['a', '7'], 'merge0')];
  const typed = (text: string) => ownIds(['a', '7', 'b'], texts, { [keyOf(['a', '7'])]: text });
  expect(typed('12').given).toEqual([{ units: ['a', '7'], newUnitId: '12' }]);
  expect(typed('b').problems[0]).toContain('"b"');
  expect(typed(' ').problems[0]).toContain('not empty');
});
