import { type CorrelogramBins, correlogramBins } from '../../analyzer/compute/correlograms.ts';
import { positiveNumber } from './required-number.ts';
import type { RuleContext } from './rule.ts';

/** Bins that `window_ms` and `bin_ms` ask for; for intervals the window lies on one side of zero. Throws `analyzer.damaged`. */
export function binsOf(context: Pick<RuleContext, 'params' | 'samplingFrequencyHz'>, oneSided = false): CorrelogramBins {
  const window = positiveNumber(context.params, 'window_ms');
  return correlogramBins(oneSided ? 2 * window : window, positiveNumber(context.params, 'bin_ms'), context.samplingFrequencyHz);
}
