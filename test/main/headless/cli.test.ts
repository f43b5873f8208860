import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../../main/core/db/open.ts';
import { openTables } from '../../../main/core/db/tables.ts';
import { startProviderServer } from '../../fixtures/servers/provider-server.ts';
import { multisegment, root, splits } from '../core/support/open-service.ts';
import { temporaryFolder } from '../core/support/temporary-folder.ts';
import { samecell, startSamecell } from './support/samecell.ts';

// Each starts whole processes: a busy machine needs its time.
vi.setConfig({ testTimeout: 120_000 });

const data = () => ['--data-dir', temporaryFolder()];
const at02 = ['--param', 'template_similarity.template_diff_thresh=0.2'];

function groupsFile(content: unknown, name = 'groups.json'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('info says what an analyzer is', async () => {
  const { code, json, errors } = await samecell('info', splits, '--json');
  expect(code).toBe(0);
  expect(errors).toBe('');
  expect(Object.keys(json)).toEqual([
    'format',
    'spikeinterfaceVersion',
    'unitIds',
    'channelCount',
    'segmentCount',
    'durationS',
    'samplingFrequencyHz',
    'spikeCount',
    'sparse',
    'extensions',
    'problems',
  ]);
  expect(json).toMatchObject({ format: 'binary_folder', channelCount: 32, segmentCount: 1, durationS: 120, samplingFrequencyHz: 30000 });
  expect(json.unitIds).toContain(43);
  expect(json.extensions).toContainEqual({ name: 'correlograms', params: expect.objectContaining({ window_ms: 50 }) });
  expect((await samecell('info', multisegment, '--json')).json.unitIds.every((id: unknown) => typeof id === 'string')).toBe(true);
});

test('info prints a seed past 2^53 as the number it is', async () => {
  const folder = join(temporaryFolder(), 'analyzer');
  cpSync(splits, folder, { recursive: true });
  writeFileSync(join(folder, 'extensions', 'noise_levels', 'params.json'), '{"random_slices_kwargs": {"seed": 1990693195228384753}}');
  const { out } = await samecell('info', folder, '--json');
  expect(out).toContain('"noise_levels","params":{"random_slices_kwargs":{"seed":1990693195228384753}}');
});

test('candidates are those of SpikeInterface', async () => {
  const expected = JSON.parse(readFileSync(join(root, 'test', 'fixtures', 'expected', 'splits.json'), 'utf8'));
  const { code, json } = await samecell('candidates', splits, ...at02, '--json');
  expect(code).toBe(0);
  const sorted = (pairs: number[][]) => pairs.map((pair) => JSON.stringify([...pair].sort((a, b) => a - b))).sort();
  expect(sorted(json.groups)).toEqual(sorted(expected.candidates['template_similarity@0.2'].pairs));
  expect(json.steps).toEqual([{ id: 'template_similarity', in: 496, out: json.groups.length, ms: expect.any(Number) }]);
  const joined = await samecell('candidates', splits, ...at02, '--resolve-graph', '--json');
  expect(joined.json.groups.some((group: unknown[]) => group.length > 2)).toBe(true);
});

test('evidence gives numbers per group, with ids of the file kept', async () => {
  const file = groupsFile('unit1,unit2\n0,38\n1,22\n', 'groups.csv');
  const { code, json } = await samecell('evidence', splits, '--groups', file, '--only', 'template_distance_l1', '--json');
  expect(code).toBe(0);
  expect(json.groups).toEqual([
    { units: [0, 38], values: { template_distance_l1: expect.any(Number) } },
    { units: [1, 22], values: { template_distance_l1: expect.any(Number) } },
  ]);
});

test('a match table and a map of merges are taken as groups, and what was left out is said', async () => {
  const table =
    'ID1,ID2,RecSes 1,RecSes 2,Matches,UM Probabilities,TotalScore\n0.0,0.0,1.0,1.0,1.0,0.99,0.9\n38.0,0.0,1.0,1.0,1.0,0.91,0.8\n22.0,1.0,1.0,1.0,0.0,0.2,0.3\n';
  const { code, json, errors } = await samecell(
    'evidence',
    splits,
    '--groups',
    groupsFile(table, 'MatchTable.csv'),
    '--only',
    'template_distance_l1',
    '--json',
  );
  expect(code).toBe(0);
  expect(json.groups.map(({ units }: { units: unknown[] }) => units)).toEqual([[0, 38]]);
  expect(errors).toBe(
    'MatchTable.csv: 1 group with UM Probabilities of at least 0.5. Rows left out: 1 of one unit with itself, 1 below the least score.\n',
  );
  const slay = await samecell(
    'evidence',
    splits,
    '--groups',
    groupsFile({ 78: [38, 0] }, 'new2old.json'),
    '--only',
    'template_distance_l1',
    '--json',
  );
  expect(slay.json.groups.map(({ units }: { units: unknown[] }) => units)).toEqual([[0, 38]]);
});

test('figures are files with their hash', async () => {
  const out = join(temporaryFolder(), 'pictures');
  const words = ['--groups', groupsFile([[0, 38]]), '--features', 'waveform_single,crosscorrelograms', '--out', out];
  const { code, json, errors } = await samecell('figures', splits, ...words, '--json');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(json.figures.map((figure: { feature: string }) => figure.feature)).toEqual(['waveform_single', 'crosscorrelograms']);
  for (const { file, sha256, bytes, units } of json.figures) {
    const content = readFileSync(file);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    expect(content.byteLength).toBe(bytes);
    expect(units).toEqual([0, 38]);
  }
});

test('a picture that cannot be drawn of a group is left out with a word, the others are drawn', async () => {
  const out = join(temporaryFolder(), 'pictures');
  const words = [
    'figures',
    splits,
    '--groups',
    groupsFile([
      [0, 1],
      [0, 38],
    ]),
    '--features',
    'pca_clustering,presence',
    '--out',
    out,
  ];
  const { code, json, errors } = await samecell(...words, '--json');
  expect(code).toBe(0);
  expect(readdirSync(out).sort()).toEqual(['group-0-presence.png', 'group-1-pca_clustering.png', 'group-1-presence.png']);
  expect(json.leftOut).toMatchObject([{ units: [0, 1], feature: 'pca_clustering', reason: expect.stringContaining('share no channel') }]);
  expect(errors).toContain('pca_clustering of 0 + 1 is left out: A and B share no channel');
  const alone = await samecell('figures', splits, '--groups', groupsFile([[0, 1]]), '--features', 'pca_clustering', '--out', out, '--json');
  expect(alone).toMatchObject({ code: 3, json: { error: { message: expect.stringContaining('share no channel') } } });
});

test('Ctrl+C ends figures at once with code 5, and what was drawn stays whole', async () => {
  const out = join(temporaryFolder(), 'pictures');
  const ids = [0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 16, 17, 19, 20, 22, 24, 25];
  const pairs = ids.flatMap((first) => ids.filter((second) => second > first).map((second) => [first, second]));
  const { child, ended } = startSamecell([
    'figures',
    splits,
    '--groups',
    groupsFile(pairs),
    '--features',
    'waveform_single,presence',
    '--out',
    out,
  ]);
  await expect.poll(() => (existsSync(out) ? readdirSync(out).length : 0), { timeout: 60_000, interval: 20 }).toBeGreaterThan(5);
  const begin = performance.now();
  child.kill('SIGINT');
  const { code, errors } = await ended;
  // A second of a machine with much else to do.
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(code).toBe(5);
  expect(errors).toContain('The pictures that were drawn stay.');
  const names = readdirSync(out);
  expect(names.length).toBeLessThan(2 * pairs.length);
  for (const name of names) {
    expect(name).toMatch(/^group-\d{3}-(waveform_single|presence)\.png$/);
    expect(readFileSync(join(out, name)).subarray(-8, -4).toString('latin1')).toBe('IEND');
  }
});

test('judge writes results.csv, is found in History, and the same command asks nothing twice', async () => {
  const dataDir = temporaryFolder();
  const out = temporaryFolder();
  const words = ['judge', splits, '--judge', 'offline', ...at02, '--out', out, '--data-dir', dataDir, '--json'];
  const first = await samecell(...words);
  expect(first).toMatchObject({ code: 0, errors: '' });
  expect(first.json.verdicts).toHaveLength(17);
  expect(first.json.verdicts[0]).toEqual({
    groupId: 0,
    units: [0, 38],
    verdict: 'merge',
    confidence: expect.any(Number),
    reasoning: expect.any(String),
    costUsd: 0,
  });
  const { counts } = first.json;
  expect(counts['merge'] + counts['not merge'] + counts['unsure']).toBe(17);
  const csv = readFileSync(join(out, 'results.csv'), 'utf8');
  expect(csv.split('\r\n')).toHaveLength(17 + 2);

  const again = await samecell(...words);
  expect(again.json.verdicts).toEqual(first.json.verdicts);
  const database = openDatabase(dataDir);
  const tables = openTables(database);
  const [session, ...others] = tables.sessions.list();
  expect(others).toEqual([]);
  expect(tables.sessions.counts(session.sessionId)).toMatchObject({ groupCount: 17, verdictCount: 17 });
  database.close();

  const other = await samecell('judge', splits, '--judge', 'openai', '--out', out, '--data-dir', dataDir, '--json');
  expect(other).toMatchObject({ code: 3, json: { error: { kind: 'input.invalid' } } });
  const elsewhere = await samecell('judge', splits, '--judge', 'offline', '--out', out, ...data(), '--json');
  expect(elsewhere).toMatchObject({ code: 3, json: { error: { message: expect.stringContaining('another data folder') } } });
});

test('an analyzer without candidates is a result, not a failure', async () => {
  const none = ['--param', 'template_similarity.template_diff_thresh=0.001'];
  for (const command of ['judge', 'run']) {
    const out = temporaryFolder();
    const { code, json } = await samecell(command, splits, '--judge', 'offline', ...none, '--out', out, ...data(), '--json');
    expect({ command, code }).toEqual({ command, code: 0 });
    expect(json).toMatchObject({ verdicts: [], counts: { merge: 0, failed: 0 } });
    expect(readFileSync(join(out, 'results.csv'), 'utf8').trim().split('\r\n')).toHaveLength(1);
  }
});

test('Ctrl+C keeps what is done, and the same command goes on', async () => {
  const server = await startProviderServer(() => ({ kind: 'answer', delayMs: 40 }));
  onTestFinished(() => server.close());
  const out = temporaryFolder();
  const more = ['--model', 'local', '--base-url', `${server.origin}/v1`, '--num-workers', '2', '--features', 'waveform_single'];
  const words = ['judge', splits, '--judge', 'openai-compatible', ...more, ...at02, '--out', out, ...data(), '--json'];
  const running = startSamecell(words);
  await expect.poll(() => server.arrived.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(3);
  running.child.kill('SIGINT');
  const cancelled = await running.ended;
  expect(cancelled).toMatchObject({ code: 5, json: { error: { kind: 'cancelled' } } });
  expect(cancelled.errors.trim().split('\n')).toHaveLength(1);
  const judged = cancelled.json.error.details.judged;
  expect(judged).toBeGreaterThan(0);
  expect(judged).toBeLessThan(17);
  expect(readFileSync(join(out, 'results.csv'), 'utf8')).toContain('openai-compatible');
  const before = server.arrived.length;
  const { code, json } = await samecell(...words);
  expect(code).toBe(0);
  expect(json.verdicts).toHaveLength(17);
  expect(server.arrived.length - before).toBe(17 - judged);
});

test('a provider that fails is exit code 4, groups that fail are 6', async () => {
  const server = await startProviderServer((request) =>
    request.headers.authorization === 'Bearer sk-wrong-key-entirely'
      ? { kind: 'status', status: 401 }
      : request.words.includes(' has 971 spikes')
        ? { kind: 'refusal' }
        : { kind: 'answer' },
  );
  onTestFinished(() => server.close());
  const groups = groupsFile([
    [0, 38],
    [1, 22],
  ]);
  const judge = (key: string, out: string) =>
    startSamecell(
      [
        'judge',
        splits,
        '--judge',
        'openai',
        '--base-url',
        `${server.origin}/v1`,
        '--groups',
        groups,
        '--features',
        'waveform_single',
        '--out',
        out,
      ]
        .concat(data())
        .concat('--json'),
      { OPENAI_API_KEY: key },
    ).ended;
  const refused = await judge('sk-wrong-key-entirely', temporaryFolder());
  expect(refused).toMatchObject({ code: 4, json: { error: { kind: 'provider.auth' } } });
  expect(refused.out + refused.errors).not.toContain('sk-wrong-key-entirely');
  const some = await judge('sk-right-key-entirely', temporaryFolder());
  expect(some).toMatchObject({
    code: 6,
    json: { verdicts: [{ units: [1, 22] }], failures: [{ units: [0, 38], kind: 'provider.refused' }], counts: { merge: 1, failed: 1 } },
  });
  const none = await startSamecell(['judge', splits, '--judge', 'anthropic', ...data(), '--out', temporaryFolder(), '--json']).ended;
  expect(none).toMatchObject({ code: 4, json: { error: { kind: 'provider.auth' } } });
});

test('apply writes a new folder, and never over or into another', async () => {
  const out = join(temporaryFolder(), 'merged');
  const merges = groupsFile({
    groups: [
      [22, 1],
      [32, 22],
      [0, 38],
    ],
  });
  const { code, json } = await samecell('apply', splits, '--merges', merges, '--out', out, '--json');
  expect(code).toBe(0);
  expect(json).toMatchObject({ merged: { 44: [0, 38], 45: [1, 22, 32] }, path: out, dropped: expect.any(Array), ms: expect.any(Number) });
  expect(json.unitIds).toHaveLength(32 - 5 + 2);
  expect((await samecell('info', out, '--json')).json.unitIds).toEqual(json.unitIds);
  expect(await samecell('apply', splits, '--merges', merges, '--out', out, '--json')).toMatchObject({
    code: 3,
    json: { error: { kind: 'output.exists' } },
  });
  expect(await samecell('apply', splits, '--merges', merges, '--out', join(splits, 'x'), '--json')).toMatchObject({ code: 3 });
  expect(existsSync(join(splits, 'x'))).toBe(false);
});

test('apply keeps the order of a file of groups, by which SpikeInterface gives new ids', async () => {
  const merges = groupsFile([
    [32, 1, 22],
    [38, 0],
  ]);
  const appended = await samecell('apply', splits, '--merges', merges, '--out', join(temporaryFolder(), 'merged'), '--json');
  expect(appended.json).toMatchObject({ merged: { 44: [32, 1, 22], 45: [38, 0] } });
  const first = ['--new-id-strategy', 'take_first'];
  const taken = await samecell('apply', splits, '--merges', merges, '--out', join(temporaryFolder(), 'merged'), ...first, '--json');
  expect(taken.json).toMatchObject({ merged: { 32: [32, 1, 22], 38: [38, 0] } });
});

test('apply takes every option of merging, and passes on what else a curation file says', async () => {
  const out = join(temporaryFolder(), 'merged');
  const labels = { quality: { name: 'quality', label_options: ['good', 'noise'], exclusive: true } };
  const curation = groupsFile({
    format_version: '2',
    unit_ids: (await samecell('info', splits, '--json')).json.unitIds,
    label_definitions: labels,
    manual_labels: [{ unit_id: 3, labels: { quality: ['good'] } }],
    removed: [5],
    merges: [{ unit_ids: [0, 38] }],
    splits: [{ unit_id: 9, mode: 'indices', indices: [[0, 1]] }],
  });
  const flags = ['--format', 'zarr', '--new-id-strategy', 'take_first', '--censor-ms', '0.5', '--sparsity-overlap', '0.2', '--phy'];
  const { code, json } = await samecell('apply', splits, '--merges', curation, '--out', out, ...flags, '--json');
  expect({ code, json }).toMatchObject({ code: 0, json: { merged: { 0: [0, 38] }, path: `${out}.zarr` } });
  expect((await samecell('info', `${out}.zarr`, '--json')).json).toMatchObject({ format: 'zarr', unitIds: json.unitIds });
  const passedOn = JSON.parse(readFileSync(join(`${out}.zarr`, 'curation.json'), 'utf8'));
  expect(passedOn).toMatchObject({ label_definitions: labels, removed: [5], merges: [{ unit_ids: [0, 38], new_unit_id: 0 }] });
  expect(passedOn.splits).toEqual([{ unit_id: 9, mode: 'indices', indices: [[0, 1]] }]);
  expect(readFileSync(join(`${out}.zarr`, 'apply_merges.py'), 'utf8')).toContain('censor_ms=0.5');
  expect(existsSync(join(`${out}.zarr`, 'phy', 'cluster_samecell.tsv'))).toBe(true);
  const narrow = groupsFile([[5, 10]]);
  const refused = await samecell('apply', splits, '--merges', narrow, '--out', `${out}2`, '--sparsity-overlap', '0.9', '--json');
  const message = expect.stringMatching(/Units 5, 10 share \d+ % of their channels; sparsity_overlap asks for 90 %/);
  expect(refused).toMatchObject({ code: 3, json: { error: { kind: 'merge.impossible', message } } });
});

test('apply takes what phy’s review accepted', async () => {
  const folder = temporaryFolder();
  const { unitIds } = (await samecell('info', splits, '--json')).json;
  const proposals = [
    [0, 38],
    [3, 41],
    [1, 22],
  ];
  const curation = { format_version: '2', unit_ids: unitIds, merges: proposals.map((unit_ids) => ({ unit_ids })) };
  const keys = proposals.map((units) => `merge:${createHash('sha256').update(units.join(',')).digest('hex').slice(0, 16)}`);
  const reviews = {
    [keys[0]]: { decision: 'accepted', applied_unit_ids: [0, 38], result_unit_id: 44 },
    [keys[1]]: { decision: 'accepted', applied_unit_ids: [3, 41, 2], result_unit_id: 45 },
    [keys[2]]: { decision: 'rejected' },
  };
  writeFileSync(join(folder, 'curation.json'), JSON.stringify(curation));
  writeFileSync(
    join(folder, 'curation_review.json'),
    JSON.stringify({ format_version: '1', source: { filename: 'curation.json' }, reviews }),
  );
  const { code, json } = await samecell(
    'apply',
    splits,
    '--merges',
    join(folder, 'curation_review.json'),
    '--out',
    join(folder, 'merged'),
    '--json',
  );
  expect({ code, json }).toMatchObject({ code: 0, json: { merged: { 44: [0, 38], 45: [3, 41, 2] } } });
});

test('run goes the whole way', async () => {
  const out = temporaryFolder();
  const words = ['run', splits, '--judge', 'offline', ...at02, '--features', 'waveform_single', '--out', out, ...data(), '--json'];
  const { code, json } = await samecell(...words);
  expect(code).toBe(0);
  expect(json).toMatchObject({ groups: 17, figures: 17, path: join(out, 'analyzer') });
  expect(readdirSync(join(out, 'figures'))).toHaveLength(17);
  expect((await samecell('info', join(out, 'analyzer'), '--json')).json.unitIds).toEqual(json.unitIds);
  const again = await samecell(...words);
  expect(again).toMatchObject({ code: 0, json: { merged: json.merged, unitIds: json.unitIds } });
});

test('serve prints its address first and ends at Ctrl+C', async () => {
  const { child, ended, printed } = startSamecell(['serve', splits, ...data()]);
  await expect.poll(printed, { timeout: 15_000 }).toContain('\n');
  const { url } = JSON.parse(printed().split('\n')[0]);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=\S{20,}$/);
  child.kill('SIGINT');
  expect((await ended).code).toBe(0);
});

test('what is wrong with the command itself is exit code 2', async () => {
  const cases = [
    [],
    ['unknown'],
    ['info'],
    ['info', splits, '--nothing'],
    ['judge', splits, '--out', 'x'],
    ['candidates', splits, '--param', 'x'],
    ['candidates', splits, '--param', 'knn.k_nn=3'],
    ['candidates', splits, '--preset', 'slay', '--steps', 'knn'],
    ['serve', '--port', '70000'],
    ['apply', splits, '--merges', 'x', '--out', 'y', '--format', 'nwb'],
  ];
  for (const words of cases) {
    const { code, json, errors } = await samecell(...words, '--json');
    expect({ words, code }).toEqual({ words, code: 2 });
    if (words.length > 0) expect(json).toMatchObject({ error: { kind: 'usage' } });
    if (words.length > 0) expect(errors.trim().split('\n')).toHaveLength(1);
  }
  expect((await samecell('--help')).code).toBe(0);
  expect((await samecell('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('bad input is exit code 3 and names the file', async () => {
  const empty = temporaryFolder();
  mkdirSync(join(empty, 'nothing'));
  const cases: [string[], string][] = [
    [['info', join(empty, 'gone')], 'does not exist'],
    [['info', join(empty, 'nothing')], 'nothing'],
    [['info', join(splits, 'settings.json')], 'settings.json'],
    [['evidence', splits, '--groups', join(empty, 'no.json')], 'no.json does not exist'],
    [['evidence', splits, '--groups', groupsFile([[0, '38']])], 'groups.json'],
    [['evidence', splits, '--groups', groupsFile('[[0, 38')], 'groups.json'],
    [['candidates', splits, '--steps', 'nonsense'], 'nonsense'],
    [['candidates', splits, '--param', 'template_similarity.template_diff_thresh=high'], 'template_diff_thresh'],
    [['figures', splits, '--groups', groupsFile([[0, 38]]), '--features', 'nonsense', '--out', empty], 'nonsense'],
    [['judge', splits, '--judge', 'nonsense', '--out', empty, ...data()], 'nonsense'],
    [['judge', splits, '--judge', 'offline', '--out', empty, '--data-dir', join(splits, 'settings.json')], 'settings.json is a file'],
  ];
  for (const [words, named] of cases) {
    const { code, json, errors } = await samecell(...words, '--json');
    expect({ words, code }).toEqual({ words, code: 3 });
    expect(json.error.message).toContain(named);
    expect(errors.trim().split('\n')).toHaveLength(1);
  }
});

test('--quiet says nothing beside the result, and --log keeps what happened', async () => {
  const log = join(temporaryFolder(), 'logs', 'run.jsonl');
  const words = ['judge', splits, '--judge', 'offline', '--groups', groupsFile([[0, 38]]), '--out', temporaryFolder(), ...data()];
  const { code, errors } = await samecell(...words, '--quiet', '--log', log);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).what)).toEqual(['A run begins.', 'A run rests.']);
});

test('candidates says which step left none, and what can be set there', async () => {
  const none = await samecell('candidates', splits, '--steps', 'num_spikes,presence_distance', '--param', 'num_spikes.min_spikes=0');
  expect({ code: none.code, out: none.out }).toEqual({
    code: 0,
    out: 'No candidates: presence_distance dropped the last 496 pairs. It can be set with --param: presence_distance.presence_distance_thresh, presence_distance.bin_duration_s.\n',
  });
});

test('candidates says which step dropped a pair, evidence what merging would make', async () => {
  const search = ['--preset', 'similarity_correlograms', '--json'];
  const why = await samecell('candidates', splits, ...search, '--why-not', '2,3');
  expect(why.code).toBe(0);
  expect(why.json.whyNot).toMatchObject({ units: [2, 3], isPair: false });
  expect(why.json.whyNot.steps.find(({ outcome }: { outcome: string }) => outcome === 'dropped').id).toBe('template_similarity');
  expect((await samecell('candidates', splits, ...search, '--why-not', '2,2')).code).toBe(2);
  const preview = await samecell('evidence', splits, ...search, '--only', 'unit_distance_um', '--if-merged', '0.3');
  const [{ units, ifMerged }] = preview.json.groups;
  expect(units).toEqual([3, 41]);
  expect(ifMerged.after.spikeCount + ifMerged.duplicateCount).toBe(972 + 929);
});
