import type { UnitId } from '../../../app/analyzer/view.ts';
import { type FieldValue, parseFilter } from '../../../app/contract/filter-expression.ts';
import { type GroupField, type GroupShow, type GroupView, groupFields } from '../../../app/contract/group-view.ts';
import { evidenceNumbers } from '../../../app/evidence/registry.ts';
import { Failure } from '../../../app/failure.ts';
import type { Tables } from '../db/tables.ts';
import { type GroupList, type ListedGroup, numberOf, shownVerdict } from './group-list.ts';

/** A way to look at a list, worked out. */
export interface GroupOrder {
  /** Changes whenever the order was worked out anew. */
  readonly name: string;
  /** Places in the list, in the order of the view. */
  readonly places: Uint32Array;
  /** Where in the view the group at a place of the list stands; -1 where it is not shown. */
  at(place: number): number;
}

const mostOrders = 8;
const collator = new Intl.Collator(undefined, { numeric: true });
const numberIds: ReadonlySet<string> = new Set(evidenceNumbers.map(({ id }) => id));
const filterNames: ReadonlySet<string> = new Set([...groupFields, ...numberIds]);

interface Kept {
  readonly stamp: string;
  readonly order: GroupOrder;
}
const kept = new WeakMap<GroupList, Map<string, Kept>>();
let count = 0;

/**
 * The groups of a view in its order, worked out anew only where something it looks at has changed. Throws `input.invalid` for a
 * filter that can't be read and for an unknown order.
 */
export function orderOf(tables: Tables, list: GroupList, view: GroupView, blind: boolean): GroupOrder {
  const orders = kept.get(list) ?? new Map<string, Kept>();
  kept.set(list, orders);
  const key = JSON.stringify([view, blind]);
  const stamp = stampOf(list, view, blind);
  const known = orders.get(key);
  orders.delete(key);
  const current = known?.stamp === stamp ? known : { stamp, order: workedOut(tables, list, view, blind) };
  orders.set(key, current);
  const [oldest] = orders.keys();
  if (orders.size > mostOrders && oldest !== undefined) orders.delete(oldest);
  return current.order;
}

/** A field of a group by name: of the group itself, or one of its numbers. */
export function fieldOf(list: GroupList, group: ListedGroup, name: string, blind: boolean): FieldValue {
  return Object.hasOwn(fields, name) ? fields[name as GroupField](group, blind) : numberOf(list, group, name);
}

const fields: Readonly<Record<GroupField, (group: ListedGroup, blind: boolean) => FieldValue>> = {
  template_diff: (group) => group.templateDiff,
  score: ({ sources }) =>
    sources.reduce<number | null>((best, { score }) => (score !== null && !(best !== null && best >= score) ? score : best), null),
  spike_count: (group) => Math.min(...group.spikeCounts),
  unit_count: (group) => group.units.length,
  confidence: (group, blind) => shownVerdict(group, blind)?.confidence,
  decision: (group) => group.decision ?? 'open',
  verdict: (group, blind) => shownVerdict(group, blind)?.verdict ?? 'none',
  found_by: (group) => group.sources.map(({ name, origin }) => name || origin).join(', '),
};

/** Fields of which an undecided, unjudged group has none in an order, though a filter can name it. */
const orderFields: Readonly<Record<string, (group: ListedGroup, blind: boolean) => FieldValue>> = {
  ...fields,
  decision: (group) => group.decision,
  verdict: (group, blind) => shownVerdict(group, blind)?.verdict ?? (group.failure ? 'failed' : undefined),
  judge: (group, blind) => {
    const verdict = shownVerdict(group, blind);
    return verdict?.model || verdict?.judge;
  },
};

function stampOf(list: GroupList, view: GroupView, blind: boolean): string {
  const { groups, decisions, chosen, numbers } = list.stamps;
  const text = `${view.filter ?? ''} ${view.sort?.by ?? ''}`;
  const looksAtDecisions = blind || view.words !== undefined || !['all', 'chosen', 'judged', 'failed'].includes(view.show ?? 'all');
  return [
    groups,
    looksAtDecisions || text.includes('decision') ? decisions : '',
    view.show === 'chosen' ? chosen : '',
    text.trim() === '' || view.sort?.by === 'found' ? '' : numbers,
  ].join(' ');
}

function workedOut(tables: Tables, list: GroupList, view: GroupView, blind: boolean): GroupOrder {
  const { groups } = list;
  const tests = [showTest(list, view.show ?? 'all', blind), filterTest(list, view.filter ?? '', blind)];
  if (view.words !== undefined && view.words.trim() !== '') tests.push(wordsTest(tables, list, view.words, blind));
  const passing = tests.filter((test) => test !== undefined);
  const places = new Uint32Array(groups.length);
  let shown = 0;
  for (const [place, group] of groups.entries()) if (passing.every((test) => test(group))) places[shown++] = place;
  const order = sorted(tables, list, places.slice(0, shown), view.sort, blind);
  count += 1;
  let back: Int32Array | undefined;
  return {
    name: String(count),
    places: order,
    at(place) {
      if (!back) {
        back = new Int32Array(groups.length).fill(-1);
        for (const [at, one] of order.entries()) back[one] = at;
      }
      return back[place] ?? -1;
    },
  };
}

