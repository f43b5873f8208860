import type { GroupRow } from '../../../app/contract/calls.ts';
import { isDisputed } from '../../state/groups.ts';

export const resultFilters = [
  { id: 'all', title: 'All groups' },
  { id: 'same', title: 'Decided: same cell' },
  { id: 'different', title: 'Decided: different' },
  { id: 'unsure', title: 'Decided: unsure' },
  { id: 'open', title: 'Not decided' },
  { id: 'disagree', title: 'Person and judge disagree' },
  { id: 'failed', title: 'Failed' },
] as const;

export type ResultFilter = (typeof resultFilters)[number]['id'];

function fits(row: GroupRow, filter: ResultFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'same':
      return row.decision === 'merge';
    case 'different':
      return row.decision === 'not merge';
    case 'unsure':
      return row.decision === 'unsure';
    case 'open':
      return row.decision === null;
    case 'disagree':
      return isDisputed(row);
    case 'failed':
      return row.failure !== null;
  }
}

/** True where the row fits the filter and holds every word, in its units, reasoning, judge or note. */
export function matches(row: GroupRow, filter: ResultFilter, words: string): boolean {
  if (!fits(row, filter)) return false;
  const wanted = words
    .toLowerCase()
    .split(/[\s,·]+/)
    .filter((word) => word !== '');
  if (wanted.length === 0) return true;
  const units = row.units.map((unit) => String(unit).toLowerCase());
  const text = [row.verdict?.reasoning, row.verdict?.judge, row.verdict?.model, row.failure?.message, row.note].join(' ').toLowerCase();
  return wanted.every((word) => units.includes(word) || text.includes(word));
}
