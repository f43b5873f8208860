import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOf, openService, openSession, splits } from '../support/open-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('deciding goes to the next undecided group and survives a restart with undo and redo', async () => {
  const dataFolder = temporaryFolder();
  const first = await openService(dataFolder);
  const { sessionId, groupIds } = await openSession(first);
  const decide = (at: number, decision: 'merge' | 'not merge') =>
    first.ask('review.decide', { sessionId, groupId: groupIds[at], decision, shownAt: new Date().toISOString(), sawVerdict: false });
  expect(await decide(0, 'merge')).toEqual({ nextGroupId: groupIds[1] });
  expect(await decide(16, 'not merge')).toEqual({ nextGroupId: groupIds[1] });
  await decide(0, 'not merge');
  expect(await first.ask('review.undo', { sessionId })).toEqual({ groupId: groupIds[0] });
  await first.service.close();

  const second = await openService(dataFolder);
  expect(await second.ask('review.state', { sessionId })).toMatchObject({ total: 17, decided: 2, canUndo: true, canRedo: true });
  const decisionOf = async (at: number) =>
    (await second.ask('group.list', { sessionId })).groups.find((row) => row.groupId === groupIds[at])?.decision;
  expect(await decisionOf(0)).toBe('merge');
  await second.ask('review.redo', { sessionId });
  expect(await decisionOf(0)).toBe('not merge');
  await second.ask('review.undo', { sessionId });
  await second.ask('review.undo', { sessionId });
  expect(await decisionOf(16)).toBeNull();
  await second.ask('review.decide', { sessionId, groupId: groupIds[3], decision: 'unsure' });
  expect(await second.ask('review.redo', { sessionId })).toEqual({ groupId: null });
  await second.ask('review.undo', { sessionId });
  expect(await second.ask('review.undo', { sessionId })).toEqual({ groupId: groupIds[0] });
  expect(await second.ask('review.undo', { sessionId })).toEqual({ groupId: null });
});

test('reopening continues at the group that was on screen', async () => {
  const dataFolder = temporaryFolder();
  const first = await openService(dataFolder);
  const { sessionId, groupIds } = await openSession(first);
  await first.ask('review.show', { sessionId, groupId: groupIds[5] });
  await first.service.close();
  const second = await openService(dataFolder);
  expect((await second.ask('review.state', { sessionId })).currentGroupId).toBe(groupIds[5]);
});

test('notes are kept, and undo leaves them alone', async () => {
  const opened = await openService();
  const { sessionId, groupIds } = await openSession(opened);
  await opened.ask('review.decide', { sessionId, groupId: groupIds[0], decision: 'merge', note: 'burst partner' });
  await opened.ask('review.undo', { sessionId });
  const [row] = (await opened.ask('group.list', { sessionId })).groups;
  expect(row).toMatchObject({ note: 'burst partner', decision: null });
  await opened.ask('review.note', { sessionId, groupId: groupIds[0], note: '' });
  expect((await opened.ask('group.list', { sessionId })).groups[0].note).toBe('');
});

test('a group of another session is refused', async () => {
  const opened = await openService();
  const { sessionId, grant } = await openSession(opened);
  const other = await opened.ask('analyzer.open', { grant, fresh: true });
  const { groupId } = await opened.ask('candidates.addGroup', { sessionId: other.session.sessionId, units: [0, 38] });
  await expect(opened.ask('review.decide', { sessionId, groupId, decision: 'merge' })).rejects.toThrow('belongs to another session');
});

test('a hand-made group is put in unit order, once, and can be taken off until somebody decides', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened);
  const { groupId } = await opened.ask('candidates.addGroup', { sessionId, units: [43, 2, 0] });
  expect(await opened.ask('candidates.addGroup', { sessionId, units: [0, 43, 2] })).toEqual({ groupId });
  const row = (await opened.ask('group.list', { sessionId })).groups.find((group) => group.groupId === groupId);
  expect(row).toMatchObject({ units: [0, 2, 43], labels: ['A', 'B', 'C'], origin: 'hand' });
  await expect(opened.ask('candidates.addGroup', { sessionId, units: [2, 2] })).rejects.toThrow('twice');
  await opened.ask('candidates.removeGroup', { groupId });
  expect((await opened.ask('group.list', { sessionId })).groups).toHaveLength(17);
  await opened.ask('candidates.addGroup', { sessionId, units: [0, 2, 43] });
  await opened.ask('review.decide', { sessionId, groupId, decision: 'unsure' });
  await expect(opened.ask('candidates.removeGroup', { groupId })).rejects.toThrow('stays on the list');
});

test('searching again keeps what was decided and drops what nobody touched', async () => {
  const opened = await openService();
  const { sessionId, groupIds } = await openSession(opened, splits, 0.2);
  await opened.ask('review.decide', { sessionId, groupId: groupIds[16], decision: 'merge' });
  const search = (threshold: number) =>
    opened.ask('candidates.find', {
      sessionId,
      steps: ['template_similarity'],
      params: { template_similarity: { template_diff_thresh: threshold } },
      resolveGraph: false,
    });
  const fewer = await search(0.05);
  expect(fewer.groups).toHaveLength(2);
  const listed = (await opened.ask('group.list', { sessionId })).groups.map((row) => row.groupId);
  expect(new Set(listed)).toEqual(new Set([...fewer.groups.map((group) => group.groupId), groupIds[16]]));
  expect((await search(0.2)).groups.map((group) => group.groupId)).toEqual(groupIds);
});

