import { decodeBooleans, decodeFloat64, decodeStrings } from './decode.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { ReadOptions } from './source.ts';
import type { StoredProperty } from './stored-analyzer.ts';
import type { PropertyColumn } from './view.ts';

/** Properties with one plain value per unit; tables per unit (e.g. positions) are left out. */
export async function readPropertyColumns(
  properties: readonly StoredProperty[],
  unitCount: number,
  options?: ReadOptions,
): Promise<PropertyColumn[]> {
  const columns = await Promise.all(properties.map((property) => readColumn(property, unitCount, options)));
  return columns.filter((column) => column !== undefined);
}

/** The recording's properties (from its JSON) that have one plain value per channel. */
export function channelPropertyColumns(recordingAttributes: JsonObject, channelCount: number): PropertyColumn[] {
  const properties = recordingAttributes['properties'];
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, values]) => {
    if (!Array.isArray(values) || values.length !== channelCount || channelCount === 0) return [];
    const kind = kindOf(values);
    return kind === undefined ? [] : [{ name, kind, values: values as (boolean | number | string)[] }];
  });
}

function kindOf(values: readonly JsonValue[]): PropertyColumn['kind'] | undefined {
  if (values.every((value) => typeof value === 'boolean')) return 'bool';
  if (values.every((value) => typeof value === 'string')) return 'string';
  if (values.every((value) => typeof value === 'number')) return values.every(Number.isInteger) ? 'int' : 'float';
  return undefined;
}

async function readColumn(
  property: StoredProperty,
  unitCount: number,
  options: ReadOptions | undefined,
): Promise<PropertyColumn | undefined> {
  const { name, array } = property;
  if (array.shape.length !== 1 || array.shape[0] !== unitCount || array.dtype.kind === 'record') return undefined;
  const bytes = await array.read(options);
  switch (array.dtype.kind) {
    case 'string':
      return {
        name,
        kind: 'string',
        values: array.dtype.itemSize === 0 ? new Array<string>(unitCount).fill('') : decodeStrings(bytes, array.dtype, array.file),
      };
    case 'bool':
      return { name, kind: 'bool', values: Array.from(decodeBooleans(bytes, array.dtype, array.file), (value) => value === 1) };
    case 'float':
      return { name, kind: 'float', values: Array.from(decodeFloat64(bytes, array.dtype, array.file)) };
    default:
      return { name, kind: 'int', values: Array.from(decodeFloat64(bytes, array.dtype, array.file)) };
  }
}
