import { Failure } from '../../failure.ts';
import type { UnitId } from '../view.ts';

/** Unit or channel ids as whole numbers or text, each once. Throws `analyzer.damaged` naming the file. */
export function checkUnitIds(values: unknown, file: string, what: 'unit' | 'channel' = 'unit'): UnitId[] {
  if (!Array.isArray(values))
    throw new Failure('analyzer.damaged', `${file} has no list ${what}_ids. Save the analyzer again from SpikeInterface.`, { file });
  const ids: UnitId[] = [];
  const seen = new Set<UnitId>();
  for (const value of values) {
    if (typeof value !== 'string' && !(typeof value === 'number' && Number.isSafeInteger(value))) {
      throw new Failure(
        'analyzer.damaged',
        `${file} has a ${what} id that is neither a whole number nor text. Save the analyzer again from SpikeInterface.`,
        { file },
      );
    }
    if (seen.has(value))
      throw new Failure('analyzer.damaged', `${file} lists ${what} ${value} twice. Save the analyzer again from SpikeInterface.`, {
        file,
        id: value,
      });
    seen.add(value);
    ids.push(value);
  }
  return ids;
}

/** A finite number above 0. */
export function checkPositive(value: unknown, field: string, file: string): number {
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new Failure('analyzer.damaged', `${file} has no usable ${field}. Save the analyzer again from SpikeInterface.`, { file, field });
}

/** A whole number from 1 to a million. */
export function checkCount(value: unknown, field: string, file: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw new Failure('analyzer.damaged', `${file} has no usable ${field}. Save the analyzer again from SpikeInterface.`, { file, field });
}

/** The sentence for an extension whose computation did not finish. */
export function unfinished(file: string): string {
  return `${file} says its computation did not finish. Compute it again.`;
}
