import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import Blosc from 'numcodecs/blosc';
import Lz4 from 'numcodecs/lz4';
import Zstd from 'numcodecs/zstd';
import { describe, expect, test } from 'vitest';
import { BoundedCache } from '../../../app/analyzer/bounded-cache.ts';
import { decodeFloat64 } from '../../../app/analyzer/decode.ts';
import { openZarr, type ZarrArray } from '../../../app/analyzer/zarr.ts';
import { memorySource } from './support/memory-source.ts';
import { type ZarrFiles, type ZarrParts, zarrArray } from './support/write-zarr.ts';

/** A store with one array. */
const storeOf = async (parts: ZarrParts): Promise<ZarrFiles> => ({ '.zgroup': '{"zarr_format": 2}', ...(await zarrArray('a', parts)) });

async function arrayOf(files: ZarrFiles): Promise<ZarrArray> {
  const store = await openZarr(memorySource(files), new BoundedCache(2 ** 20), false);
  const array = await store.array('a');
  if (array === undefined) throw new Error('not found');
  return array;
}

const numbersOf = async (array: ZarrArray): Promise<number[]> => [...decodeFloat64(await array.read(), array.dtype, 'a')];

describe('zarr arrays', () => {
  const layouts = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 3 })
    .chain((axes) =>
      fc.record({
        shape: fc.constant(axes.map(([size]) => size)),
        chunks: fc.constant(axes.map(([, chunk]) => chunk)),
        order: fc.constantFrom('C' as const, 'F' as const),
        dtype: fc.constantFrom('<f8', '>f8', '<i4', '<i2', '|i1', '>i8'),
        separator: fc.constantFrom('.' as const, '/' as const),
      }),
    );

  test('give back every value, whatever shape, chunks, order, type and separator', async () => {
    await fc.assert(
      fc.asyncProperty(layouts, fc.nat(6), async (layout, skip) => {
        const count = layout.shape.reduce((product, size) => product * size, 1);
        const values = Array.from({ length: count }, (_, place) => (place % 120) - 3);
        const array = await arrayOf(await storeOf({ ...layout, values }));
        expect(await numbersOf(array)).toEqual(values);
        const rows = Int32Array.from({ length: layout.shape[0] }, (_, row) => row).filter((row) => row % (skip + 1) === 0);
        const perRow = layout.shape.slice(1).reduce((product, size) => product * size, 1);
        const picked = decodeFloat64(await array.gather(rows), array.dtype, 'a');
        expect([...picked]).toEqual([...rows].flatMap((row) => values.slice(row * perRow, (row + 1) * perRow)));
      }),
      { numRuns: 200 },
    );
  });

  const compressors: [string, object, (chunk: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>][] = [
    [
      'blosc, zstd, bit shuffle',
      { id: 'blosc' },
      (chunk) => Blosc.fromConfig({ id: 'blosc', cname: 'zstd', clevel: 5, shuffle: 2 }).encode(chunk),
    ],
    [
      'blosc, lz4, byte shuffle',
      { id: 'blosc' },
      (chunk) => Blosc.fromConfig({ id: 'blosc', cname: 'lz4', clevel: 5, shuffle: 1 }).encode(chunk),
    ],
    ['zstd', { id: 'zstd' }, (chunk) => Zstd.fromConfig({ id: 'zstd' }).encode(chunk)],
    ['lz4', { id: 'lz4' }, (chunk) => Lz4.fromConfig({ id: 'lz4' }).encode(chunk)],
    ['zlib', { id: 'zlib' }, (chunk) => deflateSync(chunk)],
    ['gzip', { id: 'gzip' }, (chunk) => gzipSync(chunk)],
  ];

  test.each(compressors)('are decompressed from %s', async (_, compressor, encode) => {
    const values = Array.from({ length: 600 }, (_, place) => place % 37);
    const array = await arrayOf(await storeOf({ shape: [60, 10], chunks: [25, 10], values, compressor, encode }));
    expect(await numbersOf(array)).toEqual(values);
  });

  test.each(compressors)('whose %s chunk unfolds to more than the chunk are turned down', async (_, compressor, encode) => {
    const files = await storeOf({ shape: [4], chunks: [4], values: [1, 2, 3, 4], compressor, encode });
    files['a/0'] = Uint8Array.from(await encode(new Uint8Array(2 ** 22)));
    await expect(numbersOf(await arrayOf(files))).rejects.toMatchObject({ kind: 'analyzer.damaged', details: { file: 'a' } });
  });

  test.each(compressors)('whose %s chunk is broken say so', async (_, compressor, encode) => {
    const sound = await storeOf({ shape: [64], chunks: [64], values: Array.from({ length: 64 }, (_, at) => at * at), compressor, encode });
    const chunk = sound['a/0'] as Uint8Array<ArrayBuffer>;
    for (const broken of [chunk.slice(0, chunk.byteLength >> 1), chunk.slice(0, 3), new Uint8Array(0)]) {
      await expect(numbersOf(await arrayOf({ ...sound, 'a/0': broken }))).rejects.toMatchObject({ kind: 'analyzer.damaged' });
    }
  });

  test('undo the delta filter, also below zero and past 2^32', async () => {
    const values = [5, 3, 2 ** 40, 2 ** 40 + 1, -7, 0, 0, 12];
    const differences = values.map((value, at) => value - (at === 0 ? 0 : values[at - 1]));
    const filters = [{ id: 'delta', dtype: '<i8', astype: '<i8' }];
    const array = await arrayOf(await storeOf({ shape: [8], chunks: [8], values: differences, dtype: '<i8', filters }));
    expect(await numbersOf(array)).toEqual(values);
    const small = await arrayOf(
      await storeOf({ shape: [3], chunks: [3], values: [100, 100, 100], dtype: '|i1', filters: [{ id: 'delta', dtype: '|i1' }] }),
    );
    expect(await numbersOf(small)).toEqual([100, -56, 44]);
  });

  test('take the fill value where a chunk is missing', async () => {
    const files = await storeOf({ shape: [4], chunks: [2], values: [1, 2, 3, 4] });
    delete files['a/1'];
    files['a/.zarray'] = String(files['a/.zarray']).replace('"fill_value":0', '"fill_value":"NaN"');
    expect(await numbersOf(await arrayOf(files))).toEqual([1, 2, Number.NaN, Number.NaN]);
  });

  test('of absurd size are turned down before anything is allocated', async () => {
    const files = await storeOf({ shape: [2], chunks: [2], values: [1, 2] });
    const claim = (from: string, to: string): Promise<ZarrArray> =>
      arrayOf({ ...files, 'a/.zarray': String(files['a/.zarray']).replace(from, to) });
    await expect(claim('"shape":[2]', `"shape":[${2 ** 54}]`)).rejects.toMatchObject({ kind: 'analyzer.damaged' });
    await expect(numbersOf(await claim('"shape":[2]', '"shape":[9000000000]'))).rejects.toMatchObject({ kind: 'analyzer.refused' });
    await expect(claim('"chunks":[2]', '"chunks":[9000000000]')).rejects.toMatchObject({ kind: 'analyzer.refused' });
    await expect(numbersOf(await claim('"shape":[2]', '"shape":[1000000]'))).rejects.toMatchObject({ kind: 'analyzer.refused' });
    await expect(claim('"chunks":[2]', '"chunks":[0]')).rejects.toMatchObject({ kind: 'analyzer.damaged' });
  });

  test('stored with unknown codecs or filters, or as pickles, are not read', async () => {
    const parts = { shape: [1], chunks: [1], values: [1] };
    await expect(storeOf({ ...parts, compressor: { id: 'lzma' } }).then(arrayOf)).rejects.toMatchObject({ kind: 'analyzer.unsupported' });
    await expect(storeOf({ ...parts, filters: [{ id: 'quantize' }] }).then(arrayOf)).rejects.toMatchObject({
      kind: 'analyzer.unsupported',
    });
    const object = { zarr_format: 2, shape: [1], chunks: [1], dtype: '|O', order: 'C', compressor: null, fill_value: 0 };
    const files = { 'a/.zarray': JSON.stringify({ ...object, filters: [{ id: 'pickle' }] }), 'a/0': 'cos\nsystem\n.' };
    const store = await openZarr(memorySource(files), new BoundedCache(2 ** 20), false);
    await expect(store.array('a')).rejects.toMatchObject({ kind: 'analyzer.refused' });
    await expect(store.objects('a')).rejects.toMatchObject({ kind: 'analyzer.refused' });
  });

  test('of objects are read where they are JSON or text', async () => {
    const object = { zarr_format: 2, shape: [2], chunks: [2], dtype: '|O', order: 'C', compressor: null, fill_value: 0 };
    const text = new TextEncoder().encode('é');
    const files: ZarrFiles = {
      'json/.zarray': JSON.stringify({ ...object, filters: [{ id: 'json2' }] }),
      'json/0': '[{"a": NaN}, "x", "|O", [2]]',
      'text/.zarray': JSON.stringify({ ...object, filters: [{ id: 'vlen-utf8' }] }),
      'text/0': Uint8Array.from([2, 0, 0, 0, 1, 0, 0, 0, 0x41, 2, 0, 0, 0, ...text]),
      'short/.zarray': JSON.stringify({ ...object, filters: [{ id: 'vlen-utf8' }] }),
      'short/0': Uint8Array.from([2, 0, 0, 0, 200, 0, 0, 0, 0x41]),
    };
    const store = await openZarr(memorySource(files), new BoundedCache(2 ** 20), false);
    expect(await store.objects('json')).toEqual([{ a: Number.NaN }, 'x']);
    expect(await store.objects('text')).toEqual(['A', 'é']);
    await expect(store.objects('short')).rejects.toMatchObject({ kind: 'analyzer.damaged' });
  });

  test('are found the same with and without consolidated metadata', async () => {
    const files = await storeOf({ shape: [2], chunks: [2], values: [1, 2] });
    const metadata = { 'a/.zarray': JSON.parse(String(files['a/.zarray'])), '.zgroup': {}, 'a/.zattrs': { unit: 'ms' } };
    const consolidated = await openZarr(
      memorySource({ ...files, '.zmetadata': JSON.stringify({ metadata }) }),
      new BoundedCache(2 ** 20),
      true,
    );
    const plain = await openZarr(memorySource({ ...files, 'a/.zattrs': '{"unit": "ms"}' }), new BoundedCache(2 ** 20), false);
    for (const store of [consolidated, plain]) {
      expect(await store.children('')).toEqual(['a']);
      expect(await store.attributes('a')).toEqual({ unit: 'ms' });
      expect(await store.array('b')).toBeUndefined();
    }
    expect([consolidated.isConsolidated, plain.isConsolidated]).toEqual([true, false]);
  });
});

describe('a bounded cache', () => {
  test('loads a key once at a time, forgets failures, and keeps what was used last', async () => {
    const cache = new BoundedCache(100);
    let loads = 0;
    const load = (bytes: number) => async (): Promise<number> => {
      loads += 1;
      return bytes;
    };
    const weigh = (bytes: number): number => bytes;
    await Promise.all([cache.get('a', load(40), weigh), cache.get('a', load(40), weigh)]);
    expect(loads).toBe(1);
    await cache.get('b', load(40), weigh);
    await cache.get('a', load(40), weigh);
    await cache.get('c', load(40), weigh);
    await cache.get('a', load(40), weigh);
    expect(loads).toBe(3);
    await cache.get('b', load(40), weigh);
    expect(loads).toBe(4);
    await expect(cache.get('d', () => Promise.reject(new Error('no')), weigh)).rejects.toThrow('no');
    expect(await cache.get('d', load(1), weigh)).toBe(1);
  });
});
