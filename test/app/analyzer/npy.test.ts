import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBooleans, decodeFloat64, decodeStrings, fieldOf } from '../../../app/analyzer/decode.ts';
import { openNpy } from '../../../app/analyzer/npy.ts';
import type { StoredArray } from '../../../app/analyzer/stored-array.ts';
import { memorySource } from './support/memory-source.ts';
import { packElements, toFortran, writeNpy } from './support/write-npy.ts';

const file = 'some/array.npy';

async function opened(bytes: Uint8Array<ArrayBuffer>): Promise<StoredArray> {
  const array = await openNpy(memorySource({ [file]: bytes }), file);
  if (array === undefined) throw new Error('not found');
  return array;
}

const numberTypes = ['i1', 'i2', 'i4', 'i8', 'f4', 'f8'];
const shapes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });
const layouts = fc.record({
  shape: shapes,
  order: fc.constantFrom('<', '>'),
  type: fc.constantFrom(...numberTypes),
  fortranOrder: fc.boolean(),
  version: fc.constantFrom(1 as const, 2 as const, 3 as const),
  padding: fc.integer({ min: 0, max: 1200 }),
  seed: fc.integer({ min: -120, max: 120 }),
});

describe('numpy files', () => {
  test('give back every number, whatever shape, type, byte order, array order, version and header length', async () => {
    await fc.assert(
      fc.asyncProperty(layouts, async ({ shape, order, type, fortranOrder, version, padding, seed }) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const values = Array.from({ length: count }, (_, place) => ((seed + place * 7) % 127) | 0);
        const descr = type === 'i1' ? '|i1' : `${order}${type}`;
        const stored = fortranOrder ? toFortran(values, shape) : values;
        const array = await opened(writeNpy({ descr, shape, fortranOrder, version, padding }, packElements(stored, descr)));
        expect(array.shape).toEqual(shape);
        expect([...decodeFloat64(await array.read(), array.dtype, file)]).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  test('give back any rows, in one stretch or picked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        fc.uniqueArray(fc.integer({ min: 0, max: 39 })),
        async (rows, columns, fortranOrder, picks) => {
          const values = Array.from({ length: rows * columns }, (_, place) => place * 0.5 - 3);
          const stored = fortranOrder ? toFortran(values, [rows, columns]) : values;
          const array = await opened(writeNpy({ descr: '<f8', shape: [rows, columns], fortranOrder }, packElements(stored, '<f8')));
          const start = rows >> 1;
          const stretch = decodeFloat64(await array.readRows(start, rows - start), array.dtype, file);
          expect([...stretch]).toEqual(values.slice(start * columns));
          const wanted = Int32Array.from(picks.filter((row) => row < rows)).sort();
          const picked = decodeFloat64(await array.gather(wanted), array.dtype, file);
          expect([...picked]).toEqual([...wanted].flatMap((row) => values.slice(row * columns, (row + 1) * columns)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('pick rows out of a file too large to be read at once, reading little more than the rows', async () => {
    const rows = 3000;
    const columns = 100;
    const values = new Float64Array(rows * columns).map((_, place) => place);
    const source = memorySource({ [file]: writeNpy({ descr: '<f8', shape: [rows, columns] }, new Uint8Array(values.buffer)) });
    const array = await openNpy(source, file);
    source.asked.bytes = 0;
    const picked = decodeFloat64((await array?.gather(Int32Array.of(0, 1, 1500, 2999))) ?? new Uint8Array(0), array!.dtype, file);
    expect(picked[2 * columns]).toBe(1500 * columns);
    expect(picked[4 * columns - 1]).toBe(rows * columns - 1);
    expect(source.asked.bytes).toBe(4 * columns * 8);
  });

  test('give text of any alphabet, in either byte order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 4 }).filter((text) => !text.includes('\0') && [...text].length <= 8)),
        fc.constantFrom('<', '>'),
        async (texts, order) => {
          const descr = `${order}U8`;
          const array = await opened(writeNpy({ descr, shape: [texts.length] }, packElements(texts, descr)));
          expect(decodeStrings(await array.read(), array.dtype, file)).toEqual(texts);
        },
      ),
      { numRuns: 100 },
    );
    const bytes = await opened(writeNpy({ descr: '|S3', shape: [2] }, packElements(['ab', 'xyz'], '|S3')));
    expect(decodeStrings(await bytes.read(), bytes.dtype, file)).toEqual(['ab', 'xyz']);
  });

  test('give booleans, unsigned and half-precision numbers', async () => {
    const flags = await opened(writeNpy({ descr: '|b1', shape: [3] }, packElements([true, false, true], '|b1')));
    expect([...decodeBooleans(await flags.read(), flags.dtype, file)]).toEqual([1, 0, 1]);
    const unsigned = await opened(writeNpy({ descr: '<u8', shape: [2] }, packElements([-1n, 5n], '<i8')));
    expect([...decodeFloat64(await unsigned.read(), unsigned.dtype, file)]).toEqual([2 ** 64, 5]);
    const half = Uint8Array.from([0x00, 0x3c, 0x00, 0xc0, 0x00, 0x7c, 0x01, 0x00, 0x00, 0x7e]);
    const halves = await opened(writeNpy({ descr: '<f2', shape: [5] }, half));
    expect([...decodeFloat64(await halves.read(), halves.dtype, file)]).toEqual([1, -2, Number.POSITIVE_INFINITY, 2 ** -24, Number.NaN]);
  });

  test('give the fields of a structured array, also with padding, titles and sub-arrays', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer(), fc.float({ noNaN: true }))), fc.constantFrom('<', '>'), async (rows, order) => {
        const parts = rows.map(([a, b]) => [
          packElements([a], `${order}i8`),
          new Uint8Array(4),
          packElements([b], `${order}f4`),
          packElements([1, 2], '|i1'),
        ]);
        const data = Uint8Array.from(parts.flatMap((row) => row.flatMap((bytes) => [...bytes])));
        const descr = `[('sample_index', '${order}i8'), ('', '|V4'), (('Title', 'x'), '${order}f4'), ('pair', '|i1', (2,))]`;
        const array = await opened(writeNpy({ descr, shape: [rows.length] }, data));
        const bytes = await array.read();
        const sample = fieldOf(bytes, array.dtype, 'sample_index', file);
        const x = fieldOf(bytes, array.dtype, 'x', file);
        const pair = fieldOf(bytes, array.dtype, 'pair', file);
        expect([...decodeFloat64(sample.bytes, sample.dtype, file)]).toEqual(rows.map(([a]) => a));
        expect([...decodeFloat64(x.bytes, x.dtype, file)]).toEqual(rows.map(([, b]) => b));
        expect([...decodeFloat64(pair.bytes, pair.dtype, file)]).toEqual(rows.flatMap(() => [1, 2]));
        expect(() => fieldOf(bytes, array.dtype, 'segment_index', file)).toThrow(`${file} has no field segment_index`);
      }),
      { numRuns: 60 },
    );
  });

  test('refuse pickled objects, plain or inside a structure, without looking at them', async () => {
    const pickle = new TextEncoder().encode('cos\nsystem\n(S"echo"\ntR.');
    await expect(opened(writeNpy({ descr: '|O', shape: [1] }, pickle))).rejects.toMatchObject({
      kind: 'analyzer.refused',
      details: { file },
    });
    const inside = writeNpy({ descr: "[('a', '<i8'), ('b', '|O8')]", shape: [1] }, new Uint8Array(16));
    await expect(opened(inside)).rejects.toMatchObject({ kind: 'analyzer.refused' });
  });

  test('that are cut short or too long say by how much', async () => {
    const whole = writeNpy({ descr: '<f8', shape: [10] }, new Uint8Array(80));
    await expect(opened(whole.slice(0, -1))).rejects.toMatchObject({
      kind: 'analyzer.damaged',
      message: expect.stringContaining(`${file} is cut short`),
      details: { file, expectedBytes: whole.byteLength, actualBytes: whole.byteLength - 1 },
    });
    await expect(opened(Uint8Array.from([...whole, 0]))).rejects.toMatchObject({ kind: 'analyzer.damaged' });
    await expect(opened(whole.slice(0, 40))).rejects.toMatchObject({ kind: 'analyzer.damaged' });
    await expect(opened(whole.slice(0, 4))).rejects.toMatchObject({ kind: 'analyzer.damaged' });
    await expect(opened(new Uint8Array(0))).rejects.toMatchObject({ kind: 'analyzer.damaged' });
  });

  test.each([[[2 ** 53]], [[2 ** 31, 2 ** 31]], [[-1]], [[1.5]], [[1e300, 1e300]]])(
    'of the shape %s are turned down before anything is allocated',
    async (shape) => {
      await expect(opened(writeNpy({ descr: '<f8', shape }, new Uint8Array(8)))).rejects.toMatchObject({
        kind: 'analyzer.damaged',
        details: { file },
      });
    },
  );

  test.each([
    ['another version', (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(9, 6, 7), 'analyzer.unsupported'],
    ['other first bytes', (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(0, 0, 1), 'analyzer.damaged'],
    ['a header that is no literal', (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(0x21, 10, 20), 'analyzer.damaged'],
    ['a header longer than the file', (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(0xff, 8, 10), 'analyzer.damaged'],
  ])('with %s fail with a sentence', async (_, spoil, kind) => {
    await expect(opened(spoil(writeNpy({ descr: '<f8', shape: [1] }, new Uint8Array(8))))).rejects.toMatchObject({
      kind,
      details: { file },
    });
  });

  test.each(['<c16', '<M8[ns]', '|V7', '<f16', '<i3'])('of the type %s are unsupported', async (descr) => {
    await expect(opened(writeNpy({ descr, shape: [1] }, new Uint8Array(16)))).rejects.toMatchObject({ kind: 'analyzer.unsupported' });
  });

  test('never crash on flipped bytes: they open, or fail naming the file', async () => {
    const sound = writeNpy({ descr: "[('a', '<i8'), ('b', '<f4')]", shape: [4] }, new Uint8Array(48));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(sound.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (flips) => {
        const bytes = sound.slice();
        for (const [at, value] of flips) bytes[at] = value;
        await opened(bytes)
          .then((array) => array.read())
          .catch((error) => expect(error).toMatchObject({ kind: expect.stringMatching(/^analyzer\./), details: { file } }));
      }),
      { numRuns: 500 },
    );
  });

  test('that do not exist are undefined', async () => {
    expect(await openNpy(memorySource({}), file)).toBeUndefined();
  });
});
