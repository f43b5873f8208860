import { Failure } from '../failure.ts';
import type { StoredTable } from './stored-analyzer.ts';

const maxBytes = 2 ** 26;

/**
 * A table as pandas writes it: the first column is the index, empty means NaN. Columns of numbers (also True and False)
 * become Float64Array. Throws `analyzer.damaged` where rows are ragged.
 */
export function parseCsvTable(bytes: Uint8Array, file: string, separator: ',' | '\t' = ','): StoredTable & { readonly indexName: string } {
  if (!(bytes.byteLength <= maxBytes)) {
    throw new Failure('analyzer.refused', `${file} is larger than 64 MiB, too large for a table with a row per unit. Recompute it.`, {
      file,
    });
  }
  const rows = parseRows(new TextDecoder('utf-8').decode(bytes), file, separator);
  const header = rows[0];
  if (header === undefined) throw new Failure('analyzer.damaged', `${file} is empty. Recompute it in SpikeInterface.`, { file });
  const body = rows.slice(1);
  for (const [at, row] of body.entries()) {
    if (row.length !== header.length) {
      throw new Failure(
        'analyzer.damaged',
        `${file} has ${row.length} columns in line ${at + 2} and ${header.length} in its header. Recompute it in SpikeInterface.`,
        {
          file,
          line: at + 2,
        },
      );
    }
  }
  return {
    indexName: header[0],
    index: body.map((row) => row[0]),
    columns: header.slice(1).map((name, at) => ({ name, values: toColumn(body.map((row) => row[at + 1])) })),
  };
}

function toColumn(texts: readonly string[]): Float64Array | readonly string[] {
  const out = new Float64Array(texts.length);
  for (const [at, text] of texts.entries()) {
    const value = toNumber(text);
    if (value === undefined) return texts;
    out[at] = value;
  }
  return out;
}

function toNumber(text: string): number | undefined {
  const trimmed = text.trim();
  switch (trimmed.toLowerCase()) {
    case '':
    case 'nan':
    case 'none':
    case '<na>':
      return Number.NaN;
    case 'inf':
      return Number.POSITIVE_INFINITY;
    case '-inf':
      return Number.NEGATIVE_INFINITY;
    case 'true':
      return 1;
    case 'false':
      return 0;
  }
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

function parseRows(text: string, file: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const end = text.length;
  while (at < end) {
    let field: string;
    if (text[at] === '"') {
      field = '';
      for (;;) {
        const quote = text.indexOf('"', at + 1);
        if (quote < 0)
          throw new Failure('analyzer.damaged', `${file} ends inside a quoted field. Recompute it in SpikeInterface.`, { file });
        field += text.slice(at + 1, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        field += '"';
      }
    } else {
      let stop = at;
      while (stop < end && text[stop] !== separator && text[stop] !== '\n' && text[stop] !== '\r') stop += 1;
      field = text.slice(at, stop);
      at = stop;
    }
    row.push(field);
    if (text[at] === separator) {
      at += 1;
      if (at === end || text[at] === '\n' || text[at] === '\r') row.push('');
      else continue;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}
