import type { Sorting } from './table-view.tsx';

/** A click on a heading: upwards, then downwards, then as found. */
export function nextSorting(sorting: Sorting | undefined, columnId: string): Sorting | undefined {
  if (sorting?.id !== columnId) return { id: columnId, descending: false };
  return sorting.descending ? undefined : { id: columnId, descending: true };
}
