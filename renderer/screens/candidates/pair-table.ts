import { create } from 'zustand';
import type { Answer, GroupRow } from '../../../app/contract/calls.ts';
import type { FieldValue } from './filter-expression.ts';

export type NumberMeaning = Answer<'group.meanings'>['numbers'][number];
export type Values = ReadonlyMap<string, Readonly<Record<string, number | null>>>;

interface PairTable {
  /** Evidence numbers shown as columns. */
  readonly columns: readonly string[];
  readonly filter: string;
  readonly scatterOpen: boolean;
  readonly x: string;
  readonly y: string;
  set(change: Partial<Pick<PairTable, 'columns' | 'filter' | 'scatterOpen' | 'x' | 'y'>>): void;
}

/** How the table of pairs is looked at; it stays while the window is open. */
export const usePairTable = create<PairTable>((set) => ({
  columns: [],
  filter: '',
  scatterOpen: false,
  x: 'template_distance_l1_best_lag',
  y: 'ccg_refractory_ratio',
  set,
}));

/** What a filter may name beside the evidence numbers. */
export const rowFields = ['template_diff', 'score', 'spike_count', 'unit_count', 'confidence', 'decision', 'verdict', 'found_by'] as const;
type RowField = (typeof rowFields)[number];

const ofRow: Readonly<Record<RowField, (row: GroupRow) => FieldValue>> = {
  template_diff: (row) => row.templateDiff,
  score: (row) =>
    row.sources.reduce<number | null>((best, { score }) => (score !== null && !(best !== null && best >= score) ? score : best), null),
  spike_count: (row) => Math.min(...row.spikeCounts),
  unit_count: (row) => row.units.length,
  confidence: (row) => row.verdict?.confidence ?? null,
  decision: (row) => row.decision ?? 'open',
  verdict: (row) => row.verdict?.verdict ?? 'none',
  found_by: (row) => row.sources.map(({ name, origin }) => name || origin).join(', '),
};

/** A field of a row by name: of the group itself, or one of its numbers. */
export function fieldOf(row: GroupRow, name: string, values: Values): FieldValue {
  return Object.hasOwn(ofRow, name) ? ofRow[name as RowField](row) : values.get(row.groupId)?.[name];
}

/** "similarity_correlograms, match.csv 0.93 (TotalScore 0.71)": where a group came from. */
export function sourceWords(row: GroupRow): string {
  const short = (value: number) => Number(value.toPrecision(3));
  const words = row.sources.map(({ origin, name, score, scores }) => {
    const source = name !== '' ? name : origin === 'hand' ? 'by hand' : origin;
    const others = Object.entries(scores ?? {}).map(([column, value]) => `${column} ${short(value)}`);
    return `${source}${score === null ? '' : ` ${short(score)}`}${others.length > 0 ? ` (${others.join(', ')})` : ''}`;
  });
  return words.length > 0 ? words.join(', ') : row.origin;
}
