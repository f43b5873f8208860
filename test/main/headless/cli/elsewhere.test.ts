import { createReadStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../../../main/core/db/open.ts';
import { settingsTable } from '../../../../main/core/db/tables/settings.ts';
import { root } from '../../core/support/open-service.ts';
import { temporaryFolder } from '../../core/support/temporary-folder.ts';
import { samecell } from '../support/samecell.ts';

vi.setConfig({ testTimeout: 120_000 });

const phy = join(root, 'test/fixtures/phy/kilosort');

/** A file server for the zarr store of the fixtures, without ranges. */
async function store(): Promise<string> {
  const folder = join(root, 'test/fixtures/analyzers/legacy/0.104.9/analyzer.zarr');
  const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url ?? '', 'http://x').pathname);
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.writeHead(200);
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('info and candidates read a folder of phy', async () => {
  const info = await samecell('info', phy);
  expect(info).toMatchObject({ code: 0, errors: '' });
  expect(info.out).toContain('kilosort: folder of phy or Kilosort\n5 units, 900 spikes, 12 channels');
  const found = await samecell('candidates', phy, '--steps', 'template_similarity', '--json');
  expect(JSON.parse(found.out)).toMatchObject({ groups: [[8, 9]] });
});

test('apply writes a merged folder of phy, and refuses what has no meaning for one', async () => {
  const folder = temporaryFolder();
  const merges = join(folder, 'groups.json');
  writeFileSync(merges, '[[8, 9]]');
  const out = join(folder, 'out');
  const { code, out: printed } = await samecell('apply', phy, '--merges', merges, '--out', out, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(printed)).toMatchObject({ unitIds: [2, 4, 7, 10], merged: { 10: [8, 9] }, path: out });
  const kept = readdirSync(phy);
  expect(readdirSync(out)).toEqual(expect.arrayContaining([...kept, 'cluster_samecell.tsv', 'curation.json']));
  expect(JSON.parse(readFileSync(join(out, 'curation.json'), 'utf8'))).toMatchObject({
    format_version: '2',
    unit_ids: [2, 4, 7, 8, 9],
    merges: [{ unit_ids: [8, 9], new_unit_id: 10 }],
  });
  expect((await samecell('info', out)).out).toContain('4 units, 900 spikes, 12 channels');
  const refused = await samecell('apply', phy, '--merges', merges, '--out', join(folder, 'other'), '--censor-ms', '0.3');
  expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining('--censor-ms has no meaning for a folder of phy') });
});

test('info reads an address, other commands say they need a folder', async () => {
  const address = await store();
  const info = await samecell('info', address, '--json', '--data-dir', temporaryFolder());
  expect(info).toMatchObject({ code: 0, errors: '' });
  expect(JSON.parse(info.out)).toMatchObject({ format: 'zarr', spikeCount: 385, channelCount: 8 });
  const compute = await samecell('apply', address, '--merges', 'none.json', '--out', join(temporaryFolder(), 'out'));
  expect(compute.code).not.toBe(0);
  expect(compute.errors).toContain('copy the analyzer to this machine');
});

test('an address beyond this machine is not asked for where the settings say so', async () => {
  const dataFolder = temporaryFolder();
  const database = openDatabase(dataFolder);
  settingsTable(database).write({ offlineOnly: true });
  database.close();
  const { code, out } = await samecell('info', 'https://data.invalid/analyzer.zarr', '--json', '--data-dir', dataFolder);
  expect(code).not.toBe(0);
  expect(JSON.parse(out)).toMatchObject({ error: { kind: 'provider.offlineOnly' } });
});