type Test = (group: ListedGroup) => boolean;

function showTest(list: GroupList, show: GroupShow, blind: boolean): Test | undefined {
  switch (show) {
    case 'all':
      return undefined;
    case 'chosen':
      return ({ groupId }) => list.chosen.has(groupId);
    case 'open':
      return ({ decision }) => decision === undefined;
    case 'disagree':
      return (group) => {
        const verdict = shownVerdict(group, blind);
        return group.decision !== undefined && verdict !== undefined && group.decision !== verdict.verdict;
      };
    case 'judged':
      return (group) => shownVerdict(group, blind) !== undefined;
    case 'failed':
      return ({ failure }) => failure !== undefined;
    default:
      return ({ decision }) => decision === show;
  }
}

function filterTest(list: GroupList, filter: string, blind: boolean): Test | undefined {
  if (filter.trim() === '') return undefined;
  const parsed = parseFilter(filter, filterNames);
  if (!parsed.ok) throw new Failure('input.invalid', `The filter can’t be read: ${parsed.problem}`, { field: 'filter', at: parsed.at });
  return (group) => parsed.test((name) => fieldOf(list, group, name, blind));
}

function wordsTest(tables: Tables, list: GroupList, words: string, blind: boolean): Test {
  const wanted = words
    .toLowerCase()
    .split(/[\s,·]+/)
    .filter((word) => word !== '');
  const verdicts = tables.verdicts.newestBySession(list.sessionId);
  return (group) => {
    const verdict = shownVerdict(group, blind);
    const reasoning = verdict && verdicts.get(group.groupId)?.reasoning;
    const note = list.decisions.notes.get(group.groupId);
    const text = [reasoning, verdict?.judge, verdict?.model, group.failure?.message, note].join(' ').toLowerCase();
    const units = group.units.map((unit) => String(unit).toLowerCase());
    return wanted.every((word) => units.includes(word) || text.includes(word));
  };
}

function sorted(tables: Tables, list: GroupList, places: Uint32Array, sort: GroupView['sort'], blind: boolean): Uint32Array {
  const { groups } = list;
  const by = sort?.by ?? 'found';
  const turn = sort?.descending ? -1 : 1;
  if (by === 'found') return sort?.descending ? places.reverse() : places;
  if (by === 'units') {
    const keys = unitKeys(groups);
    return places.sort((a, b) => turn * compareKeys(keys[a], keys[b]) || a - b);
  }
  if (by !== 'reasoning' && !Object.hasOwn(orderFields, by) && !numberIds.has(by))
    throw new Failure('input.invalid', `There is nothing called ${by} to order groups by.`, { field: 'sort' });
  const keys = new Float64Array(groups.length);
  const values = [...places].map((place) => orderValue(tables, list, groups[place], by, blind));
  const rank = ranks(values);
  for (const [index, place] of places.entries()) {
    const value = values[index];
    keys[place] = typeof value === 'number' ? value : typeof value === 'string' ? (rank.get(value) as number) : Number.NaN;
  }
  return places.sort((a, b) => {
    const [x, y] = [keys[a], keys[b]];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return turn * (x - y) || a - b;
  });
}

function orderValue(tables: Tables, list: GroupList, group: ListedGroup, by: string, blind: boolean): FieldValue {
  if (by !== 'reasoning') return Object.hasOwn(orderFields, by) ? orderFields[by](group, blind) : numberOf(list, group, by);
  const verdict = shownVerdict(group, blind);
  return verdict ? tables.verdicts.reasoningOf(verdict.verdictId) : group.failure?.message;
}

/** The place of each word among all, so that words are compared once and not for each pair of groups. */
function ranks(values: readonly FieldValue[]): Map<string, number> {
  const words = [...new Set(values.filter((value) => typeof value === 'string'))].sort(collator.compare);
  return new Map(words.map((word, rank) => [word, rank]));
}

function unitKeys(groups: readonly ListedGroup[]): number[][] {
  const ids = new Map<UnitId, string>(groups.flatMap(({ units }) => units.map((unit) => [unit, String(unit)] as const)));
  const inOrder = [...ids].sort(([, a], [, b]) => collator.compare(a, b)).map(([unit]) => unit);
  const rank = new Map(inOrder.map((unit, at) => [unit, at]));
  return groups.map(({ units }) => units.map((unit) => rank.get(unit) as number));
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length && at < b.length; at += 1) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length;
}
