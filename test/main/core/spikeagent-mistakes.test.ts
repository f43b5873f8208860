// Every mistake that was seen in the tool this one is measured against, by name. Some are held at length elsewhere; here each has its sentence.
import { expect, onTestFinished, test } from 'vitest';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import { mergePlan } from '../../../app/curation/plan.ts';
import { parseVerdict, verdictJsonSchema } from '../../../app/judges/verdict.ts';
import { pcaClustering } from '../../../app/plots/features/pca-clustering.ts';
import { featureById } from '../../../app/plots/registry.ts';
import { modelTheme } from '../../../app/plots/theme.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';
import { type Arrived, type Behaviour, fittingVerdict, startProviderServer } from '../../fixtures/servers/provider-server.ts';
import { openService, openSession, splits, tutorial } from './support/open-service.ts';

async function judging(behave?: (request: Arrived) => Behaviour, folder = splits, threshold = 0.1) {
  const server = await startProviderServer(behave);
  onTestFinished(() => server.close());
  const opened = await openService();
  await opened.ask('settings.set', { openaiUrl: `${server.origin}/v1`, remoteConsentAt: '2026-01-01' });
  await opened.ask('vault.setKey', { provider: 'openai', key: 'some-key-of-mine' });
  const session = await openSession(opened, folder, threshold);
  const judge = async (more: object = {}) => {
    const { batchId } = await opened.ask('batch.start', { sessionId: session.sessionId, judge: 'openai', model: 'gpt-4o', ...more });
    await opened.service.core.judges.rest(batchId);
    const { batches } = await opened.ask('batch.list', { sessionId: session.sessionId });
    return batches.find((batch) => batch.batchId === batchId) as (typeof batches)[0];
  };
  const verdictOf = async (groupId: string) => (await opened.ask('verdict.ofGroup', { groupId })).verdicts[0];
  return { ...opened, ...session, server, judge, verdictOf };
}

async function openSplits() {
  const view = await openAnalyzer(diskSource(splits), { sha256 });
  onTestFinished(() => view.close());
  return view;
}

const isExpert = (request: Arrived) => 'finding' in ((request.schema?.['properties'] ?? {}) as object);
const report = (finding: string) => JSON.stringify({ finding, supports: 'merge', severity: 'high' });
const heading = (verdict: string, more: object = {}) => JSON.stringify({ reasoning: 'As reported.', verdict, confidence: 0.8, ...more });

test('a picture is never reused for other units, for units in another order, or after the analyzer changed', async () => {
  const { service, ask, groupIds } = await judging();
  const first = await ask('plot.picture', { groupId: groupIds[0], feature: 'crosscorrelograms' });
  const second = await ask('plot.picture', { groupId: groupIds[1], feature: 'crosscorrelograms' });
  expect(second.sha256).not.toBe(first.sha256);
  const { cacheKeyOf } = await import('../../../main/core/pictures/picture-room.ts');
  const key = (more: object) =>
    cacheKeyOf({ fingerprint: 'f', units: [1, 2], labels: ['A', 'B'], feature: 'x', rendererVersion: '1', ...more } as never);
  const keys = [{}, { units: [2, 1] }, { units: ['1', '2'] }, { fingerprint: 'g' }, { rendererVersion: '2' }, { feature: 'y' }].map(key);
  expect(new Set(keys).size).toBe(keys.length);
  await service.close();
});

test('no axis is without its words and unit, and every waveform says its channel', async () => {
  const view = await openSplits();
  const group = { units: [view.indexOf(0), view.indexOf(38)], labels: ['A', 'B'] };
  const wanted = { waveform_single: [/\(ms\)/, /\(µV\)/, /hannel 16/], amplitude_plot: [/\(s\)/, /\(µV\)/], crosscorrelograms: [/\(ms\)/] };
  for (const [id, words] of Object.entries(wanted)) {
    const feature = featureById(id);
    const shown = JSON.stringify(feature.option(await feature.load(view, group), modelTheme));
    for (const word of words) expect(shown).toMatch(word);
  }
});

test('principal components are not those of the first unit’s channel: with the units exchanged the same spikes lie in the same places', async () => {
  const view = await openSplits();
  const place = (id: number) => view.indexOf(id);
  const clouds = async (...ids: number[]) => {
    const data = await pcaClustering.load(view, { units: ids.map(place), labels: ['A', 'B'] });
    return { channels: data.channels, clouds: data.panels[0].clouds.map(({ x, y }) => [...x].map((value, at) => [value, y[at]])) };
  };
  const there = await clouds(0, 2);
  const back = await clouds(2, 0);
  expect(back.channels).toEqual(there.channels);
  expect(back.clouds).toEqual([...there.clouds].reverse());
});

