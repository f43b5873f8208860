import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosenPoint, type GroupView, pointStatuses } from '../../../../app/contract/group-view.ts';
import type { VerdictWord } from '../../../../app/contract/verdict.ts';
import { openTables } from '../../../../main/core/db/tables.ts';
import { createGroupLists, rowOf } from '../../../../main/core/sessions/group-list.ts';
import { around, insideOf, markOf, mostPoints, pointsOf } from '../../../../main/core/sessions/group-looks.ts';
import { orderOf } from '../../../../main/core/sessions/group-order.ts';
import { answer, planFor, storedSession } from '../support/stored-session.ts';

type Stored = ReturnType<typeof storedSession>;

/** Five groups: a and c judged and decided, b judged, d failed, e decided. */
function reviewed() {
  const stored = storedSession([]);
  const { tables, store, sessionId } = stored;
  const diffs = [0.2, 0.05, null, 0.1, null];
  const ids = diffs.map((templateDiff, at) => {
    const units = [2 * at + 1, 2 * at + 2];
    return tables.groups.place(sessionId, { units, spikeCounts: [10 * (at + 1), 100], templateDiff }, 'search', at);
  });
  const [a, b, c, d, e] = ids;
  const batchId = store.create(planFor(sessionId, [a, b, c, d]));
  const judged = (verdict: VerdictWord, confidence: number, reasoning: string) =>
    store.finish(store.claimNext(batchId)?.itemId ?? '', {
      ...answer,
      verdict: { ...answer.verdict, verdict, confidence, reasoning },
    });
  judged('merge', 0.9, 'Same shape.');
  judged('not merge', 0.6, 'The dip is filled.');
  judged('merge', 0.7, 'Same place.');
  store.fail(store.claimNext(batchId)?.itemId ?? '', { kind: 'provider.timeout', message: 'No reply.', details: {} }, answer.spent);
  for (const [groupId, decision] of [
    [a, 'merge'],
    [c, 'unsure'],
    [e, 'not merge'],
  ] as const)
    tables.decisionEvents.add({ sessionId, groupId, kind: 'decide', decision, reviewer: '' });
  const lists = createGroupLists(tables);
  const names = new Map(ids.map((groupId, at) => [groupId, 'abcde'[at]]));
  const shown = (view: GroupView, blind = false) => {
    const list = lists.of(sessionId);
    return [...orderOf(tables, list, view, blind).places].map((place) => names.get(list.groups[place].groupId)).join('');
  };
  return { ...stored, ids, lists, names, shown };
}

