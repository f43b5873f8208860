import { expect, test } from 'vitest';
import { countText, listText, numberText, pictureText, spikesText } from '../../../app/plots/wording.ts';

test('counts have separators, the same in every locale', () => {
  expect(countText(0)).toBe('0');
  expect(countText(999)).toBe('999');
  expect(countText(1234567)).toBe('1,234,567');
  expect(spikesText(1)).toBe('1 spike');
});

test('numbers have a real minus, no negative zero, and a dash where there is none', () => {
  expect(numberText(-1.25, 1)).toBe('−1.3');
  expect(numberText(-0.001, 1)).toBe('0.0');
  expect(numberText(Number.NaN, 1)).toBe('–');
  expect(numberText(undefined, 2)).toBe('–');
});

test('names the bundled font can not draw are marked, so that no font of the machine steps in', () => {
  expect(pictureText('café 7')).toBe('café 7');
  expect(pictureText('通道7')).toBe('??7');
  expect(pictureText('a\nb')).toBe('a?b');
  expect(pictureText('x'.repeat(40))).toHaveLength(24);
});

test('lists read as a sentence', () => {
  expect(listText([])).toBe('');
  expect(listText(['A'])).toBe('A');
  expect(listText(['A', 'B', 'C'])).toBe('A, B and C');
});
