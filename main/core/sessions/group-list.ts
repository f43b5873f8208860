import type { UnitId } from '../../../app/analyzer/view.ts';
import type { GroupRow } from '../../../app/contract/calls.ts';
import type { VerdictWord } from '../../../app/contract/verdict.ts';
import type { GroupRecord } from '../db/tables/groups.ts';
import type { NewestVerdict } from '../db/tables/verdicts.ts';
import type { Tables } from '../db/tables.ts';
import { groupLabels } from '../group-labels.ts';
import { followDecisions } from '../review/decisions.ts';

/** A group of the list with what was said about it, but for the long texts, which stay in the database. */
export interface ListedGroup {
  readonly groupId: string;
  readonly units: readonly UnitId[];
  readonly spikeCounts: readonly number[];
  readonly origin: GroupRow['origin'];
  readonly templateDiff: number | null;
  readonly sources: GroupRow['sources'];
  readonly verdict: Omit<NonNullable<GroupRow['verdict']>, 'reasoning'> | undefined;
  readonly verdictCount: number;
  readonly failure: { readonly kind: string; readonly message: string } | undefined;
  readonly example: 'good' | 'bad' | undefined;
  readonly position: number;
  readonly seq: number;
  /** Where its numbers stand in the list's columns; it stays as long as the list is kept. */
  readonly slot: number;
  decision: VerdictWord | undefined;
  decidedAt: string | undefined;
}

/** How often each part of the list has changed: what was made of a part is good while its number is the same. */
export interface Stamps {
  readonly groups: number;
  readonly decisions: number;
  readonly chosen: number;
  readonly numbers: number;
}

/** Numbers of the groups as columns, by slot; NaN where a group has none. */
export interface NumberColumns {
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** 1 for each slot that was measured. */
  readonly measured: Uint8Array;
}

export interface GroupList {
  readonly sessionId: string;
  /** In list order. */
  readonly groups: readonly ListedGroup[];
  readonly stamps: Stamps;
  /** Ticked by a person. */
  readonly chosen: ReadonlySet<string>;
  readonly numbers: NumberColumns | undefined;
  placeOf(groupId: string): number | undefined;
  /** How many groups of the list have a decision. */
  decidedCount(): number;
  /** What can be taken back or brought again, and the notes. */
  readonly decisions: ReturnType<typeof followDecisions>;
  choose(groupIds: Iterable<string>, change: 'set' | 'add' | 'drop'): void;
  keepNumbers(ids: readonly string[], values: (group: ListedGroup) => Readonly<Record<string, number | null>> | undefined): void;
  forgetNumbers(): void;
  /** How many groups have no numbers yet. */
  unmeasuredCount(): number;
}

const mostLists = 4;
/** More changes than this are read faster all together than one by one. */
const mostSingly = 500;

/**
 * The lists of the sessions in use, kept in memory. SQLite stays the truth: each time a list is asked for, what any process
 * changed since is read first. Never ask after writing inside the same transaction: what is rolled back would stay here.
 */
export function createGroupLists(tables: Tables) {
  const lists = new Map<string, ReturnType<typeof openList>>();
  return {
    of(sessionId: string): GroupList {
      const list = lists.get(sessionId) ?? openList(tables, sessionId);
      lists.delete(sessionId);
      lists.set(sessionId, list);
      const [oldest] = lists.keys();
      if (lists.size > mostLists && oldest !== undefined) lists.delete(oldest);
      list.catchUp();
      return list;
    },
    /** The list where it is kept already. */
    known(sessionId: string): GroupList | undefined {
      const list = lists.get(sessionId);
      list?.catchUp();
      return list;
    },
  };
}

export type GroupLists = ReturnType<typeof createGroupLists>;

