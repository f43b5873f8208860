import { cpSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openService, root, tutorial } from '../support/open-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const withRecording = join(root, 'test', 'fixtures', 'analyzers', 'with-recording');

async function opened(folder: string, dataFolder?: string) {
  const all = await openService(dataFolder);
  const { grant } = await all.service.grant(folder, 'analyzer');
  const { session, info, continued } = await all.ask('analyzer.open', { grant });
  return { ...all, sessionId: session.sessionId, session, info, continued };
}

function movable(): { analyzer: string; recording: string; folder: string } {
  const folder = temporaryFolder();
  cpSync(withRecording, folder, { recursive: true });
  return { folder, analyzer: join(folder, 'analyzer'), recording: join(folder, 'recording') };
}

it('says of each extension whether it is there, can be computed, and what it would allow', async () => {
  const { ask, sessionId } = await opened(tutorial);
  const { extensions, recording } = await ask('compute.list', { sessionId });
  expect(recording).toMatchObject({ found: false });
  const of = (name: string) => extensions.find((row) => row.name === name);
  expect(of('templates')).toMatchObject({ state: 'present', possible: false });
  expect(of('template_similarity')).toMatchObject({ state: 'missing', possible: true, readsRecording: false });
  expect(of('noise_levels')?.unlocks.length).toBeGreaterThan(0);
  expect(of('noise_levels')).toMatchObject({
    state: 'missing',
    possible: false,
    readsRecording: true,
    why: expect.stringContaining('recording'),
  });
  expect(of('acgs_3d')).toMatchObject({ possible: false });
});

it('computes in a thread, keeps the session, and finds the computed again after a new start', async () => {
  const dataFolder = temporaryFolder();
  const first = await opened(join(withRecording, 'analyzer'), dataFolder);
  const seen: string[] = [];
  const answer = await first.ask(
    'compute.run',
    { sessionId: first.sessionId, extensions: ['template_similarity', 'unit_locations', 'spike_amplitudes'] },
    { progress: (_done, _total, what) => void seen.push(what) },
  );
  expect(answer.computed.map(({ name }) => name)).toEqual(['templates', 'template_similarity', 'unit_locations', 'spike_amplitudes']);
  expect(new Set(seen)).toEqual(new Set(['templates', 'template_similarity', 'unit_locations', 'spike_amplitudes', '']));
  const { info, session } = await first.ask('session.open', { sessionId: first.sessionId });
  expect(session.fingerprint).toBe(first.session.fingerprint);
  expect(info.fingerprint).not.toBe(first.info.fingerprint);
  expect(info.features.find(({ id }) => id === 'waveform_single')?.available).toBe(true);
  expect(existsSync(join(withRecording, 'analyzer', 'extensions', 'templates'))).toBe(false);
  await first.service.close();

  const second = await opened(join(withRecording, 'analyzer'), dataFolder);
  expect(second.continued).toBe(true);
  expect(second.info.fingerprint).toBe(info.fingerprint);
  const { extensions } = await second.ask('compute.list', { sessionId: second.sessionId });
  expect(extensions.filter(({ state }) => state === 'computed').map(({ name }) => name)).toEqual([
    'templates',
    'template_similarity',
    'unit_locations',
    'spike_amplitudes',
  ]);
});

it('remembers where a recording was located, and refuses one that does not match', async () => {
  const { analyzer, recording, folder } = movable();
  renameSync(recording, join(folder, 'away'));
  const { ask, service, sessionId } = await opened(analyzer);
  expect((await ask('compute.list', { sessionId })).recording.found).toBe(false);
  const wrong = await service.grant(analyzer, 'recording');
  await expect(ask('compute.locateRecording', { sessionId, grant: wrong.grant })).rejects.toMatchObject({ kind: 'input.invalid' });
  const right = await service.grant(join(folder, 'away'), 'recording');
  expect((await ask('compute.locateRecording', { sessionId, grant: right.grant })).recording.found).toBe(true);
  const { recording: state, extensions } = await ask('compute.list', { sessionId });
  expect(state).toMatchObject({ found: true, name: 'away' });
  expect(extensions.find(({ name }) => name === 'waveforms')?.possible).toBe(true);
});

it('stops when cancelled and leaves no half-written extension', async () => {
  const { analyzer } = movable();
  const { ask, dataFolder, sessionId } = await opened(analyzer);
  const stop = new AbortController();
  // Many, since the worker goes on with one or two before it hears that it is called off; what it finished by then stays.
  const many = ['noise_levels', 'waveforms', 'templates', 'template_similarity', 'unit_locations', 'spike_amplitudes'];
  const input = { sessionId, extensions: [...many, 'spike_locations', 'correlograms', 'isi_histograms', 'principal_components'] };
  const run = ask('compute.run', input, { signal: stop.signal, progress: () => stop.abort() });
  await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
  const store = join(dataFolder, 'computed');
  const left = existsSync(store) ? readdirSync(store, { recursive: true }).map(String) : [];
  expect(left.filter((name) => /partial|incoming|principal_components/.test(name))).toEqual([]);
  const { extensions } = await ask('compute.list', { sessionId });
  expect(input.extensions.filter((name) => extensions.find((one) => one.name === name)?.state === 'missing')).not.toEqual([]);
  const again = await ask('session.open', { sessionId });
  for (const { name, problem } of again.info.extensions) expect(problem, name).toBeUndefined();
});

it('merges what was computed like the analyzer’s own extensions', async () => {
  const { analyzer, folder } = movable();
  const { ask, service, sessionId } = await opened(analyzer);
  await ask('compute.run', { sessionId, extensions: ['templates', 'correlograms'] });
  const { groupId } = await ask('candidates.addGroup', { sessionId, units: ['0', '1'] });
  await ask('review.decide', { sessionId, groupId, decision: 'merge' });
  const { grant } = await service.grant(folder, 'output');
  const written = await ask('apply.write', {
    sessionId,
    source: 'review',
    grant,
    folderName: 'merged',
    conflicts: [],
    write: { analyzer: true, resultsCsv: false, curationJson: false },
  });
  expect(written.dropped).toEqual([]);
  expect(readdirSync(join(folder, 'merged', 'extensions')).sort()).toEqual(['correlograms', 'random_spikes', 'templates']);
});
