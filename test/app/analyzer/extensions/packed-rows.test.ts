import { describe, expect, test } from 'vitest';
import { BoundedCache } from '../../../../app/analyzer/bounded-cache.ts';
import type { ReadContext } from '../../../../app/analyzer/extensions/definition.ts';
import { packedReader } from '../../../../app/analyzer/extensions/packed-rows.ts';
import { openNpy } from '../../../../app/analyzer/npy.ts';
import type { StoredArray } from '../../../../app/analyzer/stored-array.ts';
import { memorySource } from '../support/memory-source.ts';
import { packElements, writeNpy } from '../support/write-npy.ts';

const unitOfSpike = [0, 1, 2, 0, 1, 0, 2, 0, 1, 0];
const selected = [0, 1, 3, 4, 5, 7, 8, 9];
const mask = [1, 0, 1, 0, 1, 1, 1, 1, 1];

/** Spikes of three units on three channels; unit 2 has no selected spike. */
function context(cache = new BoundedCache(2 ** 20)): ReadContext {
  return {
    unitIds: ['a', 'b', 'c'],
    channelCount: 3,
    spikeCount: unitOfSpike.length,
    samplingFrequencyHz: 30_000,
    sparsity: { unitCount: 3, channelCount: 3, mask: Uint8Array.from(mask) },
    cache,
    spikes: async () => ({ unitIndex: Int32Array.from(unitOfSpike) }) as never,
    extension: async () => ({ rows: Int32Array.from(selected) }) as never,
  };
}

interface Counted {
  readonly array: StoredArray;
  readonly calls: { read: number; gather: number };
}

/** One value per element: row * 100 + inner * 10 + channel. */
async function arrayOf(shape: readonly number[], claims: { byteLength?: number; rowsAreCheap?: boolean }): Promise<Counted> {
  const [rows, inner, width = 1] = shape;
  const values = Array.from({ length: rows * inner * width }, (_, at) => {
    return Math.floor(at / (inner * width)) * 100 + (Math.floor(at / width) % inner) * 10 + (at % width);
  });
  const stored = await openNpy(memorySource({ x: writeNpy({ descr: '<f4', shape }, packElements(values, '<f4')) }), 'x');
  if (stored === undefined) throw new Error('not found');
  const calls = { read: 0, gather: 0 };
  const array: StoredArray = {
    file: stored.file,
    dtype: stored.dtype,
    shape: stored.shape,
    byteLength: claims.byteLength ?? stored.byteLength,
    rowsAreCheap: claims.rowsAreCheap ?? true,
    read: (options) => {
      calls.read += 1;
      return stored.read(options);
    },
    readRows: (start, count, options) => stored.readRows(start, count, options),
    gather: (wanted, options) => {
      calls.gather += 1;
      return stored.gather(wanted, options);
    },
  };
  return { array, calls };
}

