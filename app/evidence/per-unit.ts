import { perViewAndKey } from '../analyzer/compute/per-view.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';

const keptUnits = 64;

/**
 * Remembers what all pairs of one unit share, for the 64 units of each open view that were asked for last. Failures are not
 * remembered.
 */
export function perUnit<Value>(
  compute: (view: AnalyzerView, unit: number, options?: ReadOptions) => Promise<Value>,
): (view: AnalyzerView, unit: number, options?: ReadOptions) => Promise<Value> {
  return perViewAndKey(String, compute, keptUnits);
}
