import { describe, expect, it } from 'vitest';
import { createBreather } from '../../../../app/analyzer/compute/breathe.ts';
import { unitsAmongNearest } from '../../../../app/analyzer/compute/units-among-nearest.ts';
import { stopAtLook } from '../../support/stop-midway.ts';

const random = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly unitOf: Int32Array;
  readonly unitCount: number;
}

const never = () => undefined;

/** Units as clouds around their own middles, some of which touch. */
function clouds(seed: number, unitCount: number, perUnit: number, spread: number): Points {
  const next = random(seed);
  const count = unitCount * perUnit;
  const points = {
    x: new Float64Array(count),
    y: new Float64Array(count),
    z: new Float64Array(count),
    unitOf: new Int32Array(count),
    unitCount,
  };
  for (let unit = 0; unit < unitCount; unit += 1) {
    const middle = [next() * spread, next() * spread, next() * spread];
    for (let index = 0; index < perUnit; index += 1) {
      const place = index * unitCount + unit;
      const around = () => next() + next() + next() - 1.5;
      points.unitOf[place] = unit;
      points.x[place] = middle[0] + around();
      points.y[place] = middle[1] + around();
      points.z[place] = middle[2] + around();
    }
  }
  return points;
}

/** What a full search finds: 1 where a pair is met whatever the order of equally far points is, 2 where it may be. */
function fullSearch({ x, y, z, unitOf, unitCount }: Points, count: number): Uint8Array {
  const met = new Uint8Array(unitCount * unitCount);
  const usable = Array.from(x.keys()).filter((row) => Number.isFinite(x[row] + y[row] + z[row]));
  const distances = new Float64Array(usable.length);
  for (const row of usable) {
    for (const [index, to] of usable.entries()) distances[index] = (x[to] - x[row]) ** 2 + (y[to] - y[row]) ** 2 + (z[to] - z[row]) ** 2;
    const rising = distances.slice().sort();
    const last = rising[Math.min(count, rising.length) - 1];
    const isTie = rising.length > count && rising[count] === last;
    for (const [index, to] of usable.entries()) {
      const cell = unitOf[row] * unitCount + unitOf[to];
      if (distances[index] < last || (distances[index] === last && !isTie)) met[cell] = 1;
      else if (distances[index] === last && met[cell] === 0) met[cell] = 2;
    }
  }
  return met;
}

async function compared(points: Points, count: number, asked: Uint8Array): Promise<{ differing: number[]; met: number; unmet: number }> {
  const full = fullSearch(points, count);
  const { x, y, z, unitOf, unitCount } = points;
  const met = await unitsAmongNearest({
    x: x.slice(),
    y: y.slice(),
    z: z.slice(),
    unitOf: unitOf.slice(),
    unitCount,
    asked,
    count,
    breathe: never,
  });
  const cells = Array.from(asked.keys());
  return {
    differing: cells.filter((cell) => (asked[cell] === 0 ? met[cell] !== 0 : full[cell] !== 2 && met[cell] !== full[cell])),
    met: cells.filter((cell) => asked[cell] === 1 && full[cell] === 1).length,
    unmet: cells.filter((cell) => asked[cell] === 1 && full[cell] === 0).length,
  };
}

const upper = (unitCount: number) =>
  Uint8Array.from({ length: unitCount ** 2 }, (_, cell) => (Math.trunc(cell / unitCount) < cell % unitCount ? 1 : 0));

describe('the units among the nearest points', () => {
  for (const [unitCount, perUnit, spread] of [
    [3, 20, 1],
    [12, 90, 4],
    [40, 20, 6],
    [600, 2, 10],
  ]) {
    for (const count of [1, 10, 40]) {
      it(`are those of a full search: ${unitCount} units of ${perUnit} points, ${count} nearest`, async () => {
        const points = clouds(unitCount + count, unitCount, perUnit, spread);
        const { differing, met, unmet } = await compared(points, count, upper(unitCount));
        expect(differing).toEqual([]);
        if (count > 1 && unitCount > 3) {
          expect(met).toBeGreaterThan(0);
          expect(unmet).toBeGreaterThan(0);
        }
      });
    }
  }

  it('are asked in both directions where both are wanted', async () => {
    const points = clouds(5, 10, 60, 4);
    const { differing, met, unmet } = await compared(points, 10, new Uint8Array(100).fill(1));
    expect(differing).toEqual([]);
    expect(Math.min(met, unmet)).toBeGreaterThan(0);
  });

  it('leave out points that are no numbers, and take points that lie on each other in any order', async () => {
    const points = clouds(9, 8, 100, 4);
    for (const column of [points.x, points.y, points.z])
      for (const [row, value] of column.entries()) column[row] = Math.round(value * 2) / 2;
    points.y[17] = Number.NaN;
    points.x.fill(Number.NaN, 100, 120);
    const { differing } = await compared(points, 10, upper(8));
    expect(differing).toEqual([]);
  });

  it('are all there are where fewer points than asked for exist', async () => {
    const points = clouds(2, 4, 3, 100);
    const { met, unmet, differing } = await compared(points, 50, upper(4));
    expect({ met, unmet, differing }).toEqual({ met: 6, unmet: 0, differing: [] });
  });

  it('are none where there are no points or nothing is asked', async () => {
    const none = { x: new Float64Array(), y: new Float64Array(), z: new Float64Array(), unitOf: new Int32Array(), unitCount: 3, count: 5 };
    expect(await unitsAmongNearest({ ...none, asked: upper(3), breathe: never })).toEqual(new Uint8Array(9));
    const { x, y, z, unitOf } = clouds(3, 3, 50, 1);
    const unasked = { x, y, z, unitOf, unitCount: 3, count: 10, asked: new Uint8Array(9), breathe: never };
    expect(await unitsAmongNearest(unasked)).toEqual(new Uint8Array(9));
  });

  it('can be called off while the points are put in order', async () => {
    const points = clouds(4, 10, 100_000, 6);
    const running = unitsAmongNearest({ ...points, asked: upper(10), count: 10, breathe: createBreather(stopAtLook(5)) });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
