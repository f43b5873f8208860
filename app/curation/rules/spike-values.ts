import { decodeFloats } from '../../analyzer/decode.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import type { SpikeColumns } from '../../analyzer/view.ts';
import type { RuleContext } from './rule.ts';

/** A value of another extension for every spike that stays; `undefined` where there is none. */
export async function spikeValues(context: RuleContext, extension: string, name: string): Promise<FloatArray | undefined> {
  const array = await context.arrayOf(extension, name);
  if (array === undefined || array.shape.length !== 1 || array.shape[0] !== context.units.spikesBefore.count) return undefined;
  return ofKeptSpikes(decodeFloats(await array.read(context.options), array.dtype, array.file), context);
}

/** Values of all spikes before, without those of spikes that were censored. */
export function ofKeptSpikes(values: FloatArray, { units: { keptRows } }: Pick<RuleContext, 'units'>): FloatArray {
  return keptRows === undefined ? values : valuesAt(values, keptRows);
}

/** Those of one unit, in the order of its spikes. */
export function ofUnit(values: FloatArray, spikes: SpikeColumns, unit: number): FloatArray {
  return valuesAt(values, spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]));
}

function valuesAt(values: FloatArray, rows: ArrayLike<number>): FloatArray {
  const found = values instanceof Float32Array ? new Float32Array(rows.length) : new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) found[at] = values[rows[at]];
  return found;
}
