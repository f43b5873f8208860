import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import type { UnitPair } from './number.ts';

const keptPairs = 64;

/**
 * Remembers what several numbers of one pair share, for the last 64 pairs of each open view. Failures are not remembered.
 */
export function perPair<Value>(
  compute: (view: AnalyzerView, pair: UnitPair, options?: ReadOptions) => Promise<Value>,
): (view: AnalyzerView, pair: UnitPair, options?: ReadOptions) => Promise<Value> {
  const kept = new WeakMap<AnalyzerView, Map<string, Value>>();
  return async (view, pair, options) => {
    let values = kept.get(view);
    if (!values) {
      values = new Map();
      kept.set(view, values);
    }
    const name = `${pair.first} ${pair.second}`;
    if (values.has(name)) return values.get(name) as Value;
    const value = await compute(view, pair, options);
    values.set(name, value);
    if (values.size > keptPairs) values.delete(values.keys().next().value as string);
    return value;
  };
}
