import { expect, test } from 'vitest';
import { planFor, storedSession } from '../support/stored-session.ts';

test('unit 12 and unit "12" are different groups and keep their types', () => {
  const { tables, sessionId, groupIds } = storedSession([
    [12, 14],
    ['12', '14'],
    [12, 14],
  ]);
  expect(groupIds[0]).toBe(groupIds[2]);
  expect(groupIds[1]).not.toBe(groupIds[0]);
  expect(tables.groups.listed(sessionId).map((group) => group.units)).toEqual([
    ['12', '14'],
    [12, 14],
  ]);
  expect(tables.groups.byUnits(sessionId, ['12', '14'])?.groupId).toBe(groupIds[1]);
});

test('a new search takes only untouched findings off the list', () => {
  const { tables, sessionId } = storedSession([]);
  const place = (units: number[], position: number) =>
    tables.groups.place(sessionId, { units, spikeCounts: [1, 1], templateDiff: 0.1 }, 'search', position);
  const untouched = place([1, 2], 0);
  const decided = place([3, 4], 1);
  const undone = place([5, 6], 2);
  const planned = place([7, 8], 3);
  const byHand = tables.groups.add(sessionId, { units: [9, 10], spikeCounts: [1, 1], templateDiff: null }, 'hand');
  tables.decisionEvents.add({ sessionId, groupId: decided, kind: 'decide', decision: 'merge', reviewer: '' });
  const targetSeq = tables.decisionEvents.add({ sessionId, groupId: undone, kind: 'decide', decision: 'merge', reviewer: '' });
  tables.decisionEvents.add({ sessionId, groupId: undone, kind: 'undo', targetSeq, reviewer: '' });
  tables.processes.open('p');
  tables.batches.add(planFor(sessionId, [planned]), 'p');
  tables.groups.unlistUntouched(sessionId);
  expect(tables.groups.listed(sessionId).map((group) => group.groupId)).toEqual([decided, undone, planned, byHand]);
  expect(tables.groups.isTouched(untouched)).toBe(false);
  expect(place([1, 2], 0)).toBe(untouched);
  expect(tables.groups.listed(sessionId)[0].groupId).toBe(untouched);
});

test('decisions and verdicts can be neither changed nor deleted', () => {
  const { tables, database, sessionId, groupIds } = storedSession([[1, 2]]);
  tables.decisionEvents.add({ sessionId, groupId: groupIds[0], kind: 'decide', decision: 'merge', reviewer: '' });
  expect(() => database.prepare("UPDATE decision_events SET decision = 'unsure'").run()).toThrow('append only');
  expect(() => database.prepare('DELETE FROM decision_events').run()).toThrow('append only');
});

test('a setting whose form has changed falls back to its default', () => {
  const { tables, database } = storedSession([]);
  tables.settings.write({ numWorkers: 3, theme: 'dark' });
  database.prepare("UPDATE settings SET value = '\"sepia\"' WHERE name = 'theme'").run();
  expect(tables.settings.read()).toMatchObject({ numWorkers: 3, theme: 'system' });
});
