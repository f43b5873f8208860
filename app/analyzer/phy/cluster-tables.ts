import { isFailure } from '../../failure.ts';
import { parseCsvTable } from '../csv-table.ts';
import type { ReadOptions, Source } from '../source.ts';

/** One column of the `cluster_*.tsv` tables: values by cluster id; numbers where all of them are. */
export interface ClusterColumn {
  readonly name: string;
  readonly file: string;
  readonly isNumeric: boolean;
  readonly values: ReadonlyMap<number, number | string>;
}

/**
 * Reads every `cluster_*.tsv` and `.csv` with a `cluster_id` column. What phy sums up in `cluster_info` comes last and gives only
 * what no other table has. A table that can't be read is a sentence in `problems`.
 */
export async function readClusterTables(
  source: Source,
  names: readonly string[],
  problems: string[],
  options?: ReadOptions,
): Promise<ClusterColumn[]> {
  const isSummary = (name: string): boolean => /^cluster_info\./.test(name);
  const files = names
    .filter((name) => /^cluster_\w.*\.(?:tsv|csv)$/.test(name))
    .sort((a, b) => Number(isSummary(a)) - Number(isSummary(b)));
  const columns = new Map<string, ClusterColumn>();
  for (const file of files) {
    const bytes = await source.get(file, options);
    if (bytes === undefined) continue;
    try {
      for (const column of columnsOf(bytes, file)) {
        if (!columns.has(column.name)) columns.set(column.name, column);
      }
    } catch (error) {
      if (!isFailure(error) || error.kind === 'cancelled') throw error;
      problems.push(error.message);
    }
  }
  return [...columns.values()];
}

function columnsOf(bytes: Uint8Array, file: string): ClusterColumn[] {
  const table = parseCsvTable(bytes, file, file.endsWith('.tsv') ? '\t' : ',');
  const all = [{ name: table.indexName, values: table.index }, ...table.columns];
  const isId = (name: string): boolean => name === 'cluster_id' || (file.startsWith('cluster_info.') && name === 'id');
  const ids = all.find(({ name }) => isId(name));
  if (ids === undefined) return [];
  const clusters = Array.from(ids.values, Number);
  return all
    .filter(({ name }) => !isId(name) && name !== '')
    .map(({ name, values }) => {
      const known = new Map<number, number | string>();
      for (const [row, cluster] of clusters.entries()) if (Number.isInteger(cluster)) known.set(cluster, values[row]);
      return { name, file, isNumeric: values instanceof Float64Array, values: known };
    });
}
