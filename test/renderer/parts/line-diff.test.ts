import { expect, test } from 'vitest';
import { lineDiff } from '../../../renderer/parts/line-diff.ts';

const told = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) => `${kind === 'same' ? ' ' : kind === 'added' ? '+' : '-'}${text}`);

test('lines that stay are kept, what goes and comes is told in order', () => {
  expect(told('a\nb\nc', 'a\nx\nc')).toEqual([' a', '-b', '+x', ' c']);
  expect(told('a\nb', 'a\nb')).toEqual([' a', ' b']);
  expect(told('', 'a')).toEqual(['-', '+a']);
  expect(told('a\nb\nc\nd', 'b\nc\ne\nd')).toEqual(['-a', ' b', ' c', '+e', ' d']);
});

test('both texts can be read out of the difference', () => {
  const [before, after] = ['one\ntwo\n\nthree\nfour\nfour', 'two\nthree\n\nfour\nfive\nfour'];
  const lines = lineDiff(before, after);
  expect(lines.filter(({ kind }) => kind !== 'added').map(({ text }) => text)).toEqual(before.split('\n'));
  expect(lines.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(after.split('\n'));
});
