import { Failure } from '../../failure.ts';
import type { ReadOptions } from '../source.ts';
import type { StoredExtension } from '../stored-analyzer.ts';
import type { StoredArray } from '../stored-array.ts';

/**
 * One array of an extension, its shape checked (`undefined` in `shape` means any size).
 * Throws `analyzer.missingFile` or `analyzer.damaged` naming the file.
 */
export async function requireArray(
  stored: StoredExtension,
  dataName: string,
  shape: readonly (number | undefined)[],
  options?: ReadOptions,
): Promise<StoredArray> {
  const array = await optionalArray(stored, dataName, shape, options);
  if (array !== undefined) return array;
  const file = stored.fileOf(dataName);
  throw new Failure('analyzer.missingFile', `${file} is missing. Copy the analyzer again or compute ${stored.name} again.`, {
    file,
    extension: stored.name,
  });
}

/** As `requireArray`, but `undefined` where the array does not exist. */
export async function optionalArray(
  stored: StoredExtension,
  dataName: string,
  shape: readonly (number | undefined)[],
  options?: ReadOptions,
): Promise<StoredArray | undefined> {
  const array = await stored.array(dataName, options);
  if (array === undefined) return undefined;
  if (array.shape.length === shape.length && shape.every((size, axis) => size === undefined || size === array.shape[axis])) return array;
  const wanted = shape.map((size) => (size === undefined ? 'any' : size)).join(', ');
  throw new Failure(
    'analyzer.damaged',
    `${array.file} has the shape (${array.shape.join(', ')}), but this analyzer needs (${wanted}). Compute ${stored.name} again.`,
    { file: array.file, extension: stored.name },
  );
}

/** A number among the stored parameters. */
export function numberParam(stored: { readonly params: Readonly<Record<string, unknown>> }, name: string): number | undefined {
  const value = stored.params[name];
  return typeof value === 'number' ? value : undefined;
}
