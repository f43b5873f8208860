import { quotedCell } from '../quoted-cell.ts';

export interface MergedCluster {
  /** The one with most spikes first. */
  readonly clusters: readonly number[];
  readonly into: number;
  /** What `si_unit_id` says of it. */
  readonly notedId: string;
}

/**
 * A `cluster_*` table after merges. Rows of merged clusters become one: what they agree on stays, of texts that differ the one of the
 * cluster with most spikes, as phy does; numbers that differ describe neither and are left empty. Every merged cluster gets a row:
 * `read_phy` leaves out a cluster that one of the tables lacks. A table without `cluster_id` comes back as it is.
 */
export function mergedTable(bytes: Uint8Array, separator: string, merged: readonly MergedCluster[]): Uint8Array {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
  const [header = '', ...rows] = lines.filter((line) => line.trim() !== '');
  const titles = cellsOf(header, separator);
  const idAt = titles.indexOf('cluster_id');
  if (idAt < 0) return bytes;
  const read = rows.map((line) => {
    const cells = cellsOf(line, separator);
    return { line, cells, cluster: Number(cells[idAt]) };
  });
  const rowOf = new Map(read.map(({ cluster, cells }) => [cluster, cells] as const));
  const gone = new Set(merged.flatMap(({ clusters, into }) => [...clusters, into]));
  const kept = read.filter(({ cluster }) => !gone.has(cluster)).map(({ line }) => line);
  const added = merged.map(({ clusters, into, notedId }) => {
    const own = clusters.map((cluster) => rowOf.get(cluster)).filter((cells) => cells !== undefined);
    const cells = titles.map((title, at) => {
      if (at === idAt) return String(into);
      if (title === 'si_unit_id') return notedId;
      if (own.length === 0) return title === 'group' ? 'unsorted' : '';
      return mergedCell(own.map((row) => row[at] ?? ''));
    });
    return cells.map((cell) => quotedCell(cell, separator)).join(separator);
  });
  return new TextEncoder().encode(`${[header, ...kept, ...added].join('\n')}\n`);
}

function mergedCell(cells: readonly string[]): string {
  if (cells.every((cell) => cell === cells[0])) return cells[0];
  const isNumber = (cell: string): boolean => cell.trim() === '' || Number.isFinite(Number(cell)) || /^[+-]?(?:nan|inf)/i.test(cell.trim());
  return cells.every(isNumber) ? '' : cells[0];
}

function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at];
    if (isQuoted && letter === '"' && line[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (letter === '"' && (isQuoted || cell === '')) isQuoted = !isQuoted;
    else if (letter === separator && !isQuoted) {
      cells.push(cell);
      cell = '';
    } else cell += letter;
  }
  return [...cells, cell];
}
