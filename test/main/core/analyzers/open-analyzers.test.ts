import { expect, test, vi } from 'vitest';
import type { IdentifiedAnalyzer } from '../../../../app/analyzer/view.ts';
import { createOpenAnalyzers } from '../../../../main/core/analyzers/open-analyzers.ts';

const held = async () => {
  let state = 'as it was';
  const stateOf = vi.fn(async () => state);
  const analyzers = createOpenAnalyzers({ open: async () => ({ close: async () => undefined }) as IdentifiedAnalyzer, stateOf });
  const view = await analyzers.using('folder', async (opened) => opened);
  stateOf.mockClear();
  const change = () => {
    state = 'changed';
  };
  return { analyzers, view, change, stateOf };
};

test('those who ask at one time are answered by one look', async () => {
  const { analyzers, view, change, stateOf } = await held();
  expect(await Promise.all(Array.from({ length: 20 }, () => analyzers.isCurrent(view)))).toEqual(Array(20).fill(true));
  expect(stateOf).toHaveBeenCalledTimes(1);
  change();
  expect(await Promise.all([analyzers.isCurrent(view), analyzers.isCurrent(view)])).toEqual([false, false]);
  expect(stateOf).toHaveBeenCalledTimes(2);
});

test('a look that had begun does not answer who asks after a change', async () => {
  const { analyzers, view, change, stateOf } = await held();
  let end = () => {};
  stateOf.mockImplementationOnce(() => new Promise((resolve) => (end = () => resolve('as it was'))));
  const before = analyzers.isCurrent(view);
  await vi.waitFor(() => expect(stateOf).toHaveBeenCalledTimes(1));
  change();
  const after = analyzers.isCurrent(view);
  end();
  expect([await before, await after]).toEqual([true, false]);
});

test('a view that is no longer held is not current', async () => {
  const { analyzers, view } = await held();
  await analyzers.reopen('folder');
  expect(await analyzers.isCurrent(view)).toBe(false);
});
