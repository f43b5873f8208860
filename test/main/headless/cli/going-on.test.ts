import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../../main/core/db/open.ts';
import { openTables } from '../../../../main/core/db/tables.ts';
import { type Arrived, type Behaviour, startProviderServer } from '../../../fixtures/servers/provider-server.ts';
import { splits } from '../../core/support/open-service.ts';
import { temporaryFolder } from '../../core/support/temporary-folder.ts';
import { samecell } from '../support/samecell.ts';

const samecellJson = (words: readonly string[]) => samecell(...words, '--json');

async function serve(behave?: (request: Arrived) => Behaviour) {
  const server = await startProviderServer(behave);
  onTestFinished(() => server.close());
  return server;
}

function groupsFile(groups: readonly (readonly number[])[]): string {
  const file = join(temporaryFolder(), 'groups.json');
  writeFileSync(file, JSON.stringify(groups));
  return file;
}

const pairs = [
  [0, 38],
  [12, 43],
  [13, 14],
  [5, 29],
];

test('the same folder goes on at another address, pace and limit, but never takes another question for its own', async () => {
  const first = await serve();
  const folders = { out: temporaryFolder(), data: temporaryFolder() };
  const words = (origin: string, ...more: string[]) => [
    ...['judge', splits, '--judge', 'openai-compatible', '--model', 'local', '--base-url', `${origin}/v1`],
    ...['--out', folders.out, '--data-dir', folders.data, ...more],
  ];
  const groups = groupsFile(pairs);
  const asked = ['--groups', groups, '--features', 'crosscorrelograms'];
  const stopped = await samecellJson(words(first.origin, ...asked, '--max-calls', '1', '--num-workers', '1'));
  expect(stopped).toMatchObject({ code: 4, json: { error: { kind: 'provider.quota' } } });
  expect(first.arrived).toHaveLength(1);

  for (const [flag, ...other] of [
    ['features', '--features', 'presence'],
    ['votes', '--votes', '3'],
    ['mode', '--mode', 'panel'],
    ['groups', '--groups', groupsFile(pairs.slice(1))],
    ['preset', '--preset', 'slay'],
  ]) {
    const refused = await samecellJson(words(first.origin, ...other));
    expect(refused).toMatchObject({ code: 3, json: { error: { kind: 'input.invalid' } } });
    expect(refused.errors).toContain(`with another --${flag}`);
  }
  expect((await samecellJson(words(first.origin, '--groups', groups, '--preset', 'slay'))).code).toBe(2);
  expect(first.arrived).toHaveLength(1);

  // The same groups in another order of groups and units are the same question.
  const second = await serve();
  const same = ['--groups', groupsFile([...pairs].reverse().map((pair) => [...pair].reverse())), '--max-calls', '99', '--num-workers', '3'];
  const done = await samecellJson(words(second.origin, ...same));
  expect(done).toMatchObject({ code: 0, errors: '' });
  expect(done.json.verdicts).toHaveLength(4);
  expect([first.arrived.length, second.arrived.length]).toEqual([1, 3]);
});

test('two processes that begin in the same folder at once make one run, and nothing is asked twice', async () => {
  const server = await serve(() => ({ kind: 'answer', delayMs: 150 }));
  const folders = ['--out', temporaryFolder(), '--data-dir', temporaryFolder()];
  const asked = ['--model', 'local', '--base-url', `${server.origin}/v1`, '--groups', groupsFile(pairs), '--features', 'presence'];
  const words = ['judge', splits, '--judge', 'openai-compatible', ...asked, '--num-workers', '1', ...folders];
  const ended = await Promise.all([samecellJson(words), samecellJson(words), samecellJson(words)]);
  expect(server.arrived).toHaveLength(pairs.length);
  expect(ended.some(({ code }) => code === 0)).toBe(true);
  // Whoever comes while another is at it says so; whoever comes after it has its verdicts.
  for (const { code, json } of ended) {
    if (code === 0) expect(json.verdicts).toHaveLength(pairs.length);
    else expect([code, json.error.message]).toEqual([3, expect.stringContaining('Another Samecell')]);
  }
  const database = openDatabase(folders[3]);
  expect(openTables(database).sessions.list()).toHaveLength(1);
  database.close();
});

test('what leaves this machine, and where to, is said before anything does', async () => {
  const words = ['judge', splits, '--judge', 'openai-compatible', '--model', 'far', '--base-url', 'https://model.invalid/v1'];
  const ended = await samecellJson([
    ...[...words, '--groups', groupsFile(pairs), '--features', 'presence', '--max-calls', '0'],
    ...['--out', temporaryFolder(), '--data-dir', temporaryFolder()],
  ]);
  expect(ended.code).toBe(4);
  const [first, second] = ended.errors.trim().split('\n');
  expect(first).toBe('Pictures and numbers of 4 groups go to model.invalid. Names of files and units are not sent.');
  expect(second).toContain('limit of 0 requests');
});

test('where nothing can be reached, a small run too stops as the provider’s failure, and its groups stay to be asked', async () => {
  const gone = await startProviderServer();
  const { origin } = gone;
  await gone.close();
  const folders = ['--out', temporaryFolder(), '--data-dir', temporaryFolder()];
  const words = (base: string) => {
    const asked = ['--model', 'local', '--base-url', base, '--groups', groupsFile([[0, 38]]), '--features', 'presence'];
    return ['judge', splits, '--judge', 'openai-compatible', ...asked, ...folders];
  };
  expect(await samecellJson(words(`${origin}/v1`))).toMatchObject({ code: 4, json: { error: { kind: 'provider.unreachable' } } });
  const server = await serve();
  expect(await samecellJson(words(`${server.origin}/v1`))).toMatchObject({ code: 0, json: { counts: { merge: 1, failed: 0 } } });
}, 180_000);