test('what a run will cost is said before it is started, with the day of the prices, and counted while it goes', async () => {
  const { ask, judge, sessionId, groupIds } = await judging();
  const asked = { sessionId, judge: 'openai', model: 'gpt-4o', features: [], groupIds: groupIds.slice(0, 2) };
  const estimate = await ask('batch.estimate', asked);
  expect(estimate).toMatchObject({ groupCount: 2, callCount: 2, remote: true });
  expect(estimate.costUsd).toBeGreaterThan(0);
  expect((await ask('judge.list', {})).modelsDate).toMatch(/^\d{4}-\d\d-\d\d$/);
  const batch = await judge(asked);
  expect(batch.costUsd).toBeCloseTo(2 * ((1000 - 10) * 2.5e-6 + 10 * 1.25e-6 + 100 * 10e-6));
});

test('one failing group never loses the verdicts of the others, and each verdict is there as it arrives', async () => {
  const { judge, groupIds, verdictOf } = await judging((request) => (request.index === 2 ? { kind: 'refusal' } : { kind: 'answer' }));
  expect(await judge({ features: [], numWorkers: 1 })).toMatchObject({ done: groupIds.length - 1, failed: 1 });
  expect((await verdictOf(groupIds[0])).verdict).toBe('merge');
});

test('a dead key is tried once, not ten times for every feature of every group', async () => {
  const { judge, server } = await judging(() => ({ kind: 'status', status: 401 }));
  expect(await judge({ features: ['waveform_single', 'crosscorrelograms'], mode: 'panel', numWorkers: 1 })).toMatchObject({
    state: 'paused',
    stoppedBy: { kind: 'provider.auth' },
  });
  expect(server.arrived).toHaveLength(1);
});

test.each([1, 2, 3])('a panel of four experts runs with %i workers', async (numWorkers) => {
  const { judge, server, groupIds } = await judging((request) =>
    isExpert(request) ? { kind: 'answer', text: report('Seen.') } : { kind: 'answer' },
  );
  const features = ['waveform_single', 'waveform_multi', 'amplitude_plot', 'crosscorrelograms'];
  const batch = await judge({ features, mode: 'panel', withNumbers: false, numWorkers, groupIds: groupIds.slice(0, 3) });
  expect(batch).toMatchObject({ state: 'done', done: 3 });
  expect(server.arrived).toHaveLength(3 * (features.length + 1));
  expect(server.mostAtOnce).toBeLessThanOrEqual(numWorkers);
});

test('an empty or missing expert report never becomes a merge, however sure the head would be', async () => {
  for (const empty of [report('  '), '{}', '']) {
    let heads = 0;
    const { judge, groupIds, verdictOf } = await judging((request) => {
      if (!isExpert(request)) heads++;
      if (!isExpert(request)) return { kind: 'answer', text: heading('merge', { confidence: 1 }) };
      return { kind: 'answer', text: request.images.length > 0 ? empty : report('Numbers agree.') };
    });
    const batch = await judge({ features: ['crosscorrelograms'], mode: 'panel', groupIds: groupIds.slice(0, 1) });
    expect(batch).toMatchObject({ done: 0, failed: 1, failures: [{ kind: 'provider.badReply' }] });
    expect(heads).toBe(0);
    expect(await verdictOf(groupIds[0])).toBeUndefined();
  }
});

test('the head reads every report, and the verdict keeps each as a finding of its own', async () => {
  const { judge, groupIds, server, verdictOf } = await judging((request) =>
    isExpert(request)
      ? { kind: 'answer', text: report(`Report with ${request.images.length} pictures.`) }
      : { kind: 'answer', text: heading('not merge') },
  );
  await judge({ features: ['crosscorrelograms', 'waveform_multi'], mode: 'panel', groupIds: groupIds.slice(0, 1) });
  const verdict = await verdictOf(groupIds[0]);
  expect(verdict.features.map(({ feature }) => feature)).toEqual(['crosscorrelograms', 'waveform_multi', 'numbers']);
  expect(verdict).toMatchObject({ verdict: 'not merge', promptId: 'merge-panel', confidence: 0.8 });
  expect(verdict.pictures).toHaveLength(2);
  const head = server.arrived.find((request) => !isExpert(request));
  expect(head?.words).toContain('Report with 1 pictures.');
  expect(head?.words).toContain('Report with 0 pictures.');
  expect(head?.images).toHaveLength(2);
});

test('a verdict that is left out, or a description in its place, is no verdict', () => {
  const expected = { features: [], labels: ['A', 'B'] };
  expect(JSON.stringify(verdictJsonSchema(expected))).not.toContain('default');
  for (const verdict of [undefined, '', 'Whether the units should be merged', 'yes'])
    expect(parseVerdict(JSON.stringify({ verdict, confidence: 1, reasoning: 'x' }), expected).ok).toBe(false);
});

