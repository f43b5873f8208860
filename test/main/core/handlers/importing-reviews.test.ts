import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openService, openSession } from '../support/open-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a review written for phy comes back as decisions of another session, which undo takes back', async () => {
  const opened = await openService();
  const { sessionId, groupIds, grant } = await openSession(opened);
  const { groups } = await opened.ask('group.list', { sessionId });
  for (const [index, groupId] of groupIds.entries())
    if (index < 6) await opened.ask('review.decide', { sessionId, groupId, decision: index % 2 === 0 ? 'merge' : 'not merge' });
  const target = temporaryFolder();
  mkdirSync(target, { recursive: true });
  const output = await opened.service.grant(target, 'output');
  const plan = await opened.ask('apply.plan', { sessionId, source: 'review' });
  const write = { analyzer: false, resultsCsv: false, curationJson: false, phyReview: true };
  const conflicts = plan.conflicts.map(({ units }) => ({ units, choice: 'merge' as const }));
  await opened.ask('apply.write', { sessionId, source: 'review', grant: output.grant, folderName: 'phy', conflicts, write });
  const read = (name: string) => readFileSync(join(target, 'phy', 'phy-review', name), 'utf8');
  const [text, curation] = [read('curation_review.json'), read('curation.json')];

  const { session } = await opened.ask('analyzer.open', { grant, fresh: true });
  const other = session.sessionId;
  const [own] = groups.filter(({ groupId }) => groupId === groupIds[1]);
  const { groupId: ownId } = await opened.ask('candidates.addGroup', { sessionId: other, units: own.units });
  await opened.ask('review.decide', { sessionId: other, groupId: ownId, decision: 'unsure' });

  const taken = await opened.ask('candidates.import', { sessionId: other, name: 'curation_review.json', text, curation });
  expect(taken).toMatchObject({ form: 'review', keptCount: 1, unknownCount: 0 });
  const rows = (await opened.ask('group.list', { sessionId: other })).groups;
  const decisionOf = (units: readonly (string | number)[]) =>
    rows.find((row) => JSON.stringify(row.units) === JSON.stringify(units))?.decision;
  const units = new Map(groups.map((row) => [row.groupId, row.units]));
  expect([1, 3, 5].map((index) => decisionOf(units.get(groupIds[index]) ?? []))).toEqual(['unsure', 'not merge', 'not merge']);
  const { merges } = await opened.ask('apply.plan', { sessionId, source: 'review', conflicts });
  expect(merges.map((merge) => decisionOf(merge.units))).toEqual(merges.map(() => 'merge'));
  expect(taken.decidedCount).toBe(merges.length + 2);

  const again = await opened.ask('candidates.import', { sessionId: other, name: 'curation_review.json', text, curation });
  expect(again).toMatchObject({ addedCount: 0, decidedCount: 0, keptCount: 1 });
  const { events } = await opened.ask('session.history', { sessionId: other });
  expect(events.filter(({ what }) => what === 'Decided')).toHaveLength(1 + taken.decidedCount!);
  await opened.ask('review.undo', { sessionId: other });
  expect((await opened.ask('review.state', { sessionId: other })).decided).toBe(taken.decidedCount!);
});
