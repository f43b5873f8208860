import type { ReadOptions, Source } from '../analyzer/source.ts';
import type { StoredExtension } from '../analyzer/stored-analyzer.ts';
import type { UnitId } from '../analyzer/view.ts';
import type { WrittenColumn, WrittenTable } from '../analyzer/writing/analyzer-writer.ts';
import { parseCsv } from './csv.ts';

/** An extension's table with the kind of each column, so that it can be written again as it was; `undefined` where it is none. */
export async function storedTable(
  unitIds: readonly UnitId[],
  source: Source,
  extension: StoredExtension,
  name: string,
  options: ReadOptions,
): Promise<WrittenTable | undefined> {
  const file = extension.fileOf(name);
  if (file.endsWith('.csv')) {
    const bytes = await source.get(file, options);
    if (bytes === undefined) return undefined;
    const [header, ...rows] = parseCsv(new TextDecoder().decode(bytes));
    const columns = header.slice(1).map((column, at) =>
      textColumn(
        column,
        rows.map((row) => row[at + 1] ?? ''),
      ),
    );
    return { index: rows.map((row) => sameTypeId(unitIds, row[0])), columns };
  }
  const table = await extension.table(name, options);
  if (table === undefined) return undefined;
  const columns = await Promise.all(
    table.columns.map(async ({ name: column, values }): Promise<WrittenColumn> => {
      if (!(values instanceof Float64Array)) return { name: column, kind: 'text', values };
      const array = await extension.array(`${name}/${column}`, options).catch(() => undefined);
      const stored = array?.dtype.kind;
      return { name: column, kind: stored === 'bool' ? 'bool' : stored === 'int' || stored === 'uint' ? 'int' : 'float', values };
    }),
  );
  return { index: table.index.map((id) => sameTypeId(unitIds, id)), columns };
}

/** A column as pandas would take it: whole numbers, truth values, numbers, else text. */
function textColumn(name: string, texts: readonly string[]): WrittenColumn {
  const all = (pattern: RegExp) => texts.length > 0 && texts.every((text) => pattern.test(text));
  if (all(/^[+-]?\d{1,15}$/)) return { name, kind: 'int', values: Float64Array.from(texts, Number) };
  if (all(/^(?:True|False)$/)) return { name, kind: 'bool', values: Float64Array.from(texts, (text) => (text === 'True' ? 1 : 0)) };
  const numbers = texts.map(numberOf);
  if (numbers.every((number) => number !== undefined)) return { name, kind: 'float', values: Float64Array.from(numbers) };
  return { name, kind: 'text', values: texts };
}

function numberOf(text: string): number | undefined {
  if (/^(?:|nan|<NA>)$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** Tables write every id as text. */
function sameTypeId(unitIds: readonly UnitId[], text: string): UnitId {
  return unitIds.find((id) => String(id) === text) ?? text;
}
