import { expect, test } from 'vitest';
import { fits } from '../../../renderer/shell/fits.ts';

test('a part of the title fits best, letters in order fit, others do not', () => {
  expect(fits('', 'Review')).toBe(0);
  expect(fits('rev', 'Review')).toBe(0);
  expect(fits('REDO', 'Redo Decision')).toBe(0);
  expect(fits('dec', 'Redo Decision')).toBeLessThan(fits('rdcn', 'Redo Decision'));
  expect(fits('rdcn', 'Redo Decision')).toBeGreaterThan(0);
  expect(fits('xyz', 'Review')).toBe(-1);
  expect(fits('wr', 'Review')).toBe(-1);
});