describe('a list of groups', () => {
  test('stands as it was found unless a view says otherwise', () => {
    const { shown } = reviewed();
    expect(shown({})).toBe('abcde');
    expect(shown({ sort: { by: 'found', descending: true } })).toBe('edcba');
  });

  test('shows what is open, decided, judged, disputed or failed', () => {
    const { shown } = reviewed();
    expect(shown({ show: 'open' })).toBe('bd');
    expect(shown({ show: 'merge' })).toBe('a');
    expect(shown({ show: 'not merge' })).toBe('e');
    expect(shown({ show: 'unsure' })).toBe('c');
    expect(shown({ show: 'disagree' })).toBe('c');
    expect(shown({ show: 'failed' })).toBe('d');
    expect(shown({ show: 'judged' })).toBe('abc');
  });

  test('is ordered by a field, with what has none at the end, as found, in both directions', () => {
    const { shown } = reviewed();
    expect(shown({ sort: { by: 'template_diff', descending: false } })).toBe('bdace');
    expect(shown({ sort: { by: 'template_diff', descending: true } })).toBe('adbce');
    expect(shown({ sort: { by: 'confidence', descending: true } })).toBe('acbde');
    expect(shown({ sort: { by: 'confidence', descending: false } })).toBe('bcade');
    expect(shown({ sort: { by: 'decision', descending: false } })).toBe('aecbd');
    expect(shown({ sort: { by: 'verdict', descending: false } })).toBe('dacbe');
    expect(shown({ sort: { by: 'reasoning', descending: false } })).toBe('dcabe');
    expect(shown({ sort: { by: 'spike_count', descending: true } })).toBe('edcba');
  });

  test('is ordered by unit ids as people count, whatever their type', () => {
    const { tables, sessionId } = storedSession([['10', '11'], [9, 1], ['9', '2'], [9]]);
    const list = createGroupLists(tables).of(sessionId);
    const { places } = orderOf(tables, list, { sort: { by: 'units', descending: false } }, false);
    expect([...places].map((place) => list.groups[place].units)).toEqual([[9], [9, 1], ['9', '2'], ['10', '11']]);
  });

  test('is filtered by an expression and by words', () => {
    const { shown } = reviewed();
    expect(shown({ filter: 'template_diff < 0.15' })).toBe('bd');
    expect(shown({ filter: 'decision == "open" or confidence > 0.8' })).toBe('abd');
    expect(shown({ filter: 'not verdict == "none"', sort: { by: 'template_diff', descending: false } })).toBe('bac');
    expect(shown({ words: 'same' })).toBe('ac');
    expect(shown({ words: '3' })).toBe('b');
    expect(shown({ words: 'same 5' })).toBe('c');
    expect(() => shown({ filter: 'nothing < 1' })).toThrow('nothing');
    expect(() => shown({ sort: { by: 'nothing', descending: false } })).toThrow('nothing');
  });

  test('tells nothing of a verdict in a blind review before the person has decided', () => {
    const { shown, lists, tables, sessionId } = reviewed();
    expect(shown({ show: 'judged' }, true)).toBe('ac');
    expect(shown({ sort: { by: 'confidence', descending: true } }, true)).toBe('acbde');
    expect(shown({ filter: 'verdict == "not merge"' }, true)).toBe('');
    expect(shown({ words: 'dip' }, true)).toBe('');
    const list = lists.of(sessionId);
    const row = (at: number, blind: boolean) => rowOf(tables, list, list.groups[at], { blind, numbers: [] });
    expect(row(1, true).verdict).toBeNull();
    expect(row(0, true).verdict).toMatchObject({ verdict: 'merge', reasoning: 'Same shape.' });
    expect(row(1, false).verdict).toMatchObject({ verdict: 'not merge', confidence: 0.6 });
  });

  test('is worked out anew only where a view looks at what has changed', () => {
    const { lists, tables, sessionId, ids } = reviewed();
    const named = (view: GroupView) => orderOf(tables, lists.of(sessionId), view, false).name;
    const views: GroupView[] = [{ sort: { by: 'template_diff', descending: false } }, { show: 'open' }, { filter: 'decision == "open"' }];
    const before = views.map(named);
    expect(views.map(named)).toEqual(before);
    tables.decisionEvents.add({ sessionId, groupId: ids[1], kind: 'decide', decision: 'merge', reviewer: '' });
    const after = views.map(named);
    expect(after.map((name, at) => name === before[at])).toEqual([true, false, false]);
  });
});

