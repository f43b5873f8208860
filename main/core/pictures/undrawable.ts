import { isFailure } from '../../../app/failure.ts';

/**
 * Whether a picture failed because of what it was asked to show: the analyzer lacks data for it, or the units have nothing to
 * compare (no common channel, more of them than fit). The next picture may well be drawn.
 */
export function isUndrawable(error: unknown): error is Error {
  return isFailure(error, 'input.invalid', 'analyzer.missingExtension');
}
