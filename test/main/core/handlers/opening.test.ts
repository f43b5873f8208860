import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOf, multisegment, openService, openSession, splits, tutorial } from '../support/open-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Another spike train: the first unit's first spike goes to the last unit. */
function change(folder: string): void {
  const file = join(folder, 'sorting', 'spikes.npy');
  const bytes = readFileSync(file);
  bytes[bytes.length - 16] ^= 1;
  writeFileSync(file, bytes);
}

test('an analyzer is described with what it allows and how to compute what is missing', async () => {
  const opened = await openService();
  const { info } = await openSession(opened, tutorial);
  expect(info).toMatchObject({ name: 'tutorial', format: 'binary_folder', unitCount: 6, channelCount: 16, segmentCount: 1 });
  expect(info.units.reduce((sum, unit) => sum + unit.spikeCount, 0)).toBe(info.spikeCount);
  const missing = info.extensions.find((extension) => extension.name === 'template_similarity');
  expect(missing?.present).toBe(false);
  expect(missing?.snippet).toContain('template_similarity');
  for (const feature of info.features) expect(feature.available).toBe(feature.missing.length === 0);
  const templates = info.extensions.find((extension) => extension.name === 'templates');
  expect(templates?.present).toBe(true);
  expect(templates?.unlocks.length).toBeGreaterThan(0);
});

test('unit ids keep their type from file to answer', async () => {
  const opened = await openService();
  const { sessionId, info } = await openSession(opened, multisegment, 1.1);
  expect(info.units.every((unit) => typeof unit.id === 'string')).toBe(true);
  const { groups } = await opened.ask('group.list', { sessionId });
  expect(groups.flatMap((group) => group.units).every((id) => typeof id === 'string')).toBe(true);
  const integers = await openSession(opened, splits);
  await expect(opened.ask('candidates.addGroup', { sessionId: integers.sessionId, units: ['0', '38'] })).rejects.toMatchObject({
    kind: 'analyzer.unknownUnit',
  });
});

test('opening again continues the newest session; fresh begins another', async () => {
  const opened = await openService();
  const first = await openSession(opened);
  const again = await opened.ask('analyzer.open', { grant: first.grant });
  expect(again).toMatchObject({ continued: true, session: { sessionId: first.sessionId, groupCount: 17 } });
  const fresh = await opened.ask('analyzer.open', { grant: first.grant, fresh: true });
  expect(fresh.continued).toBe(false);
  expect(fresh.session.sessionId).not.toBe(first.sessionId);
  expect((await opened.ask('session.list', {})).sessions).toHaveLength(2);
  await opened.ask('session.archive', { sessionId: fresh.session.sessionId });
  expect((await opened.ask('session.list', {})).sessions.map((session) => session.sessionId)).toEqual([first.sessionId]);
});

test('a session follows a folder that was moved', async () => {
  const opened = await openService();
  const folder = copyOf(tutorial);
  const { sessionId } = await openSession(opened, folder, 0.9);
  const moved = join(temporaryFolder(), 'elsewhere');
  renameSync(folder, moved);
  await expect(opened.ask('session.open', { sessionId })).rejects.toThrow();
  const { grant } = await opened.service.grant(moved, 'analyzer');
  expect(await opened.ask('analyzer.open', { grant })).toMatchObject({ continued: true, session: { sessionId, reachable: true } });
  expect((await opened.ask('session.open', { sessionId })).session.sessionId).toBe(sessionId);
});

test('an analyzer that changed since is told, and the old session is left as it was', async () => {
  const dataFolder = temporaryFolder();
  const folder = copyOf(splits);
  const first = await openService(dataFolder);
  const { sessionId, groupIds, info } = await openSession(first, folder);
  await first.ask('review.decide', { sessionId, groupId: groupIds[0], decision: 'merge' });
  await first.service.close();
  change(folder);

  const opened = await openService(dataFolder);
  await expect(opened.ask('session.open', { sessionId })).rejects.toMatchObject({ kind: 'analyzer.changed' });
  await expect(opened.ask('plot.picture', { groupId: groupIds[0], feature: 'waveform_single' })).rejects.toThrow('has changed since');
  const { grant } = await opened.service.grant(folder, 'analyzer');
  const anew = await opened.ask('analyzer.open', { grant });
  expect(anew.continued).toBe(false);
  expect(anew.info.fingerprint).not.toBe(info.fingerprint);
  expect(anew.info.problems.at(-1)).toContain('has changed since the session');
  const { sessions } = await opened.ask('session.list', {});
  expect(sessions.find((session) => session.sessionId === sessionId)).toMatchObject({ decidedCount: 1, groupCount: 17 });
});

