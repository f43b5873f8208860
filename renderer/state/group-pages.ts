import type { Answer, GroupRow } from '../../app/contract/calls.ts';
import type { GroupView } from '../../app/contract/group-view.ts';
import { type Pages, usePages } from './pages.ts';

const noNumbers: readonly string[] = [];

export interface GroupPages extends Pages<GroupRow, Answer<'group.list'>> {
  /** Nothing before the first answer. */
  readonly counts: Answer<'group.list'>['counts'] | undefined;
}

const stretchOf = ({ groups, from, total }: Answer<'group.list'>) => ({ rows: groups, from, total });

/** A session's list as a view shows it; of a hundred thousand groups only the pages on screen are ever here. */
export function useGroupPages(sessionId: string, view: GroupView, numbers = noNumbers): GroupPages {
  const pages = usePages(
    'group.list',
    (range) => ({ sessionId, view, ...range, ...(numbers.length > 0 ? { numbers: [...numbers] } : {}) }),
    stretchOf,
  );
  return { ...pages, counts: pages.head?.counts };
}
