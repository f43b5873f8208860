import { expect, test } from 'vitest';
import { nextOpen, queueOrders, queueView } from '../../../../renderer/screens/review/queue.ts';

test('a queue is asked for by what it shows and how it is ordered', () => {
  expect(queueView('open', 'found')).toEqual({ show: 'open' });
  expect(queueView('all', 'alike')).toEqual({ show: 'all', sort: { by: 'template_diff', descending: false } });
  expect(queueView('judged', 'surest').sort).toEqual({ by: 'confidence', descending: true });
  expect(new Set(queueOrders.map(({ id }) => JSON.stringify(queueView('all', id)))).size).toBe(queueOrders.length);
});

test('what was decided while the core was answering is passed over', () => {
  expect(nextOpen(['b', 'c'], new Set(['a']))).toBe('b');
  expect(nextOpen(['b', 'c'], new Set(['a', 'b']))).toBe('c');
  expect(nextOpen(['b'], new Set(['b']))).toBeUndefined();
});
