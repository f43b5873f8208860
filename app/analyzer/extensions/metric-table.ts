import { Failure } from '../../failure.ts';
import type { ReadOptions } from '../source.ts';
import type { StoredExtension } from '../stored-analyzer.ts';
import type { MetricTable } from './data.ts';
import type { ReadContext } from './definition.ts';

/** A table with one row per unit, put into the order of `unitIds`; columns that are not numbers are left out. */
export async function readMetricTable(
  stored: StoredExtension,
  dataName: string,
  context: ReadContext,
  options?: ReadOptions,
): Promise<MetricTable> {
  const table = await stored.table(dataName, options);
  const file = stored.fileOf(dataName);
  if (table === undefined) {
    throw new Failure('analyzer.missingFile', `${file} is missing. Copy the analyzer again or compute ${stored.name} again.`, {
      file,
      extension: stored.name,
    });
  }
  const rowOf = new Map(table.index.map((label, row) => [label, row]));
  const rows = context.unitIds.map((unitId) => {
    const row = rowOf.get(String(unitId));
    if (row !== undefined) return row;
    // An id can be any text of any length.
    const shown = String(unitId).slice(0, 60).replaceAll(/\s/g, ' ');
    throw new Failure('analyzer.damaged', `${file} has no row for unit ${shown}. Compute ${stored.name} again.`, { file, unit: unitId });
  });
  const columns: string[] = [];
  const values: Record<string, Float64Array> = {};
  for (const column of table.columns) {
    const numbers = column.values;
    if (!(numbers instanceof Float64Array)) continue;
    columns.push(column.name);
    values[column.name] = Float64Array.from(rows, (row) => numbers[row]);
  }
  return { columns, values };
}
