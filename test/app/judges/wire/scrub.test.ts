import { expect, test } from 'vitest';
import { quotable, scrubbed } from '../../../../app/judges/wire/scrub.ts';

test('a key goes, wherever and however it stands', () => {
  const key = 'se/cret+key=1';
  expect(scrubbed(`a ${key} b ${key}${key} ?k=${encodeURIComponent(key)}`, key)).toBe('a ••• b •••••• ?k=•••');
});

test('what looks like a key of somebody else goes too', () => {
  expect(scrubbed('Incorrect API key: sk-proj-abc***********wxyz, Bearer abcdef123, AIzaSyA-abcdefgh', undefined)).toBe(
    'Incorrect API key: •••, •••, •••',
  );
});

test('words of the trade stay', () => {
  const text = 'The pk-to-pk-amplitude of A (risk-averse) at task-oriented sk-1: “Bearer of bad news”.';
  expect(scrubbed(text, 'x')).toBe(text);
});

test('a quotation is one short line without tricks', () => {
  expect(quotable('a\u0000b\n\n  c\u202ed', undefined)).toBe('a b c d');
  expect(quotable('x'.repeat(1000), undefined)).toHaveLength(240);
});
