import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { AnalyzerView, IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import { measurePair } from '../../../app/evidence/measure.ts';
import type { EvidenceNumber } from '../../../app/evidence/number.ts';
import { evidenceNumbers } from '../../../app/evidence/registry.ts';
import { numbersVersion } from '../../../app/evidence/version.ts';
import type { PairNumbers } from '../../../app/judges/question.ts';
import type { Core } from '../core.ts';
import { measurePairs, nameOfPair } from '../searching/measure-pairs.ts';

/** Numbers of a group as they are stored: by id for a pair, by "A-B.id" for each pair of a larger group. */
export type GroupNumbers = Readonly<Record<string, number | null>>;

/**
 * The numbers of every pair of the group: as they were measured before on this content, or measured now, beside the core, and
 * kept. Units in the analyzer's order, as a group holds them. Throws as `measurePair`.
 */
export async function numbersOfGroup(
  core: Pick<Core, 'tables' | 'searcher'>,
  at: { readonly folder: string; readonly view: IdentifiedAnalyzer },
  units: readonly UnitId[],
  labels: readonly string[],
  options: ReadOptions = {},
): Promise<GroupNumbers> {
  const pairs = pairsOf(units.length).map(([a, b]) => {
    const pair: [UnitId, UnitId] = [units[a], units[b]];
    const name = nameOfPair(pair);
    return { a, b, pair, name, known: core.tables.measuredNumbers.pair(at.view.fingerprint, numbersVersion, name) };
  });
  const missing = pairs.filter(({ known }) => known === undefined).map(({ pair }) => pair);
  const measured = await measurePairs(core, at, missing, options);
  const numbers: Record<string, number | null> = {};
  for (const { a, b, name, known } of pairs)
    for (const [id, value] of Object.entries(known ?? measured.get(name) ?? {})) numbers[keyOf(id, labels, a, b)] = value;
  return numbers;
}

/** Measures every pair of the group here and now; with `only`, just those numbers. */
export async function measureGroup(
  view: AnalyzerView,
  units: readonly UnitId[],
  labels: readonly string[],
  options: ReadOptions & { readonly only?: readonly string[] | undefined } = {},
): Promise<GroupNumbers> {
  const numbers: Record<string, number | null> = {};
  for (const [a, b] of pairsOf(units.length)) {
    const values = await measurePair(view, { first: view.indexOf(units[a]), second: view.indexOf(units[b]) }, options);
    for (const [id, value] of Object.entries(values)) numbers[keyOf(id, labels, a, b)] = value;
  }
  return numbers;
}

/** The stored numbers as a question shows them. Ids that are no longer known are left out. */
export function pairNumbers(numbers: GroupNumbers, labels: readonly string[]): PairNumbers[] {
  return pairsOf(labels.length).map(([a, b]) => ({
    labels: [labels[a], labels[b]],
    rows: (evidenceNumbers as readonly EvidenceNumber[]).flatMap(({ id, title, unit, reading, digits }) => {
      const key = keyOf(id, labels, a, b);
      return Object.hasOwn(numbers, key) ? [{ id, title, unit, reading, digits, value: numbers[key] }] : [];
    }),
  }));
}

function keyOf(id: string, labels: readonly string[], a: number, b: number): string {
  return labels.length === 2 ? id : `${labels[a]}-${labels[b]}.${id}`;
}

function pairsOf(count: number): [number, number][] {
  return Array.from({ length: count }, (_, a) => Array.from({ length: count - a - 1 }, (_, b): [number, number] => [a, a + 1 + b])).flat();
}
