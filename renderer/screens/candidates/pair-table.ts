import { create } from 'zustand';
import type { Answer, GroupRow } from '../../../app/contract/calls.ts';
import type { Sorting } from '../../parts/table-view.tsx';

export type NumberMeaning = Answer<'group.meanings'>['numbers'][number];

interface PairTable {
  /** Evidence numbers shown as columns. */
  readonly columns: readonly string[];
  readonly filter: string;
  readonly sorting: Sorting | undefined;
  readonly scatterOpen: boolean;
  readonly x: string;
  readonly y: string;
  set(change: Partial<Pick<PairTable, 'columns' | 'filter' | 'sorting' | 'scatterOpen' | 'x' | 'y'>>): void;
}

/** How the table of pairs is looked at; it stays while the window is open. */
export const usePairTable = create<PairTable>((set) => ({
  columns: [],
  filter: '',
  sorting: { id: 'template_diff', descending: false },
  scatterOpen: false,
  x: 'template_distance_l1_best_lag',
  y: 'ccg_refractory_ratio',
  set,
}));

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
