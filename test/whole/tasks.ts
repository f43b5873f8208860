import type { Browser, Page } from 'playwright';
import { expect } from 'vitest';

/** Processor time one task of the page may take while a person works, whatever else the machine does. */
export const longTaskMs = 50;

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Tasks of the page's main thread while the work went on: processor time and elapsed time of each, in ms, longest first. */
export async function tasksWhile(
  { browser, page }: { readonly browser: Browser; readonly page: Page },
  work: () => Promise<unknown>,
  atLeast: number,
): Promise<{ cpuMs: number[]; wallMs: number[] }> {
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'toplevel', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid, tdur }) => name === 'RunTask' && tdur !== undefined && mainThreads.has(`${pid} ${tid}`),
  );
  expect(tasks.length, 'the trace has the tasks of the page').toBeGreaterThan(atLeast);
  const longestFirst = (values: number[]) => values.map((us) => us / 1000).sort((a, b) => b - a);
  return { cpuMs: longestFirst(tasks.map(({ tdur }) => tdur ?? 0)), wallMs: longestFirst(tasks.map(({ dur }) => dur ?? 0)) };
}

export const rounded = (values: readonly number[]) => values.map((value) => Math.round(value * 10) / 10);