test('no answer means no verdict: a failure never counts as "not merge" either', async () => {
  const { judge, groupIds, verdictOf, ask, sessionId } = await judging(() => ({ kind: 'status', status: 418 }));
  await judge({ features: [], groupIds: groupIds.slice(0, 1) });
  expect(await verdictOf(groupIds[0])).toBeUndefined();
  const { groups } = await ask('group.list', { sessionId });
  expect(groups[0]).toMatchObject({ verdict: null, failure: { kind: 'provider.badRequest' } });
});

test('A+B and B+C accepted never merge A with C where A+C was refused', () => {
  const verdict = (word: 'merge' | 'not merge') => ({ judge: 'openai', model: 'm', verdict: word, reasoning: '' });
  const groups = [
    { units: [1, 2], decision: null, verdict: verdict('merge') },
    { units: [2, 3], decision: null, verdict: verdict('merge') },
    { units: [1, 3], decision: null, verdict: verdict('not merge') },
  ];
  const plan = mergePlan([1, 2, 3], groups, { source: 'verdicts' });
  expect(plan.merges).toEqual([]);
  expect(plan.conflicts).toHaveLength(1);
});

test('a judge can say that only some of three units belong together, and just those are merged', async () => {
  const { ask, judge, sessionId, service, server } = await judging((request) => {
    const order = [...request.words.matchAll(/([ABC]) has (\d+) spikes/g)].map(([, letter, count]) => ({ letter, count: Number(count) }));
    const [lone, ...others] = order.sort((a, b) => a.count - b.count).map(({ letter }) => letter);
    const text = JSON.stringify({ ...fittingVerdict(request.schema ?? {}, 'not merge'), cells: [[lone], others] });
    return { kind: 'answer', text };
  });
  const { groupId } = await ask('candidates.addGroup', { sessionId, units: [7, 19, 30] });
  await judge({ features: [], groupIds: [groupId], votes: 3 });
  expect(server.arrived).toHaveLength(3);
  const { groups } = await ask('group.list', { sessionId });
  const { units, spikeCounts } = groups.find((group) => group.groupId === groupId) as (typeof groups)[0];
  const least = units[spikeCounts.indexOf(Math.min(...spikeCounts))];
  const [merge] = (await ask('apply.plan', { sessionId, source: 'verdicts' })).merges;
  expect(merge.units).toEqual(units.filter((unit) => unit !== least));
  const [given] = service.core.tables.verdicts.ofGroup(groupId);
  expect(given.votes.map(({ order }) => order[0]).sort()).toEqual([0, 1, 2]);
});

test('numbers go along with the pictures, and units are letters whose order says nothing', async () => {
  const { judge, server, groupIds } = await judging();
  await judge({ features: ['crosscorrelograms'], numWorkers: 4 });
  for (const { words, bodyText } of server.arrived) {
    expect(words).toContain('Numbers, feature "numbers".');
    expect(bodyText).not.toContain('/splits');
  }
  const firstIsLarger = server.arrived.filter(({ words }) => {
    const [, a, b] = /A has (\d+) spikes, B has (\d+)/.exec(words) ?? [];
    return Number(a) > Number(b);
  });
  expect(firstIsLarger.length).toBeGreaterThan(0);
  expect(firstIsLarger.length).toBeLessThan(groupIds.length);
});

test('what is missing for a picture is said before a run, not after it', async () => {
  const { ask, sessionId } = await judging(undefined, tutorial, 0.9);
  const estimate = await ask('batch.preflight', { sessionId, judge: 'openai', model: 'model-a', features: ['crosscorrelograms'] });
  expect(estimate.checks.map(({ what, state }) => `${what}: ${state}`)).toEqual(
    expect.arrayContaining(['Key and address: ok', 'Model: ok', 'Pictures: unknown', 'Size: ok']),
  );
  const wrong = await ask('batch.preflight', { sessionId, judge: 'openai', model: 'gpt-3.5-turbo', features: ['crosscorrelograms'] });
  expect(wrong.checks.find(({ what }) => what === 'Model')?.state).toBe('wrong');
});

