/** A cell of a table as it is written: in quotes where it holds one, a line end or the delimiter. */
export function quotedCell(cell: string, delimiter = ','): string {
  return /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
