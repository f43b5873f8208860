/** A `cluster_*.tsv` of phy: one row a cluster, tabs and line ends within a value as spaces. */
export function clusterTable(column: string, rows: readonly { readonly cluster: number; readonly value: string }[]): string {
  const lines = rows.map(({ cluster, value }) => `${cluster}\t${value.replace(/[\t\r\n]+/g, ' ')}`);
  return `${[`cluster_id\t${column}`, ...lines].join('\n')}\n`;
}
