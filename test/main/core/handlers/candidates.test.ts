import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { presets } from '../../../../app/candidates/presets.ts';
import { openReference } from '../../../app/support/reference.ts';
import { openService, openSession, root, tutorial } from '../support/open-service.ts';

const expected = JSON.parse(readFileSync(join(root, 'test/fixtures/expected/splits.json'), 'utf8')) as {
  candidates: Record<string, { steps: string[]; steps_params: Record<string, Record<string, unknown>>; pairs: unknown[][] }>;
};

test('every preset gives the pairs SpikeInterface gives, through the searching thread', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened);
  for (const { id, steps } of presets) {
    const reference = Object.values(expected.candidates).find(
      (run) => run.steps.join() === steps.join() && Object.values(run.steps_params).every((params) => Object.keys(params).length === 0),
    );
    const found = await opened.ask('candidates.find', { sessionId, preset: id, resolveGraph: false });
    expect(found.steps.map((step) => step.id)).toEqual(steps);
    if (reference)
      expect(
        found.groups.map(({ units }) => units),
        id,
      ).toEqual(reference.pairs);
    const { run } = await opened.ask('candidates.lastRun', { sessionId });
    expect(run).toMatchObject({ runId: found.runId, preset: id, groupCount: found.groups.length });
  }
});

test('the catalog describes every step with its parameters, their defaults and limits', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened);
  const catalog = await opened.ask('candidates.catalog', { sessionId });
  expect(catalog.presets.map(({ id }) => id)).toEqual(presets.map(({ id }) => id));
  const similarity = catalog.steps.find(({ id }) => id === 'template_similarity');
  expect(similarity?.params).toEqual([
    expect.objectContaining({ name: 'similarity_method', kind: 'choice', default: 'l1', choices: ['l1', 'l2', 'cosine'] }),
    expect.objectContaining({ name: 'template_diff_thresh', kind: 'number', default: 0.25 }),
  ]);
  const knn = catalog.steps.find(({ id }) => id === 'knn');
  expect(knn?.params[0]).toMatchObject({ name: 'k_nn', kind: 'integer', default: 10, least: 0, aboveLeast: true, most: 1000 });
});

test('a pipeline is kept under its name, refused where no search would take it, and named as a source', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened);
  const steps = ['template_similarity', 'unit_locations'];
  const params = { template_similarity: { template_diff_thresh: 0.3 } };
  const refused = opened.ask('candidates.savePipeline', { name: 'Mine', steps: ['nothing'], params: {}, resolveGraph: false });
  await expect(refused).rejects.toMatchObject({ kind: 'input.invalid' });
  await opened.ask('candidates.savePipeline', { name: 'Mine', steps, params, resolveGraph: true });
  expect((await opened.ask('candidates.catalog', { sessionId })).pipelines).toEqual([{ name: 'Mine', steps, params, resolveGraph: true }]);
  const found = await opened.ask('candidates.find', { sessionId, steps, params, resolveGraph: false, pipeline: 'Mine' });
  const { groups } = await opened.ask('group.list', { sessionId });
  const newest = groups.find(({ groupId }) => groupId === found.groups[0].groupId);
  expect(newest?.sources.map(({ name }) => name)).toContain('Mine');
  expect((await opened.ask('candidates.removePipeline', { name: 'Mine' })).pipelines).toEqual([]);
  await expect(opened.ask('candidates.removePipeline', { name: 'Mine' })).rejects.toMatchObject({ kind: 'input.notFound' });
});

test('for a pair that is no candidate the step that dropped it is named, with the value and the limit', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened);
  const { runId } = await opened.ask('candidates.find', { sessionId, preset: 'similarity_correlograms', resolveGraph: false });
  const view = await openReference('splits');
  const { groups } = await opened.ask('group.list', { sessionId });
  const kept = groups[0].units as [string, string];
  const yes = await opened.ask('candidates.whyNot', { runId, units: [kept[1], kept[0]] });
  expect(yes).toMatchObject({ isPair: true, units: kept });
  expect(yes.steps.every(({ outcome, findings }) => outcome === 'kept' && findings.every(({ passes }) => passes))).toBe(true);

  const outcomes = new Set<string>();
  for (let second = 1; second < view.unitIds.length; second += 1) {
    const no = await opened.ask('candidates.whyNot', { runId, units: [view.unitIds[0], view.unitIds[second]] });
    if (no.isPair) continue;
    const dropped = no.steps.filter(({ outcome }) => outcome === 'dropped');
    expect(dropped).toHaveLength(1);
    expect(dropped[0].findings.some(({ passes }) => !passes)).toBe(true);
    expect(no.steps.slice(0, no.steps.indexOf(dropped[0])).every(({ findings }) => findings.every(({ passes }) => passes))).toBe(true);
    outcomes.add(dropped[0].id);
  }
  expect(outcomes.size).toBeGreaterThan(1);
  await view.close();
});

test('the answer to "why not?" is the same after a restart, when the search is run again', async () => {
  const first = await openService();
  const { sessionId } = await openSession(first);
  const { runId } = await first.ask('candidates.find', { sessionId, preset: 'x_contaminations', resolveGraph: false });
  const { units } = await openReference('splits').then(async (view) => ({ units: [view.unitIds[0], view.unitIds[5]] as [string, string] }));
  const before = await first.ask('candidates.whyNot', { runId, units });
  await first.service.close();
  const second = await openService(first.dataFolder);
  expect(await second.ask('candidates.whyNot', { runId, units })).toEqual(before);
});