test('an analyzer that changes while it is open is noticed', async () => {
  const opened = await openService();
  const folder = copyOf(tutorial);
  const { sessionId } = await openSession(opened, folder, 0.9);
  change(folder);
  await expect
    .poll(() => opened.ask('candidates.atThresholds', { sessionId }).catch((error) => error.kind), { timeout: 5000 })
    .toBe('analyzer.changed');
});

test('a picture is drawn once for each content, and never shown for another', async () => {
  const opened = await openService();
  const folder = copyOf(splits);
  const { groupIds } = await openSession(opened, folder);
  const draw = (groupId: string) => opened.ask('plot.picture', { groupId, feature: 'crosscorrelograms' });
  const first = await draw(groupIds[0]);
  expect(first.cached).toBe(false);
  expect(await draw(groupIds[0])).toMatchObject({ cached: true, sha256: first.sha256 });
  const stored = await opened.ask('plot.stored', { sha256: first.sha256 });
  expect(Buffer.from(stored.bytes).equals(Buffer.from(first.bytes))).toBe(true);

  // One correlogram of the pair changes: another fingerprint, another picture.
  const file = join(folder, 'extensions', 'correlograms', 'ccgs.npy');
  const bytes = readFileSync(file);
  for (let at = bytes.readUInt16LE(8) + 10; at < bytes.length; at += 8) bytes[at] ^= 3;
  writeFileSync(file, bytes);
  await expect.poll(() => draw(groupIds[0]).catch((error) => error.kind), { timeout: 5000 }).toBe('analyzer.changed');
  const changed = await openSession(opened, folder);
  const second = await draw(changed.groupIds[0]);
  expect(second.cached).toBe(false);
  expect(second.sha256).not.toBe(first.sha256);
});

test('nothing is drawn from files that changed a moment ago', async () => {
  const opened = await openService();
  const folder = copyOf(splits);
  const { groupIds } = await openSession(opened, folder);
  const file = join(folder, 'extensions', 'correlograms', 'ccgs.npy');
  const bytes = readFileSync(file);
  bytes[bytes.length - 8] ^= 3;
  writeFileSync(file, bytes);
  await expect(opened.ask('plot.picture', { groupId: groupIds[0], feature: 'crosscorrelograms' })).rejects.toMatchObject({
    kind: 'analyzer.changed',
  });
});

test('a picture whose file was damaged is drawn again', async () => {
  const opened = await openService();
  const { groupIds } = await openSession(opened);
  const first = await opened.ask('plot.picture', { groupId: groupIds[0], feature: 'waveform_single' });
  writeFileSync(join(opened.dataFolder, 'pictures', first.sha256.slice(0, 2), `${first.sha256}.png`), 'no picture');
  await expect(opened.ask('plot.stored', { sha256: first.sha256 })).rejects.toMatchObject({ kind: 'input.notFound' });
  const again = await opened.ask('plot.picture', { groupId: groupIds[0], feature: 'waveform_single' });
  expect(again).toMatchObject({ cached: false, sha256: first.sha256 });
});

test('a grant is for one purpose, and an unknown one is refused', async () => {
  const { service, ask } = await openService();
  const { grant } = await service.grant(splits, 'output');
  for (const token of [grant, 'f'.repeat(48)])
    await expect(ask('analyzer.open', { grant: token })).rejects.toMatchObject({ kind: 'ipc.forbidden' });
  for (const path of ['relative/path', '\0', join(splits, 'nothing-here'), join(splits, 'settings.json')])
    await expect(service.grant(path, 'analyzer')).rejects.toMatchObject({ kind: expect.stringMatching(/^input\./) });
});

test('recent analyzers stay until they are forgotten', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened, tutorial, 0.9);
  const [recent] = (await opened.ask('analyzer.recent', {})).recent;
  expect(recent).toMatchObject({ name: 'tutorial', reachable: true, sessionId });
  await opened.ask('analyzer.forget', { analyzerId: recent.analyzerId });
  expect((await opened.ask('analyzer.recent', {})).recent).toEqual([]);
  expect((await opened.ask('session.list', {})).sessions).toHaveLength(1);
});
