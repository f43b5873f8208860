import { perViewAndKey } from '../analyzer/compute/per-view.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import type { UnitPair } from './number.ts';

const keptPairs = 64;

/**
 * Remembers what several numbers of one pair share, for the 64 pairs of each open view that were asked for last. Failures are not
 * remembered.
 */
export function perPair<Value>(
  compute: (view: AnalyzerView, pair: UnitPair, options?: ReadOptions) => Promise<Value>,
): (view: AnalyzerView, pair: UnitPair, options?: ReadOptions) => Promise<Value> {
  return perViewAndKey(({ first, second }: UnitPair) => `${first} ${second}`, compute, keptPairs);
}