function openList(tables: Tables, sessionId: string): GroupList & { catchUp(): void } {
  let groups: ListedGroup[] = [];
  const byId = new Map<string, ListedGroup>();
  const slots = new Map<string, number>();
  const decisions = followDecisions();
  const chosen = new Set<string>();
  const stamps = { groups: 0, decisions: 0, chosen: 0, numbers: 0 };
  let revision = -1;
  let choiceRevision = -1;
  let numbers: NumberColumns | undefined;
  let places: { readonly at: number; readonly of: Map<string, number> } | undefined;
  let decided: { readonly at: string; readonly count: number } | undefined;

  const slotOf = (groupId: string): number => {
    const slot = slots.get(groupId) ?? slots.size;
    slots.set(groupId, slot);
    return slot;
  };
  const listedGroup = (record: GroupRecord, said: Said): ListedGroup => {
    const { groupId, units, spikeCounts, origin, templateDiff, position, seq } = record;
    const { verdict, verdictCount, failure, example, sources } = said;
    const now = decisions.current.get(groupId);
    return {
      ...{ groupId, units, spikeCounts, origin, templateDiff, position, seq, sources, verdictCount, example, verdict, failure },
      slot: slotOf(groupId),
      decision: now?.decision,
      decidedAt: now?.at,
    };
  };

  const readAll = (): void => {
    const verdicts = tables.verdicts.newestBySession(sessionId);
    const failures = tables.batches.openFailures(sessionId);
    const sources = tables.groupSources.ofSession(sessionId);
    const examples = tables.examples.labelsOf(sessionId);
    byId.clear();
    groups = tables.groups.listed(sessionId).map((record) => {
      const { groupId } = record;
      const newest = verdicts.get(groupId);
      const said: Said = {
        ...saidBy(newest),
        failure: failures.get(groupId),
        sources: sources.get(groupId) ?? [],
        example: examples.get(groupId),
      };
      const group = listedGroup(record, said);
      byId.set(groupId, group);
      return group;
    });
  };
  const readSome = (changed: readonly GroupRecord[]): void => {
    let isMoved = false;
    for (const record of changed) {
      const { groupId } = record;
      const before = byId.get(groupId);
      if (!record.listed) {
        if (byId.delete(groupId)) isMoved = true;
        continue;
      }
      const group = listedGroup(record, {
        ...saidBy(tables.verdicts.newestOf(groupId)),
        failure: tables.batches.openFailureOf(groupId),
        sources: tables.groupSources.ofGroup(groupId),
        example: tables.examples.labelOf(groupId),
      });
      byId.set(groupId, group);
      isMoved ||= before?.position !== group.position;
    }
    groups = isMoved
      ? [...byId.values()].sort((a, b) => a.position - b.position || a.seq - b.seq)
      : groups.map((group) => byId.get(group.groupId) ?? group);
  };

  const readDecisions = (): void => {
    const about = decisions.take(tables.decisionEvents.after(sessionId, decisions.lastSeq));
    if (about.size > 0) stamps.decisions += 1;
    for (const groupId of about) {
      const group = byId.get(groupId);
      if (!group) continue;
      const now = decisions.current.get(groupId);
      group.decision = now?.decision;
      group.decidedAt = now?.at;
    }
  };
  /** True where any changed. */
  const readGroups = (): boolean => {
    const newest = tables.groups.newestRevision();
    if (newest === revision) return false;
    const changed = revision < 0 ? undefined : tables.groups.changedSince(sessionId, revision);
    revision = newest;
    if (changed?.length === 0) return false;
    stamps.groups += 1;
    if (changed && changed.length <= mostSingly) readSome(changed);
    else readAll();
    return true;
  };
  /** True where a group is ticked that is not on the list. */
  const readChoice = (): boolean => {
    const now = tables.chosenGroups.revisionOf(sessionId);
    if (now === choiceRevision) return false;
    choiceRevision = now;
    const seqs = tables.chosenGroups.of(sessionId);
    chosen.clear();
    for (const { groupId, seq } of groups) if (seqs.has(seq)) chosen.add(groupId);
    stamps.chosen += 1;
    return chosen.size < seqs.size;
  };
  const keepChoice = (): void => {
    const seqs: number[] = [];
    for (const groupId of chosen) {
      const group = byId.get(groupId);
      if (group) seqs.push(group.seq);
      else chosen.delete(groupId);
    }
    choiceRevision = tables.chosenGroups.put(sessionId, seqs);
    stamps.chosen += 1;
  };

  return {
    sessionId,
    get groups() {
      return groups;
    },
    get stamps() {
      return stamps;
    },
    get numbers() {
      return numbers;
    },
    chosen,
    decisions,
    catchUp: () => {
      const isUnlisted = tables.ofOneMoment(() => {
        readDecisions();
        const isChanged = readGroups();
        return readChoice() || (isChanged && [...chosen].some((groupId) => !byId.has(groupId)));
      });
      // What left the list is not ticked when it comes back.
      if (isUnlisted) keepChoice();
    },
    placeOf(groupId) {
      if (places?.at !== stamps.groups) places = { at: stamps.groups, of: new Map(groups.map((group, place) => [group.groupId, place])) };
      return places.of.get(groupId);
    },
    decidedCount() {
      const at = `${stamps.groups} ${stamps.decisions}`;
      if (decided?.at !== at) decided = { at, count: groups.reduce((count, group) => count + Number(group.decision !== undefined), 0) };
      return decided.count;
    },
    choose(groupIds, change) {
      const ids = [...groupIds];
      if (change === 'set') chosen.clear();
      for (const groupId of ids) {
        if (change === 'drop') chosen.delete(groupId);
        else if (byId.has(groupId)) chosen.add(groupId);
      }
      keepChoice();
    },
    keepNumbers(ids, values) {
      const columns = new Map(ids.map((id) => [id, new Float64Array(slots.size).fill(Number.NaN)]));
      const measured = new Uint8Array(slots.size);
      for (const group of groups) {
        const own = values(group);
        if (!own) continue;
        measured[group.slot] = 1;
        for (const [id, column] of columns) column[group.slot] = own[id] ?? Number.NaN;
      }
      numbers = { columns, measured };
      stamps.numbers += 1;
    },
    forgetNumbers() {
      numbers = undefined;
      stamps.numbers += 1;
    },
    unmeasuredCount() {
      const measured = numbers?.measured;
      return groups.reduce((count, { slot }) => count + Number(measured?.[slot] !== 1), 0);
    },
  };
}

