import type { StoredArray } from '../../analyzer/stored-array.ts';
import { Failure } from '../../failure.ts';
import type { RuleContext } from './rule.ts';

/** An array the extension has to have, with as many rows as it should; throws `analyzer.damaged` naming it otherwise. */
export function requiredArray(
  context: Pick<RuleContext, 'arrays' | 'unreadable'>,
  name: string,
  rowCount?: number,
  axisCount?: number,
): StoredArray {
  const array = context.arrays.get(name);
  const problem = context.unreadable.get(name);
  if (problem !== undefined) throw problem;
  if (array === undefined) throw new Failure('analyzer.damaged', `The array ${name} is missing. Recompute the extension.`, { array: name });
  if (rowCount !== undefined && array.shape[0] !== rowCount) {
    throw new Failure(
      'analyzer.damaged',
      `${array.file} has ${array.shape[0]} rows where ${rowCount} are expected. Recompute the extension.`,
      {
        file: array.file,
      },
    );
  }
  if (axisCount !== undefined && array.shape.length !== axisCount) {
    throw new Failure(
      'analyzer.damaged',
      `${array.file} has ${array.shape.length} axes where ${axisCount} are expected. Recompute the extension.`,
      {
        file: array.file,
      },
    );
  }
  return array;
}

/** So much stays in the processor's caches while it is moved on. */
const blockBytes = 2 ** 21;

/** Bytes of the rows at `rows` (all where left out), read in blocks of about 2 MB. Each block holds until the next is asked for. */
export async function* rowBlocks(
  array: StoredArray,
  rows: Int32Array | undefined,
  context: Pick<RuleContext, 'options'>,
): AsyncGenerator<{ readonly start: number; readonly count: number; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const total = rows?.length ?? array.shape[0];
  const bytesPerRow = array.shape.slice(1).reduce((bytes, size) => bytes * size, array.dtype.itemSize);
  const blockRows = Math.max(1, Math.floor(blockBytes / Math.max(1, bytesPerRow)));
  const memory = new Uint8Array(Math.min(blockRows, total) * bytesPerRow);
  for (let start = 0; start < total; start += blockRows) {
    const count = Math.min(blockRows, total - start);
    const bytes =
      rows === undefined
        ? await array.readRows(start, count, context.options, memory)
        : await array.gather(rows.subarray(start, start + count), context.options, memory);
    yield { start, count, bytes };
  }
}
