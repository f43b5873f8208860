import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { IdentifiedAnalyzer } from '../../../../app/analyzer/view.ts';
import { folderState } from '../../../../main/core/analyzers/folder-state.ts';
import { createOpenAnalyzers } from '../../../../main/core/analyzers/open-analyzers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.mock(import('../../../../main/core/analyzers/folder-state.ts'), async (load) => {
  const { folderState } = await load();
  return { folderState: vi.fn(folderState) };
});
const looks = vi.mocked(folderState);

const room = async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'settings.json'), '{}');
  const analyzers = createOpenAnalyzers({ open: async () => ({ close: async () => undefined }) as IdentifiedAnalyzer });
  const view = await analyzers.using(folder, async (opened) => opened);
  looks.mockClear();
  const change = () => utimesSync(join(folder, 'settings.json'), 1, 1);
  return { analyzers, view, change };
};

test('those who ask at one time are answered by one look', async () => {
  const { analyzers, view, change } = await room();
  expect(await Promise.all(Array.from({ length: 20 }, () => analyzers.isCurrent(view)))).toEqual(Array(20).fill(true));
  expect(looks).toHaveBeenCalledTimes(1);
  change();
  expect(await Promise.all([analyzers.isCurrent(view), analyzers.isCurrent(view)])).toEqual([false, false]);
  expect(looks).toHaveBeenCalledTimes(2);
});

test('a look that had begun does not answer who asks after a change', async () => {
  const { analyzers, view, change } = await room();
  const { promise: seen, resolve: end } = Promise.withResolvers<void>();
  looks.mockImplementationOnce(async (folder) => {
    const { folderState } = await vi.importActual<typeof import('../../../../main/core/analyzers/folder-state.ts')>(
      '../../../../main/core/analyzers/folder-state.ts',
    );
    const state = await folderState(folder);
    await seen;
    return state;
  });
  const before = analyzers.isCurrent(view);
  await vi.waitFor(() => expect(looks).toHaveBeenCalledTimes(1));
  await new Promise((passed) => setTimeout(passed, 20));
  change();
  const after = analyzers.isCurrent(view);
  end();
  expect([await before, await after]).toEqual([true, false]);
});
