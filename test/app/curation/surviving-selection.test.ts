import { expect, it } from 'vitest';
import type { MergedUnits } from '../../../app/curation/merged-units.ts';
import { survivingSelection } from '../../../app/curation/rules/surviving-selection.ts';

const unitsOf = (count: number, keptRows: Int32Array | undefined) => ({ keptRows, spikesBefore: { count } }) as MergedUnits;

it('finds which chosen spikes are left, also of more spikes than a Set can hold', () => {
  const count = 2 ** 24 + 8;
  const keptRows = new Int32Array(count - 2);
  for (let at = 0; at < keptRows.length; at += 1) keptRows[at] = at + 1;
  expect(survivingSelection(Int32Array.of(0, 1, 7, count - 2, count - 1), unitsOf(count, keptRows))).toEqual(Int32Array.of(1, 2, 3));
  expect(survivingSelection(Int32Array.of(0, 1), unitsOf(count, undefined))).toBeUndefined();
});