test('the offline judge answers every group, and what it accepts is written to a new folder that leaves the source alone', async () => {
  const opened = await openService();
  const folder = copyOf(splits);
  const { sessionId, groupIds } = await openSession(opened, folder);
  const before = contentOf(folder);
  expect(await opened.ask('batch.estimate', { sessionId, judge: 'offline' })).toMatchObject({ groupCount: 17, remote: false, costUsd: 0 });
  const { batchId } = await opened.ask('batch.start', { sessionId, judge: 'offline', numWorkers: 3 });
  await opened.service.core.judges.rest(batchId);
  const [batch] = (await opened.ask('batch.list', { sessionId })).batches;
  expect(batch).toMatchObject({ state: 'done', total: 17, done: 17, failed: 0, costUsd: 0 });
  expect(opened.events).toContainEqual({ name: 'batch.finished', data: { batchId, sessionId, done: 17, failed: 0, costUsd: 0 } });
  await expect(opened.ask('batch.start', { sessionId, judge: 'offline' })).rejects.toThrow('already');
  const [verdict] = (await opened.ask('verdict.ofGroup', { groupId: groupIds[0] })).verdicts;
  expect(verdict).toMatchObject({ judge: 'offline', promptId: 'offline-judge', batchId });
  expect(Object.keys(verdict.numbers).length).toBeGreaterThan(5);

  const target = temporaryFolder();
  const { grant } = await opened.service.grant(target, 'output');
  const plan = await opened.ask('apply.plan', { sessionId, source: 'verdicts' });
  expect(plan.merges.length).toBeGreaterThan(3);
  const write = { analyzer: true, resultsCsv: true, curationJson: true };
  const conflicts = plan.conflicts.map(({ units }) => ({ units, choice: 'apart' as const }));
  const request = { sessionId, source: 'verdicts' as const, grant, folderName: 'merged', conflicts, write };
  const written = await opened.ask('apply.write', request);
  expect(written).toMatchObject({ unitCount: plan.unitCountAfter, mergedCount: plan.merges.length });
  expect(readFileSync(join(target, 'merged', 'results.csv'), 'utf8').split('\r\n')[0]).toContain('group_id,merge_type,merge_units');
  expect(JSON.parse(readFileSync(join(target, 'merged', 'curation.json'), 'utf8'))).toMatchObject({ format_version: '2' });
  expect(opened.service.lastOutput(sessionId)).toBe(join(target, 'merged'));
  expect(contentOf(folder)).toEqual(before);
  await expect(opened.ask('apply.write', request)).rejects.toMatchObject({ kind: 'output.exists' });
  for (const folderName of ['..', 'a/b', '.', 'x\0y', 'a\\b', ' '])
    await expect(opened.ask('apply.write', { ...request, folderName })).rejects.toMatchObject({ kind: 'input.invalid' });
  const inside = await opened.service.grant(folder, 'output');
  await expect(opened.ask('apply.write', { ...request, grant: inside.grant, folderName: 'x' })).rejects.toThrow(
    'inside the source analyzer',
  );
  expect(existsSync(join(folder, 'x'))).toBe(false);

  const { sessions } = await opened.ask('session.list', {});
  expect(sessions[0]).toMatchObject({ verdictCount: 17, appliedCount: 1 });
  const { events } = await opened.ask('session.history', { sessionId });
  expect(events.map((event) => event.what)).toEqual(['Wrote results', 'Asked a judge', 'Searched for candidates', 'Began']);
});

test('a chain with a refused pair inside asks first', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened);
  const decide = async (units: number[], decision: 'merge' | 'not merge') => {
    const { groupId } = await opened.ask('candidates.addGroup', { sessionId, units });
    await opened.ask('review.decide', { sessionId, groupId, decision });
  };
  await decide([1, 22], 'merge');
  await decide([22, 32], 'merge');
  await decide([1, 32], 'not merge');
  const plan = await opened.ask('apply.plan', { sessionId, source: 'review' });
  expect(plan.merges).toEqual([]);
  expect(plan.conflicts).toMatchObject([{ units: [1, 22, 32], refused: [{ units: [1, 32], by: 'you' }] }]);
  const { grant } = await opened.service.grant(temporaryFolder(), 'output');
  const write = { analyzer: true, resultsCsv: false, curationJson: false };
  const request = { sessionId, source: 'review' as const, grant, folderName: 'merged', write };
  await expect(opened.ask('apply.write', { ...request, conflicts: [] })).rejects.toMatchObject({ kind: 'merge.conflict' });
  const choice = { units: [32, 1, 22], choice: 'merge' as const };
  const written = await opened.ask('apply.write', { ...request, conflicts: [choice] });
  expect(written.merged).toEqual([{ newUnitId: 44, units: [1, 22, 32] }]);
});

function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'base64')]),
  );
}

test('a group whose units share no channel is kept as an example with the pictures that can be drawn of it', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened);
  const { groupId } = await opened.ask('candidates.addGroup', { sessionId, units: [0, 1] });
  const { exampleId } = await opened.ask('library.add', { groupId, label: 'bad', why: 'Far apart.' });
  const { examples } = await opened.ask('library.list', {});
  const features = examples.find((example) => example.exampleId === exampleId)?.pictures.map(({ feature }) => feature);
  expect(features).toContain('waveform_multi');
  expect(features).not.toContain('pca_clustering');
});