test('a prompt is edited in the application, braces and all, as a new version that verdicts name', async () => {
  const { ask, judge, server, groupIds, verdictOf } = await judging();
  const [shipped] = (await ask('prompt.list', {})).prompts;
  const system = `${shipped.system}\nAnswer about {units} and {{feature}}: %s $` + '{x} {0} <b>{"a": 1}</b>';
  const edited = { id: shipped.id, basedOn: shipped.version, name: 'Braces', system, guidance: shipped.guidance };
  const kept = await ask('prompt.keep', edited);
  expect(kept).toEqual({ id: 'merge-review', version: 'own-1' });
  await expect(ask('prompt.keep', { ...edited, basedOn: 'own-1' })).rejects.toThrow('Nothing was changed');
  expect(await ask('prompt.keep', { ...edited, basedOn: 'own-1', system: `${system}.` })).toEqual({ id: 'merge-review', version: 'own-2' });
  await judge({ features: [], groupIds: groupIds.slice(0, 1), prompt: kept });
  expect(server.arrived[0].words).toContain(system);
  const verdict = await verdictOf(groupIds[0]);
  const { prompts } = await ask('prompt.list', {});
  const own = prompts.find(({ version }) => version === 'own-1');
  expect(verdict).toMatchObject({ promptVersion: 'own-1', promptHash: own?.hash });
  expect(own).toMatchObject({ name: 'Braces', basedOn: shipped.version, system });
  await expect(judge({ features: [], mode: 'panel', prompt: kept })).rejects.toThrow('not in a panel');
});

test('the identical question is not paid for twice, not even in another session, and its verdict says so', async () => {
  const { ask, judge, server, groupIds, verdictOf, grant } = await judging();
  await judge({ features: ['crosscorrelograms'], groupIds: groupIds.slice(0, 2) });
  const fresh = await ask('analyzer.open', { grant, fresh: true });
  const found = await ask('candidates.find', {
    sessionId: fresh.session.sessionId,
    steps: ['template_similarity'],
    params: { template_similarity: { template_diff_thresh: 0.1 } },
    resolveGraph: false,
  });
  const again = found.groups.slice(0, 2).map(({ groupId }) => groupId);
  const batch = await judge({ sessionId: fresh.session.sessionId, features: ['crosscorrelograms'], groupIds: again }).catch(
    () => undefined,
  );
  expect(batch).toBeUndefined();
  expect(server.arrived).toHaveLength(2);
  const verdict = await verdictOf(again[0]);
  expect(verdict.votes).toMatchObject([{ cached: true }]);
  expect(verdict).toMatchObject({ costUsd: null, inputTokens: 0, verdict: 'merge' });
  // Asked again means asked again.
  await judge({ features: ['crosscorrelograms'], groupIds: groupIds.slice(0, 1), again: true });
  expect(server.arrived).toHaveLength(3);
  expect((await verdictOf(groupIds[0])).votes).toMatchObject([{ cached: false }]);
});

test('several votes make one verdict: the majority, with their agreement; a tie is unsure', async () => {
  let words: ('merge' | 'not merge')[] = ['merge', 'not merge', 'merge'];
  const { judge, groupIds, verdictOf } = await judging((request) => ({
    kind: 'answer',
    text: JSON.stringify(fittingVerdict(request.schema ?? {}, words[request.index % words.length])),
  }));
  await judge({ features: [], votes: 3, numWorkers: 1, groupIds: groupIds.slice(0, 1) });
  const majority = await verdictOf(groupIds[0]);
  expect(majority).toMatchObject({ verdict: 'merge', params: { votes: 3 } });
  expect(majority.confidence).toBeCloseTo((2 / 3) * 0.9);
  expect(majority.votes.map((vote) => vote.verdict.verdict).sort()).toEqual(['merge', 'merge', 'not merge']);
  words = ['merge', 'not merge', 'merge', 'not merge'];
  await judge({ features: [], votes: 4, numWorkers: 1, groupIds: groupIds.slice(1, 2) });
  expect(await verdictOf(groupIds[1])).toMatchObject({ verdict: 'unsure', confidence: 0.5, params: { agreement: 0.5 } });
});

test('a limit of money or requests stops a run cleanly, and it goes on with a higher one', async () => {
  const { ask, judge, server, service, groupIds, sessionId } = await judging(() => ({ kind: 'answer', delayMs: 5 }));
  const paused = await judge({ features: [], numWorkers: 10, maxCalls: 4 });
  expect(paused).toMatchObject({ state: 'paused', running: 0, requestCount: 4, maxCalls: 4, stoppedBy: { kind: 'provider.quota' } });
  expect(server.arrived).toHaveLength(4);
  await ask('batch.resume', { batchId: paused.batchId, maxCalls: null, maxCostUsd: 0.0035 * 6 });
  await service.core.judges.rest(paused.batchId);
  const [dearer] = (await ask('batch.list', { sessionId })).batches;
  expect(dearer).toMatchObject({ state: 'paused', stoppedBy: { kind: 'provider.quota' }, maxCalls: null });
  // One answer beyond the limit at most, although ten workers were at it.
  expect(dearer.costUsd).toBeLessThanOrEqual(0.0035 * 7 + 1e-9);
  await ask('batch.resume', { batchId: paused.batchId, maxCostUsd: null });
  await service.core.judges.rest(paused.batchId);
  expect((await ask('batch.list', { sessionId })).batches[0]).toMatchObject({ state: 'done', done: groupIds.length });
  expect(server.arrived).toHaveLength(groupIds.length);
});