type Said = Pick<ListedGroup, 'verdict' | 'verdictCount' | 'failure' | 'sources' | 'example'>;

function saidBy(newest: NewestVerdict | undefined): Pick<ListedGroup, 'verdict' | 'verdictCount'> {
  if (!newest) return { verdict: undefined, verdictCount: 0 };
  const { verdictId, judge, model, verdict, confidence, verdictCount } = newest;
  return { verdict: { verdictId, judge, model, verdict, confidence }, verdictCount };
}

/** The group as a window gets it; in a blind review without its verdict until a person has decided. */
export function rowOf(tables: Tables, list: GroupList, group: ListedGroup, options: RowOptions): GroupRow {
  const verdict = shownVerdict(group, options.blind);
  const values = options.numbers.length > 0 ? valuesOf(list, group, options.numbers) : undefined;
  return {
    groupId: group.groupId,
    units: [...group.units],
    labels: groupLabels(group.units.length),
    spikeCounts: [...group.spikeCounts],
    origin: group.origin,
    sources: group.sources,
    templateDiff: group.templateDiff,
    decision: group.decision ?? null,
    decidedAt: group.decidedAt ?? null,
    note: list.decisions.notes.get(group.groupId) ?? '',
    verdict: verdict ? { ...verdict, reasoning: tables.verdicts.reasoningOf(verdict.verdictId) } : null,
    verdictCount: group.verdictCount,
    failure: group.failure ? { kind: group.failure.kind, message: group.failure.message } : null,
    example: group.example ?? null,
    chosen: list.chosen.has(group.groupId),
    ...(values ? { values } : {}),
  };
}

export interface RowOptions {
  readonly blind: boolean;
  /** Evidence numbers that come along. */
  readonly numbers: readonly string[];
}

/** The newest verdict, unless the review is blind and nobody has decided yet. */
export function shownVerdict(group: ListedGroup, blind: boolean): ListedGroup['verdict'] {
  return blind && group.decision === undefined ? undefined : group.verdict;
}

/** One number of a group; nothing where it has none or was not measured. */
export function numberOf(list: GroupList, group: ListedGroup, id: string): number | undefined {
  const value = list.numbers?.columns.get(id)?.[group.slot];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function valuesOf(list: GroupList, group: ListedGroup, ids: readonly string[]): Record<string, number | null> {
  return Object.fromEntries(ids.map((id) => [id, numberOf(list, group, id) ?? null]));
}