describe('a list kept in memory', () => {
  const read = (stored: Stored, lists = createGroupLists(stored.tables)) => {
    const list = lists.of(stored.sessionId);
    return list.groups.map((group) => {
      const { chosen: _, ...row } = rowOf(stored.tables, list, group, { blind: false, numbers: [] });
      return row;
    });
  };

  test('follows whatever any process writes, as if it were read anew', () => {
    const things = fc.constantFrom(
      'add',
      'unlist',
      'relist',
      'decide',
      'undo',
      'redo',
      'note',
      'judge',
      'fail',
      'source',
      'example',
      'retire',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(things, fc.nat(6)), { minLength: 1, maxLength: 60 }), (steps) => {
        const stored = storedSession([
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ]);
        const { sessionId, store, database } = stored;
        // Written through other tables than those the list reads by, as another process would.
        const tables = openTables(database);
        const lists = createGroupLists(stored.tables);
        read(stored, lists);
        for (const [what, nth] of steps) {
          const all = tables.groups.all(sessionId);
          const { groupId } = all[nth % all.length];
          const { decisions } = createGroupLists(tables).of(sessionId);
          const [undoable, redoable] = [decisions.undoable, decisions.redoable];
          const back = (kind: 'undo' | 'redo', target: typeof undoable) => {
            if (target) tables.decisionEvents.add({ sessionId, groupId: target.groupId, kind, targetSeq: target.seq, reviewer: '' });
          };
          const ask = () => store.claimNext(store.create(planFor(sessionId, [groupId])))?.itemId ?? '';
          if (what === 'add') tables.groups.add(sessionId, { units: [20, 21 + nth], spikeCounts: [1, 1], templateDiff: nth }, 'hand');
          if (what === 'unlist') tables.groups.unlist(groupId);
          if (what === 'relist')
            tables.groups.place(sessionId, { units: all[nth % all.length].units, spikeCounts: [], templateDiff: 0.5 }, 'search', nth);
          if (what === 'decide') tables.decisionEvents.add({ sessionId, groupId, kind: 'decide', decision: 'merge', reviewer: '' });
          if (what === 'undo') back('undo', undoable);
          if (what === 'redo') back('redo', redoable);
          if (what === 'note') tables.decisionEvents.add({ sessionId, groupId, kind: 'note', note: `n${nth}`, reviewer: '' });
          if (what === 'judge') store.finish(ask(), answer);
          if (what === 'fail') store.fail(ask(), { kind: 'provider.server', message: 'It failed.', details: {} }, answer.spent);
          if (what === 'source') tables.groupSources.add(groupId, { origin: 'import', name: `file${nth % 2}`, score: nth });
          if (what === 'example') tables.examples.add(exampleOf(stored, groupId));
          if (what === 'retire') tables.examples.retireOfGroup(groupId, 'Mine');
          expect(read(stored, lists)).toEqual(read(stored));
        }
      }),
      { numRuns: 5 },
    );
  });

  test('forgets the tick of a group that left the list', () => {
    const stored = storedSession([
      [1, 2],
      [3, 4],
    ]);
    const lists = createGroupLists(stored.tables);
    lists.of(stored.sessionId).choose(stored.groupIds, 'set');
    stored.tables.groups.unlist(stored.groupIds[0]);
    expect([...lists.of(stored.sessionId).chosen]).toEqual([stored.groupIds[1]]);
  });
});

describe('around a group', () => {
  test('lie its neighbours and the open groups after it, then from the top', () => {
    const { tables, lists, sessionId, ids, names } = reviewed();
    const look = (view: GroupView, groupId?: string) => {
      const found = around({ tables, lists }, sessionId, view, groupId);
      const name = (id: string | null | undefined) => (id ? names.get(id) : id);
      const { openIds, previousId, nextId, place } = found;
      return { group: name(found.group?.groupId), place, before: name(previousId), after: name(nextId), open: openIds.map(name).join('') };
    };
    expect(look({}, ids[0])).toEqual({ group: 'a', place: 0, before: null, after: 'b', open: 'bd' });
    expect(look({}, ids[3])).toEqual({ group: 'd', place: 3, before: 'c', after: 'e', open: 'b' });
    expect(look({}, ids[4])).toEqual({ group: 'e', place: 4, before: 'd', after: null, open: 'bd' });
    expect(look({ show: 'open' }, ids[4])).toEqual({ group: 'e', place: null, before: 'b', after: 'b', open: 'bd' });
  });

  test('without a name it is the one left last time, else the first open one, else the first', () => {
    const { tables, lists, sessionId, ids, names } = reviewed();
    const first = (view: GroupView) => names.get(around({ tables, lists }, sessionId, view, undefined).group?.groupId ?? '');
    expect(first({})).toBe('b');
    tables.sessions.show(sessionId, ids[2]);
    expect(first({})).toBe('c');
    expect(first({ show: 'open' })).toBe('b');
    lists.of(sessionId).choose([ids[0], ids[2]], 'set');
    expect(first({ show: 'chosen' })).toBe('a');
    expect(first({ show: 'merge' })).toBe('a');
  });

  test('of an empty list there is nothing', () => {
    const { tables, sessionId } = storedSession([]);
    const found = around({ tables, lists: createGroupLists(tables) }, sessionId, {}, undefined);
    expect(found).toMatchObject({ group: null, place: null, total: 0, previousId: null, nextId: null, openIds: [] });
  });
});

