import { setImmediate } from 'node:timers/promises';
import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import type { CallContext } from '../../../app/contract/calls.ts';
import { numbersVersion } from '../../../app/evidence/version.ts';
import { Failure } from '../../../app/failure.ts';
import type { Core } from '../core.ts';
import type { Numbers } from '../db/tables/measured-numbers.ts';
import { measurePairs, nameOfPair } from './measure-pairs.ts';

/** So many groups are gone through before others get their turn. */
const inOneGo = 2000;
/** The larger of these says which pair of a group is the least alike. */
const alikeness = ['template_distance_l1_best_lag', 'template_distance_l1'] as const;

/**
 * Numbers of groups, in their order: of a pair its own, of a larger group those of its least alike pair. What was measured
 * before comes from the database; the rest is measured beside the core and kept (see `measurePairs`).
 */
export async function numbersOfGroups(
  core: Pick<Core, 'tables' | 'searcher'>,
  at: { readonly folder: string; readonly view: IdentifiedAnalyzer },
  groups: readonly (readonly UnitId[])[],
  { signal, progress }: Pick<CallContext, 'signal' | 'progress'>,
): Promise<Numbers[]> {
  const known = core.tables.measuredNumbers.pairs(at.view.fingerprint, numbersVersion);
  const missing = new Map<string, [UnitId, UnitId]>();
  for (const units of groups)
    for (const pair of pairsOf(units)) {
      const name = nameOfPair(pair);
      if (!known.has(name)) missing.set(name, pair);
    }
  const read = await measurePairs(core, at, [...missing.values()], { signal, progress });
  const numbers: Numbers[] = [];
  for (const [index, units] of groups.entries()) {
    if (index % inOneGo === inOneGo - 1) await setImmediate(undefined, { signal });
    numbers.push(leastAlike(pairsOf(units).map((pair) => numbersOf(known, read, nameOfPair(pair)))));
  }
  return numbers;
}

function numbersOf(known: ReadonlyMap<string, string>, read: Map<string, Numbers>, name: string): Numbers {
  const before = read.get(name);
  if (before) return before;
  const text = known.get(name);
  if (text === undefined) throw new Failure('bug', 'A pair was not measured.');
  const numbers = JSON.parse(text) as Numbers;
  read.set(name, numbers);
  return numbers;
}

function leastAlike(pairs: readonly Numbers[]): Numbers {
  const distance = (numbers: Numbers) => alikeness.map((id) => numbers[id]).find((value) => value !== null && value !== undefined) ?? -1;
  return pairs.reduce((least, numbers) => (distance(numbers) > distance(least) ? numbers : least));
}

function pairsOf(units: readonly UnitId[]): [UnitId, UnitId][] {
  return units.flatMap((first, index) => units.slice(index + 1).map((second): [UnitId, UnitId] => [first, second]));
}
