import { packElements, toFortran } from './write-npy.ts';

export type ZarrFiles = Record<string, Uint8Array<ArrayBuffer> | string>;

export interface ZarrParts {
  readonly shape: number[];
  readonly chunks: number[];
  readonly values: readonly (number | string | boolean)[];
  readonly order?: 'C' | 'F';
  readonly dtype?: string;
  readonly compressor?: object | null;
  readonly filters?: object[] | null;
  readonly separator?: '.' | '/';
  readonly encode?: (chunk: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;
}

/** Cuts values into chunks and gives the files of one array as zarr v2 writes them, without the application's own code. */
export async function zarrArray(path: string, parts: ZarrParts): Promise<ZarrFiles> {
  const { shape, chunks, values, order = 'C', dtype = '<f8', separator = '.', encode = (chunk) => chunk } = parts;
  const files: ZarrFiles = {
    [`${path}/.zarray`]: JSON.stringify({
      zarr_format: 2,
      shape,
      chunks,
      dtype,
      order,
      fill_value: 0,
      compressor: parts.compressor ?? null,
      filters: parts.filters ?? null,
      ...(separator === '/' ? { dimension_separator: '/' } : {}),
    }),
  };
  const grid = shape.map((size, axis) => Math.ceil(size / chunks[axis]));
  for (const position of everyIndex(grid)) {
    const own = everyIndex(chunks).map((inside) => {
      const index = inside.map((at, axis) => position[axis] * chunks[axis] + at);
      if (index.some((at, axis) => at >= shape[axis])) return dtype.includes('U') ? '' : 0;
      return values[index.reduce((flat, at, axis) => flat * shape[axis] + at, 0)];
    });
    const bytes = packElements(order === 'F' ? toFortran(own, chunks) : own, dtype);
    files[`${path}/${position.join(separator)}`] = Uint8Array.from(await encode(bytes));
  }
  return files;
}

function everyIndex(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>((all, size) => all.flatMap((index) => Array.from({ length: size }, (_, at) => [...index, at])), [[]]);
}
