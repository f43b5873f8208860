import type { PairMask } from './step.ts';

/** Every pair of different units in play. */
export function allPairs(unitCount: number): PairMask {
  const bits = new Uint8Array(unitCount * unitCount);
  for (let first = 0; first < unitCount; first += 1) bits.fill(1, first * unitCount + first + 1, (first + 1) * unitCount);
  return { unitCount, bits };
}

/** Clears every pair in play for which `passes` is not true. */
export function keepWhere(pairs: PairMask, passes: (first: number, second: number) => boolean): void {
  const { unitCount, bits } = pairs;
  for (let first = 0; first < unitCount; first += 1) {
    for (let second = first + 1; second < unitCount; second += 1) {
      const cell = first * unitCount + second;
      if (bits[cell] && !passes(first, second)) bits[cell] = 0;
    }
  }
}

/** Clears every pair with one of these units (1 = dropped). */
export function dropUnits(pairs: PairMask, dropped: Uint8Array): void {
  keepWhere(pairs, (first, second) => !dropped[first] && !dropped[second]);
}

/** Pairs in play as positions, first < second, in unit order. */
export function listPairs(pairs: PairMask): [number, number][] {
  const list: [number, number][] = [];
  for (let first = 0; first < pairs.unitCount; first += 1) {
    for (let second = first + 1; second < pairs.unitCount; second += 1) {
      if (pairs.bits[first * pairs.unitCount + second]) list.push([first, second]);
    }
  }
  return list;
}
