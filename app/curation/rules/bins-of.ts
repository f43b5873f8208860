import { type CorrelogramBins, correlogramBins } from '../../analyzer/compute/correlograms.ts';
import { Failure } from '../../failure.ts';
import type { RuleContext } from './rule.ts';

/** Bins that `window_ms` and `bin_ms` ask for; for intervals the window lies on one side of zero. Throws `analyzer.damaged`. */
export function binsOf(context: Pick<RuleContext, 'params' | 'samplingFrequencyHz'>, oneSided = false): CorrelogramBins {
  const window = milliseconds(context.params, 'window_ms');
  return correlogramBins(oneSided ? 2 * window : window, milliseconds(context.params, 'bin_ms'), context.samplingFrequencyHz);
}

function milliseconds(params: Readonly<Record<string, unknown>>, name: string): number {
  const value = params[name];
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new Failure('analyzer.damaged', `params.json has no usable ${name}. Recompute the extension.`, { field: name });
}
