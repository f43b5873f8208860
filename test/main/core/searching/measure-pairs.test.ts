import { expect, test } from 'vitest';
import { numbersVersion } from '../../../../app/evidence/version.ts';
import { measurePairs } from '../../../../main/core/searching/measure-pairs.ts';
import type { Searcher } from '../../../../main/core/searching/searcher.ts';
import { storedSession } from '../support/stored-session.ts';

test('what was measured before a cancelled measurement broke off is kept, each hundred in one transaction', async () => {
  const { tables, database } = storedSession([]);
  const view = { fingerprint: 'f'.repeat(64), indexOf: (id: number) => id } as never;
  const writes: boolean[] = [];
  const measuredNumbers: typeof tables.measuredNumbers = {
    ...tables.measuredNumbers,
    putPair(...row) {
      writes.push(database.inTransaction);
      tables.measuredNumbers.putPair(...row);
    },
  };
  const asked: number[] = [];
  const searcher = {
    ask: async (_work: string, _at: object, { pairs }: { pairs: readonly [number, number][] }) => {
      asked.push(pairs.length);
      if (asked.length === 3) throw new Error('cancelled');
      return pairs.map(([first, second]) => ({ sum: first + second }));
    },
  } as unknown as Searcher;
  const core = { tables: { ...tables, measuredNumbers }, searcher };
  const pairs = Array.from({ length: 250 }, (_, index): [number, number] => [index, 1000]);
  await expect(measurePairs(core, { folder: '', view }, pairs)).rejects.toThrow('cancelled');
  expect(asked).toEqual([100, 100, 50]);
  expect(writes).toEqual(Array(200).fill(true));
  const kept = tables.measuredNumbers.pairs('f'.repeat(64), numbersVersion);
  expect(kept.size).toBe(200);
  expect(kept.get('[7,1000]')).toBe('{"sum":1007}');

  asked.length = 0;
  const measured = await measurePairs(core, { folder: '', view }, pairs.slice(200));
  expect(measured.get('[249,1000]')).toEqual({ sum: 1249 });
});
