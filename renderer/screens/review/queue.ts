import type { GroupShow, GroupView } from '../../../app/contract/group-view.ts';

export const queueFilters = [
  { id: 'all', title: 'All groups' },
  { id: 'chosen', title: 'Chosen candidates' },
  { id: 'open', title: 'Open' },
  { id: 'merge', title: 'Same cell' },
  { id: 'not merge', title: 'Different' },
  { id: 'unsure', title: 'Unsure' },
  { id: 'disagree', title: 'You and the judge differ' },
  { id: 'judged', title: 'Judged' },
  { id: 'failed', title: 'Judging failed' },
] as const satisfies readonly { readonly id: GroupShow; readonly title: string }[];
export type QueueFilter = (typeof queueFilters)[number]['id'];

export const queueOrders = [
  { id: 'found', title: 'As found' },
  { id: 'alike', title: 'Most alike first', sort: { by: 'template_diff', descending: false } },
  { id: 'surest', title: 'Surest verdict first', sort: { by: 'confidence', descending: true } },
  { id: 'least', title: 'Least sure first', sort: { by: 'confidence', descending: false } },
] as const satisfies readonly { readonly id: string; readonly title: string; readonly sort?: GroupView['sort'] }[];
export type QueueOrder = (typeof queueOrders)[number]['id'];

/** The queue as the core is asked for it. */
export function queueView(filter: QueueFilter, order: QueueOrder): GroupView {
  const chosen = queueOrders.find(({ id }) => id === order);
  return { show: filter, ...(chosen && 'sort' in chosen ? { sort: chosen.sort } : {}) };
}

/** The first group of those that come next which was not decided on while the core was answering. */
export function nextOpen(openIds: readonly string[], justDecided: ReadonlySet<string>): string | undefined {
  return openIds.find((groupId) => !justDecided.has(groupId));
}
