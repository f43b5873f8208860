import { expect, it } from 'vitest';
import { perView, perViewAndKey } from '../../../../app/analyzer/compute/per-view.ts';
import type { AnalyzerView } from '../../../../app/analyzer/view.ts';
import { throwIfCancelled } from '../../../../app/failure.ts';
import { openReference } from '../../support/reference.ts';

const withView = async (use: (view: AnalyzerView) => Promise<void>) => {
  const view = await openReference('multisegment');
  await use(view);
  await view.close();
};

it('a value is computed once per view, also for callers that come meanwhile', () =>
  withView(async (view) => {
    let runs = 0;
    const value = perView(async () => {
      await Promise.resolve();
      runs += 1;
      return runs;
    });
    expect(await Promise.all([value(view), value(view)])).toEqual([1, 1]);
    expect(await value(view)).toBe(1);
    await withView(async (other) => expect(await value(other)).toBe(2));
  }));

it("one caller's cancel does not fail another", () =>
  withView(async (view) => {
    const value = perView(async (_view, options) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      throwIfCancelled(options?.signal);
      return 'done';
    });
    const controller = new AbortController();
    const first = value(view, { signal: controller.signal });
    const second = value(view);
    controller.abort();
    await expect(first).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(second).resolves.toBe('done');
  }));

it('failures are not remembered', () =>
  withView(async (view) => {
    let runs = 0;
    const value = perView(async () => {
      runs += 1;
      if (runs === 1) throw new Error('first time');
      return runs;
    });
    await expect(value(view)).rejects.toThrow('first time');
    expect(await value(view)).toBe(2);
  }));

it('only the values asked for last are kept where there is a limit', () =>
  withView(async (view) => {
    const computed: number[] = [];
    const value = perViewAndKey(String, async (_view, key: number) => computed.push(key), 2);
    for (const key of [1, 2, 1, 3, 1, 2]) await value(view, key);
    expect(computed).toEqual([1, 2, 3, 2]);
  }));
