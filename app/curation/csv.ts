/** A cell: texts are guarded against formula injection, numbers are written as they are, `null` is an empty cell. */
export type CsvCell = string | number | null;

/**
 * Rows as RFC 4180 text: comma, CRLF, quotes doubled. A text that a spreadsheet would run as a formula gets an apostrophe
 * in front, so what a model wrote can never act. NUL is left out: no reader takes it.
 */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

/** What stands between the cells: spreadsheets write semicolons where the decimal sign is a comma. */
export type CsvDelimiter = ',' | ';' | '\t';

/** The delimiter of a table by its first line: a comma where there is one outside quotes, else the semicolon or tab it has. */
export function delimiterOf(text: string): CsvDelimiter {
  const [line] = text.split(/[\r\n]/, 1);
  const bare = line.replace(/"[^"]*"/g, '');
  if (bare.includes(',')) return ',';
  return bare.includes(';') ? ';' : bare.includes('\t') ? '\t' : ',';
}

/** Rows of RFC 4180 text: LF or CRLF, quoted cells with doubled quotes, a byte order mark is skipped, empty lines are left out. */
export function parseCsv(text: string, delimiter: CsvDelimiter = ','): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  let wasQuoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || row[0] !== '' || wasQuoted) rows.push(row);
    row = [];
    cell = '';
    wasQuoted = false;
  };
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && cell === '') {
      quoted = true;
      wasQuoted = true;
    } else if (character === delimiter) {
      row.push(cell);
      cell = '';
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') at++;
      endRow();
    } else cell += character;
  }
  if (cell !== '' || row.length > 0 || wasQuoted) endRow();
  return rows;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = guarded(cell.replaceAll('\0', ''));
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

function guarded(text: string): string {
  return /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/u.test(text) ? `'${text}` : text;
}
