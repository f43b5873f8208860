import type { WrittenColumn, WrittenTable } from '../../analyzer/writing/analyzer-writer.ts';
import type { MergedUnits } from '../merged-units.ts';

export type MetricParams = Readonly<Record<string, unknown>>;
export type MetricValues = Readonly<Record<string, number>>;

/** The row of each unit before in a table of metrics, −1 where it has none. */
export function tableRows({ index }: WrittenTable, { unitIdsBefore }: MergedUnits): number[] {
  return unitIdsBefore.map((id) => index.indexOf(id));
}

/** A column with the old values of units that stay and the new ones of merged units. */
export function columnAfter(
  { name, kind, values }: Pick<WrittenColumn, 'name' | 'kind'> & { readonly values: Float64Array },
  rows: readonly number[],
  measured: readonly (MetricValues | undefined)[],
  { members }: MergedUnits,
): WrittenColumn {
  const after = Float64Array.from(members, ([first], unit) => measured[unit]?.[name] ?? values[rows[first]]);
  return { name, kind: kind === 'int' && after.every(Number.isInteger) ? 'int' : 'float', values: after };
}

/** What SpikeInterface's metrics leave of a unit that stops them. */
export function withoutValues(columns: readonly string[]): MetricValues {
  return Object.fromEntries(columns.map((column) => [column, Number.NaN]));
}

/** One metric's own parameters among those of all. */
export function paramsOfMetric(all: unknown, name: string): MetricParams {
  const own = isRecord(all) ? all[name] : undefined;
  return isRecord(own) ? own : {};
}

export function numberOf(params: MetricParams, name: string, otherwise: number): number {
  const value = params[name];
  return typeof value === 'number' ? value : otherwise;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
