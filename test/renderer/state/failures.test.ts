import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../app/failure.ts';
import { announceFailure, useFailures } from '../../../renderer/state/failures.ts';

beforeEach(() => useFailures.setState({ announced: [] }));

const sentences = () => useFailures.getState().announced.map(({ failure }) => failure.message);

test('cancelling is never announced', () => {
  announceFailure(new Failure('cancelled', 'Cancelled.'));
  expect(sentences()).toEqual([]);
});

test('the same sentence stands once, and old ones make room', () => {
  announceFailure(new Failure('output.failed', 'one'));
  announceFailure(new Failure('output.failed', 'one'));
  expect(sentences()).toEqual(['one']);
  for (const sentence of ['two', 'three', 'four', 'five']) announceFailure(new Failure('output.failed', sentence));
  expect(sentences()).toEqual(['two', 'three', 'four', 'five']);
});

test('an unexpected error keeps its own text behind', () => {
  announceFailure(new TypeError('secret path /home/ana'));
  expect(sentences().join()).not.toContain('secret');
  expect(sentences()).toHaveLength(1);
});

test('a failure goes when it is dismissed', () => {
  announceFailure(new Failure('output.failed', 'one'));
  const [announced] = useFailures.getState().announced;
  useFailures.getState().dismiss(announced!.key);
  expect(sentences()).toEqual([]);
});
