import type { GroupShow } from '../../../app/contract/group-view.ts';

export const resultFilters = [
  { id: 'all', title: 'All groups' },
  { id: 'merge', title: 'Decided: same cell' },
  { id: 'not merge', title: 'Decided: different' },
  { id: 'unsure', title: 'Decided: unsure' },
  { id: 'open', title: 'Not decided' },
  { id: 'disagree', title: 'Person and judge disagree' },
  { id: 'failed', title: 'Failed' },
] as const satisfies readonly { readonly id: GroupShow; readonly title: string }[];

export type ResultFilter = (typeof resultFilters)[number]['id'];
