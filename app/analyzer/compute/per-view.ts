import { isFailure, throwIfCancelled } from '../../failure.ts';
import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';

/**
 * Remembers one value per open view; it is let go with the view. Callers that come while it is computed wait for the same
 * run; where that run was cancelled by another caller it starts again. Failures are not remembered.
 */
export function perView<Value>(
  compute: (view: AnalyzerView, options?: ReadOptions) => Promise<Value>,
): (view: AnalyzerView, options?: ReadOptions) => Promise<Value> {
  const keyed = perViewAndKey<undefined, Value>(
    () => '',
    (view, _key, options) => compute(view, options),
  );
  return (view, options) => keyed(view, undefined, options);
}

/** As `perView`, one value per view and key; with `most` only the values asked for last are kept. */
export function perViewAndKey<Key, Value>(
  nameOf: (key: Key) => string,
  compute: (view: AnalyzerView, key: Key, options?: ReadOptions) => Promise<Value>,
  most = Number.POSITIVE_INFINITY,
): (view: AnalyzerView, key: Key, options?: ReadOptions) => Promise<Value> {
  const kept = new WeakMap<AnalyzerView, Map<string, Promise<Value>>>();
  return async (view, key, options) => {
    let values = kept.get(view);
    if (!values) {
      values = new Map();
      kept.set(view, values);
    }
    const name = nameOf(key);
    for (;;) {
      throwIfCancelled(options?.signal);
      const running = values.get(name);
      if (!running) {
        const started = compute(view, key, options);
        values.set(name, started);
        if (values.size > most) values.delete(values.keys().next().value as string);
        try {
          return await started;
        } catch (error) {
          if (values.get(name) === started) values.delete(name);
          throw error;
        }
      }
      values.delete(name);
      values.set(name, running);
      try {
        return await running;
      } catch (error) {
        if (!isFailure(error, 'cancelled') || options?.signal?.aborted) throw error;
        if (values.get(name) === running) values.delete(name);
      }
    }
  };
}
