import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inTurn } from '../../../renderer/state/turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('work is done one piece per task, in order', () => {
  const done: string[] = [];
  for (const name of ['first', 'second', 'third']) inTurn(() => done.push(name));
  expect(done).toEqual([]);
  vi.advanceTimersToNextTimer();
  expect(done).toEqual(['first']);
  vi.advanceTimersToNextTimer();
  expect(done).toEqual(['first', 'second']);
  vi.runAllTimers();
  expect(done).toEqual(['first', 'second', 'third']);
});

test('work taken out of the line is not done, and the line goes on', () => {
  const done: string[] = [];
  const takeOut = inTurn(() => done.push('given up'));
  inTurn(() => done.push('wanted'));
  takeOut();
  vi.runAllTimers();
  expect(done).toEqual(['wanted']);
  inTurn(() => done.push('later'));
  vi.runAllTimers();
  expect(done).toEqual(['wanted', 'later']);
});