describe('ticks', () => {
  const ticked = (list: ReturnType<ReturnType<typeof createGroupLists>['of']>, ids: readonly string[]) =>
    ids.map((groupId) => Number(list.chosen.has(groupId))).join('');

  test('are there again after a restart, and in another process at once', () => {
    const { tables, lists, sessionId, ids } = reviewed();
    lists.of(sessionId).choose([ids[4], ids[1]], 'set');
    const other = createGroupLists(tables);
    expect(ticked(other.of(sessionId), ids)).toBe('01001');
    lists.of(sessionId).choose([ids[1]], 'drop');
    expect(ticked(other.of(sessionId), ids)).toBe('00001');
    other.of(sessionId).choose([ids[0]], 'add');
    expect(ticked(lists.of(sessionId), ids)).toBe('10001');
    expect(tables.chosenGroups.of(randomUUID())).toEqual(new Set());
  });

  test('of a group that left the list do not come back with it, whether the list was in memory or not', () => {
    for (const isKept of [true, false]) {
      const { tables, lists, sessionId, ids } = reviewed();
      lists.of(sessionId).choose([ids[1], ids[3]], 'set');
      tables.groups.unlist(ids[3]);
      const list = isKept ? lists : createGroupLists(tables);
      expect(ticked(list.of(sessionId), ids)).toBe('01000');
      tables.groups.place(sessionId, { units: [7, 8], spikeCounts: [40, 100], templateDiff: 0.1 }, 'search', 3);
      expect(list.of(sessionId).groups.map(({ groupId }) => groupId)).toContain(ids[3]);
      expect(ticked(list.of(sessionId), ids)).toBe('01000');
      expect(ticked(createGroupLists(tables).of(sessionId), ids)).toBe('01000');
    }
  });
});

describe('points of two numbers', () => {
  test('stand in the order of the view, marked by decision and choice; an outline holds those inside', () => {
    const { tables, lists, sessionId, ids } = reviewed();
    const list = lists.of(sessionId);
    list.choose([ids[1]], 'set');
    const order = orderOf(tables, list, { sort: { by: 'spike_count', descending: true } }, false);
    const points = pointsOf(list, order, { x: 'spike_count', y: 'template_diff', blind: false });
    expect([...points.x]).toEqual([40, 20, 10]);
    expect([...points.y].map((y) => Number(y.toFixed(3)))).toEqual([0.1, 0.05, 0.2]);
    expect(points).toMatchObject({ total: 3, without: 2 });
    const marks = [...points.places].map((at) => markOf(list, list.groups[order.places[at]]));
    expect(marks).toEqual([0, chosenPoint, pointStatuses.indexOf('merge')]);
    const outline = {
      x: 'spike_count',
      y: 'template_diff',
      points: [[15, 0] as const, [50, 0] as const, [50, 1] as const, [15, 1] as const].map(([x, y]): [number, number] => [x, y]),
    };
    const isInside = insideOf(list, outline, false);
    expect(list.groups.filter(isInside).map(({ groupId }) => groupId)).toEqual([ids[1], ids[3]]);
  });

  test('of very many groups are evenly spread ones, and say so', () => {
    const stored = storedSession([]);
    const list = createGroupLists(stored.tables).of(stored.sessionId);
    const count = mostPoints + 10_000;
    const many = {
      ...list,
      stamps: list.stamps,
      numbers: undefined,
      groups: Array.from({ length: count }, (_, at) => ({ spikeCounts: [at], units: [1, 2] })),
    };
    const order = { name: 'x', places: Uint32Array.from({ length: count }, (_, at) => at), at: (place: number) => place };
    const points = pointsOf(many as never, order, { x: 'spike_count', y: 'unit_count', blind: false });
    expect(points.x).toHaveLength(mostPoints);
    expect(points).toMatchObject({ total: count, without: 0 });
    expect([points.places[0], points.places[mostPoints - 1]]).toEqual([0, count - 2]);
  });
});

function exampleOf({ analyzerId }: Stored, groupId: string) {
  return {
    ...{ library: 'Mine', label: 'good' as const, why: '', units: [1, 2], labels: ['A', 'B'], numbers: {}, groupId },
    ...{ fingerprint: 'f', analyzerId, analyzerName: 'splits', pictures: [] },
  };
}
