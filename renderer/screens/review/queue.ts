import type { GroupRow } from '../../../app/contract/calls.ts';
import { asShown, isDisputed } from '../../state/groups.ts';

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
] as const;
export type QueueFilter = (typeof queueFilters)[number]['id'];

export const queueOrders = [
  { id: 'found', title: 'As found' },
  { id: 'alike', title: 'Most alike first' },
  { id: 'surest', title: 'Surest verdict first' },
  { id: 'least', title: 'Least sure first' },
] as const;
export type QueueOrder = (typeof queueOrders)[number]['id'];

function passes(group: GroupRow, filter: QueueFilter, chosen: ReadonlySet<string>): boolean {
  if (filter === 'chosen') return chosen.has(group.groupId);
  if (filter === 'all') return true;
  if (filter === 'open') return group.decision === null;
  if (filter === 'disagree') return isDisputed(group);
  if (filter === 'judged') return group.verdict !== null;
  if (filter === 'failed') return group.failure !== null;
  return group.decision === filter;
}

/** Where a group stands in an order; what can't be said goes last. */
function rank(group: GroupRow, order: QueueOrder): number {
  if (order === 'alike') return group.templateDiff ?? Number.POSITIVE_INFINITY;
  if (order === 'surest') return group.verdict ? -group.verdict.confidence : Number.POSITIVE_INFINITY;
  if (order === 'least') return group.verdict ? group.verdict.confidence : Number.POSITIVE_INFINITY;
  return 0;
}

function byRank(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** The queue as it is on screen. Equal ranks keep the order in which groups were found. */
export function arrange(
  groups: readonly GroupRow[],
  filter: QueueFilter,
  order: QueueOrder,
  blind: boolean,
  chosenIds: readonly string[] = [],
): GroupRow[] {
  const chosen = new Set(chosenIds);
  const shown = groups.map((group) => asShown(group, blind)).filter((group) => passes(group, filter, chosen));
  return order === 'found' ? shown : shown.sort((a, b) => byRank(rank(a, order), rank(b, order)));
}

/** The next group nobody decided, after the current one and then from the top; `undefined` when all are decided. */
export function nextOpen(queue: readonly GroupRow[], currentId: string): GroupRow | undefined {
  const at = queue.findIndex((group) => group.groupId === currentId);
  const turned = [...queue.slice(at + 1), ...queue.slice(0, Math.max(at, 0))];
  return turned.find((group) => group.decision === null && group.groupId !== currentId);
}

/** The neighbour `step` further; the ends are ends. */
export function neighbour(queue: readonly GroupRow[], currentId: string, step: 1 | -1): GroupRow | undefined {
  const at = queue.findIndex((group) => group.groupId === currentId);
  if (at < 0) return queue[0];
  return queue[at + step];
}

/** Which group to show first: the wanted one, the one left last time, the first open one, or the first. */
export function firstShown(
  queue: readonly GroupRow[],
  wanted: string | undefined,
  leftAt: string | null | undefined,
): GroupRow | undefined {
  return (
    queue.find((group) => group.groupId === wanted) ??
    queue.find((group) => group.groupId === leftAt) ??
    queue.find((group) => group.decision === null) ??
    queue[0]
  );
}
