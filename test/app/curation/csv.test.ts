import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText, parseCsv } from '../../../app/curation/csv.ts';

describe('CSV', () => {
  it('brings any text back as it was, but for the apostrophe that disarms a formula', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
        const back = parseCsv(csvText(rows)).map((row) => row.map((text) => (text.startsWith("'") ? text.slice(1) : text)));
        expect(back).toEqual(rows.map((row) => row.map((text) => (text.startsWith("'") ? text.slice(1) : text))));
      }),
    );
  });

  it.each(['=cmd()', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '  =1', '＝1', '－ list'])('lets a spreadsheet not run %j', (text) => {
    expect(parseCsv(csvText([[text, 'b']]))).toEqual([[`'${text}`, 'b']]);
  });

  it('leaves numbers as numbers, negative ones too, and what is none empty', () => {
    expect(csvText([[-0.5, 1e-7, Number.NaN, null]])).toBe('-0.5,1e-7,,\r\n');
  });

  it('quotes commas, quotes and line ends, and ends every line with CRLF', () => {
    expect(csvText([['a,b', 'say "hi"', 'two\nlines', ' space ']])).toBe('"a,b","say ""hi""","two\nlines"," space "\r\n');
  });

  it('reads LF and CRLF, a byte order mark and a last line without an end', () => {
    expect(parseCsv('\uFEFFunit1,unit2\n1,2\r\n\r\n3,4')).toEqual([
      ['unit1', 'unit2'],
      ['1', '2'],
      ['3', '4'],
    ]);
  });
});
