/**
 * Work that many ask for and that serves all of them: one at a time, and each asker is answered by the first that begins after
 * they asked, since what they want seen may have come after the one under way began. With `restMs`, nothing begins for so long
 * after work that took so long, and who asks meanwhile shares the next. A failure is that of its own askers.
 */
export function inCommon<Value>(work: () => Promise<Value>, restMs?: (tookMs: number) => number): () => Promise<Value> {
  let current: Promise<Value> | undefined;
  let next: Promise<Value> | undefined;
  let restUntil = Number.NEGATIVE_INFINITY;

  const begin = (): Promise<Value> => {
    const began = performance.now();
    next = undefined;
    current = work().finally(() => {
      current = undefined;
      const ended = performance.now();
      restUntil = ended + (restMs?.(ended - began) ?? 0);
    });
    return current;
  };
  const afterCurrent = async (): Promise<Value> => {
    await current?.catch(() => undefined);
    const leftMs = restUntil - performance.now();
    if (leftMs > 0) await new Promise((rested) => setTimeout(rested, leftMs));
    return begin();
  };
  return () => {
    if (restMs === undefined && current === undefined && next === undefined) return begin();
    next ??= afterCurrent();
    return next;
  };
}