describe('rows packed per unit', () => {
  const kinds = {
    'of a small array': {},
    'of a large file': { byteLength: 2 ** 31 },
    'of a large compressed array': { byteLength: 2 ** 31, rowsAreCheap: false },
  };

  test.each(Object.entries(kinds))('%s are the unit’s own rows on its own channels', async (_, claims) => {
    const { array } = await arrayOf([8, 2, 3], claims);
    const reader = await packedReader(array, context());
    expect([...(await reader.selectedRowsOf(0))]).toEqual([0, 3, 5, 7, 9]);
    expect([...reader.channelsOf(0)]).toEqual([0, 2]);
    expect([...reader.channelsOf(1)]).toEqual([1, 2]);
    const all = await reader.ofUnit(0);
    expect(all.rowCount).toBe(5);
    expect([...all.values]).toEqual([0, 2, 4, 5, 7].flatMap((row) => [row * 100, row * 100 + 1, row * 100 + 10, row * 100 + 11]));
    const few = await reader.ofUnit(0, { limit: 2 });
    expect([...few.values]).toEqual([0, 7].flatMap((row) => [row * 100, row * 100 + 1, row * 100 + 10, row * 100 + 11]));
    const other = await reader.ofUnit(1, { limit: 2 });
    expect([...other.values]).toEqual([1, 6].flatMap((row) => [row * 100, row * 100 + 1, row * 100 + 10, row * 100 + 11]));
    expect(await reader.ofUnit(2, { limit: 2 })).toEqual({ values: new Float32Array(0), rowCount: 0 });
  });

  test('of a small array are read once, of a large compressed one in one pass for all units', async () => {
    const small = await arrayOf([8, 2, 3], kinds['of a small array']);
    const compressed = await arrayOf([8, 2, 3], kinds['of a large compressed array']);
    for (const { array } of [small, compressed]) {
      const reader = await packedReader(array, context());
      for (const unit of [0, 1, 0, 2]) await reader.ofUnit(unit, { limit: 2 });
    }
    expect(small.calls).toEqual({ read: 1, gather: 0 });
    expect(compressed.calls).toEqual({ read: 0, gather: 1 });
  });

  test.each(Object.entries(kinds))('%s come unit by unit where they lie', async (_, claims) => {
    const { array } = await arrayOf([8, 2, 3], claims);
    const reader = await packedReader(array, context());
    const found: Record<number, number[]> = {};
    for await (const { unit, before, total, positions, stride, values } of reader.byUnit()) {
      expect([before, total]).toEqual([0, unit === 0 ? 5 : 3]);
      expect(stride).toBe(3);
      found[unit] = Array.from(positions, (position) => values[position * 6]);
    }
    expect(found).toEqual({ 0: [0, 200, 400, 500, 700], 1: [100, 300, 600] });
  });

  test('of large units come in pieces, gathered for several units at once', async () => {
    const shape = [8, 2 ** 20, 3];
    const rowLength = 2 ** 20 * 3;
    const gathered: number[][] = [];
    const array: StoredArray = {
      file: 'x',
      dtype: { kind: 'float', itemSize: 4, littleEndian: true },
      shape,
      byteLength: shape[0] * rowLength * 4,
      rowsAreCheap: true,
      read: () => Promise.reject(new Error('everything was read')),
      readRows: () => Promise.reject(new Error('rows were read in order')),
      async gather(rows) {
        gathered.push([...rows]);
        const values = new Float32Array(rows.length * rowLength);
        for (const [at, row] of rows.entries()) values[at * rowLength] = row;
        return new Uint8Array(values.buffer);
      },
    };
    const reader = await packedReader(array, context());
    const pieces: unknown[] = [];
    for await (const { unit, before, total, positions, values } of reader.byUnit()) {
      pieces.push([unit, before, total, Array.from(positions, (position) => values[position * rowLength])]);
    }
    expect(gathered).toEqual([
      [0, 2],
      [4, 5],
      [1, 7],
      [3, 6],
    ]);
    expect(pieces).toEqual([
      [0, 0, 5, [0, 2]],
      [0, 2, 5, [4, 5]],
      [0, 4, 5, [7]],
      [1, 0, 3, [1]],
      [1, 1, 3, [3, 6]],
    ]);
  });

  test('without a channel axis count as one channel', async () => {
    const { array } = await arrayOf([8, 4], {});
    const reader = await packedReader(array, context());
    expect(reader.channelsOf(1)).toHaveLength(1);
    const rows = await reader.ofUnit(1);
    expect(rows.rowCount).toBe(3);
    expect([...rows.values]).toEqual([1, 3, 6].flatMap((row) => [0, 10, 20, 30].map((inner) => row * 100 + inner)));
  });

  test('narrower than the sparsity mask needs are damaged', async () => {
    const { array } = await arrayOf([8, 2, 2], {});
    await expect(packedReader(array, context())).rejects.toMatchObject({ kind: 'analyzer.damaged', details: { file: 'x' } });
  });
});