test('several sources are united and every group remembers where it came from', async () => {
  const opened = await openService();
  const { sessionId, info, found } = await openSession(opened);
  const [known] = found.groups;
  const fresh = [info.units[0].id, info.units[1].id];
  const csv = `unit1,unit2,probability\n${known.units.join(',')},0.9\n${fresh.join(',')},0.7\n${fresh[0]},${info.units[2].id},0.1\n`;
  const imported = await opened.ask('candidates.import', { sessionId, name: 'match.csv', text: csv });
  expect(imported).toEqual({
    form: 'pairs',
    groupCount: 2,
    addedCount: 1,
    leftOut: { sameUnit: 0, acrossRecordings: 0, otherRecordings: 0, belowScore: 1 },
    scoreColumn: 'probability',
    leastScore: 0.5,
  });
  const row = async (units: readonly unknown[]) =>
    (await opened.ask('group.list', { sessionId })).groups.find((group) => JSON.stringify(group.units) === JSON.stringify(units));
  expect((await row(known.units))?.sources).toEqual([
    { origin: 'import', name: 'match.csv', score: 0.9 },
    { origin: 'search', name: 'template_similarity', score: null },
  ]);
  // A new search takes earlier findings off the list, never what was imported.
  await opened.ask('candidates.find', {
    sessionId,
    steps: ['template_similarity'],
    params: { template_similarity: { template_diff_thresh: 0 } },
    resolveGraph: false,
  });
  const { groups } = await opened.ask('group.list', { sessionId });
  expect(groups.map(({ units }) => JSON.stringify(units)).sort()).toEqual([JSON.stringify(known.units), JSON.stringify(fresh)].sort());
  const { groups: again } = await opened.ask('candidates.find', { sessionId, preset: 'slay', resolveGraph: false, unite: true });
  expect((await opened.ask('group.list', { sessionId })).groups.length).toBeGreaterThanOrEqual(Math.max(2, again.length));
});

test('a search can be cancelled, and the thread answers the next one', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened);
  const stop = new AbortController();
  const running = opened.ask(
    'candidates.find',
    { sessionId, preset: 'feature_neighbors', resolveGraph: false },
    { signal: stop.signal, progress: () => stop.abort() },
  );
  await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
  const next = await opened.ask('candidates.find', { sessionId, preset: 'slay', resolveGraph: false });
  expect(next.steps).toHaveLength(2);
});

test('views of the table are kept under their names', async () => {
  const { ask } = await openService();
  const view = { name: 'Near', columns: ['unit_distance_um'], filter: 'unit_distance_um < 50' };
  expect((await ask('candidates.saveView', view)).views).toEqual([view]);
  expect((await ask('candidates.saveView', { ...view, filter: '' })).views).toEqual([{ ...view, filter: '' }]);
  expect((await ask('candidates.removeView', { name: 'Near' })).views).toEqual([]);
});

test('numbers of groups and their spread over near pairs are measured once', async () => {
  const opened = await openService();
  const { sessionId, groupIds } = await openSession(opened);
  const numbers = ['template_distance_l1', 'ccg_refractory_ratio', 'unit_distance_um', 'pca_d_prime'];
  const before = await opened.ask('group.list', { sessionId, numbers });
  expect(before.counts.unmeasured).toBe(groupIds.length);
  expect(before.groups[0].values).toEqual(Object.fromEntries(numbers.map((id) => [id, null])));
  expect(await opened.ask('group.measure', { sessionId })).toEqual({ measured: groupIds.length });
  const first = await opened.ask('group.list', { sessionId, numbers });
  expect(first.counts.unmeasured).toBe(0);
  const evidence = await opened.ask('group.evidence', { groupId: groupIds[0] });
  const own = Object.fromEntries(numbers.map((id) => [id, evidence.pairs[0].values[id]]));
  expect(first.groups.find(({ groupId }) => groupId === groupIds[0])?.values).toEqual(own);
  let measured = 0;
  await opened.ask('group.measure', { sessionId }, { progress: () => (measured += 1) });
  expect(await opened.ask('group.list', { sessionId, numbers })).toEqual(first);
  expect(measured).toBe(0);

  const spread = await opened.ask('group.distributions', { sessionId });
  expect(spread.sampledCount).toBeGreaterThan(50);
  for (const { count, quantiles } of spread.numbers) {
    expect(quantiles).toHaveLength(count === 0 ? 0 : 101);
    expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b));
  }
  expect(await opened.ask('group.distributions', { sessionId })).toEqual(spread);
});

test('what a merge would make is the same as what merging makes', async () => {
  const opened = await openService();
  const { sessionId, groupIds } = await openSession(opened);
  const { groups } = await opened.ask('group.list', { sessionId });
  const group = groups.find(({ groupId }) => groupId === groupIds[0]);
  const merged = await opened.ask('group.ifMerged', { groupId: groupIds[0], censorMs: 0 });
  expect(merged.before.map(({ spikeCount }) => spikeCount)).toEqual(group?.spikeCounts);
  expect(merged.after.spikeCount).toBe(merged.before.reduce((sum, { spikeCount }) => sum + spikeCount, 0));
  expect(merged.duplicateCount).toBe(0);
  const censored = await opened.ask('group.ifMerged', { groupId: groupIds[0], censorMs: 2 });
  expect(censored.after.violations).toBe(0);
  expect(censored.after.spikeCount + censored.duplicateCount).toBe(merged.after.spikeCount);
});

test('an analyzer without correlograms or locations says what it computes for a search', async () => {
  const opened = await openService();
  const { sessionId } = await openSession(opened, tutorial);
  const catalog = await opened.ask('candidates.catalog', { sessionId });
  const computes = catalog.steps.flatMap((step) => (step.missing.length === 0 ? step.computes : []));
  const { computed } = await opened.ask('candidates.find', { sessionId, preset: 'similarity_correlograms', resolveGraph: false });
  for (const extension of computed) expect([...computes, 'template_similarity', 'quality_metrics']).toContain(extension);
});
