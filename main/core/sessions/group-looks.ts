import type { Answer, Asked } from '../../../app/contract/calls.ts';
import { chosenPoint, type GroupView, pointStatuses } from '../../../app/contract/group-view.ts';
import { isInside } from '../../../app/contract/outline.ts';
import type { Core } from '../core.ts';
import { type GroupList, type ListedGroup, rowOf } from './group-list.ts';
import { fieldOf, type GroupOrder, orderOf } from './group-order.ts';
import { sessionOf } from './session-access.ts';

export interface Looked {
  readonly list: GroupList;
  readonly order: GroupOrder;
  /** No verdict is shown before a decision. */
  readonly blind: boolean;
}

/** More points than this are too many to draw, or to send at once: evenly spread ones stand for all. */
export const mostPoints = 100_000;
const aheadCount = 2;
const openCount = 8;

/** The list of a session in the order of a view. */
export function looked(core: Pick<Core, 'tables' | 'lists'>, sessionId: string, view: GroupView): Looked {
  const list = core.lists.of(sessionOf(core, sessionId).sessionId);
  const blind = core.tables.settings.read().hideVerdictUntilDecided;
  return { list, order: orderOf(core.tables, list, view, blind), blind };
}

export function countsOf(list: GroupList): Answer<'group.list'>['counts'] {
  return { all: list.groups.length, decided: list.decidedCount(), chosen: list.chosen.size, unmeasured: list.unmeasuredCount() };
}

/** A group within a view, its neighbours, and the open groups that come after it. */
export function around(
  core: Pick<Core, 'tables' | 'lists'>,
  sessionId: string,
  view: GroupView,
  groupId: string | undefined,
): Answer<'group.around'> {
  const { list, order, blind } = looked(core, sessionId, view);
  const { places } = order;
  const group = wanted(core, list, order, groupId, view.show === 'chosen');
  const place = group ? (list.placeOf(group.groupId) ?? -1) : -1;
  const at = place < 0 ? -1 : order.at(place);
  const idAt = (step: number): string | null => {
    const found = at < 0 ? places[0] : places[at + step];
    return found === undefined ? null : list.groups[found].groupId;
  };
  const open: ListedGroup[] = [];
  for (let step = 1; step <= places.length && open.length < openCount; step += 1) {
    const one = list.groups[places[(at + step) % places.length]];
    if (one.decision === undefined && one.groupId !== group?.groupId) open.push(one);
  }
  const ahead = at < 0 ? [] : [...places.slice(at + 1, at + 1 + aheadCount)];
  return {
    group: group ? rowOf(core.tables, list, group, { blind, numbers: [] }) : null,
    place: at < 0 ? null : at,
    total: places.length,
    counts: countsOf(list),
    previousId: idAt(-1),
    nextId: idAt(1),
    aheadIds: ahead.map((one) => list.groups[one].groupId),
    openIds: open.map((one) => one.groupId),
    openUnits: open.map(({ units }) => [...units]),
  };
}

/** The named group, or the one left last time where the view shows it, or its first open one, or its first, or the list's first. */
function wanted(
  { tables }: Pick<Core, 'tables'>,
  list: GroupList,
  { places, at }: GroupOrder,
  groupId: string | undefined,
  onlyChosen: boolean,
): ListedGroup | undefined {
  const { groups } = list;
  const named = groupId === undefined ? undefined : list.placeOf(groupId);
  if (named !== undefined) return groups[named];
  const leftId = onlyChosen ? undefined : (tables.sessions.byId(list.sessionId)?.shownGroupId ?? undefined);
  const left = leftId === undefined ? undefined : list.placeOf(leftId);
  if (left !== undefined && at(left) >= 0) return groups[left];
  const open = places.find((place) => groups[place].decision === undefined);
  return groups[open ?? places[0] ?? 0];
}

/** Says of a group whether its two numbers lie inside the outline. */
export function insideOf(
  list: GroupList,
  outline: NonNullable<Asked<'group.choose'>['outline']>,
  blind: boolean,
): (group: ListedGroup) => boolean {
  return (group) => {
    const [x, y] = [fieldOf(list, group, outline.x, blind), fieldOf(list, group, outline.y, blind)];
    return typeof x === 'number' && typeof y === 'number' && isInside([x, y], outline.points);
  };
}

/** The groups of a view that have both numbers, in its order. */
export function pointsOf(
  list: GroupList,
  order: GroupOrder,
  { x: xId, y: yId, blind }: { readonly x: string; readonly y: string; readonly blind: boolean },
): Answer<'group.points'> {
  const { places } = order;
  const x = new Float32Array(places.length);
  const y = new Float32Array(places.length);
  const at = new Uint32Array(places.length);
  let total = 0;
  for (const [index, place] of places.entries()) {
    const [across, up] = [fieldOf(list, list.groups[place], xId, blind), fieldOf(list, list.groups[place], yId, blind)];
    if (typeof across !== 'number' || typeof up !== 'number') continue;
    x[total] = across;
    y[total] = up;
    at[total++] = index;
  }
  const name = `${order.name} ${list.stamps.groups} ${list.stamps.numbers}`;
  const without = places.length - total;
  if (total <= mostPoints) return { x: x.slice(0, total), y: y.slice(0, total), places: at.slice(0, total), total, without, order: name };
  const some = Uint32Array.from({ length: mostPoints }, (_, index) => Math.floor((index * total) / mostPoints));
  return {
    x: Float32Array.from(some, (index) => x[index]),
    y: Float32Array.from(some, (index) => y[index]),
    places: some.map((index) => at[index]),
    total,
    without,
    order: name,
  };
}

/** What was decided on a group and whether it is chosen, as one number. */
export function markOf(list: GroupList, group: ListedGroup): number {
  return pointStatuses.indexOf(group.decision ?? 'open') + (list.chosen.has(group.groupId) ? chosenPoint : 0);
}
