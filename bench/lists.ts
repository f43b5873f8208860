import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Ask, CallName } from '../app/contract/calls.ts';
import { decodeMessage, encodeMessage } from '../app/contract/wire.ts';
import { createService } from '../main/core/service.ts';
import { openVault } from '../main/core/vault/vault.ts';
import { manyGroups } from '../test/fixtures/many-groups.ts';

// What a window asks about a session of very many groups: processor time in the core, bytes sent, time to decode them.
const groupCount = Number(process.argv[2] ?? 100_000);
const dataFolder = mkdtempSync(join(tmpdir(), 'samecell-lists-'));
const assetsFolder = join(import.meta.dirname, '..', 'assets');
const vault = openVault({ stores: [] });
const service = await createService({ dataFolder, assetsFolder, version: '0', emit: () => undefined, vault: () => vault });
const print = (line: string) => process.stdout.write(`${line}\n`);

async function ask<Name extends CallName>(what: string, name: Name, input: Ask<Name>): Promise<Answer<Name>> {
  const before = process.cpuUsage();
  const value = await service.handle(name, input, { signal: new AbortController().signal, progress: () => undefined });
  const { user, system } = process.cpuUsage(before);
  const frame = encodeMessage({ type: 'reply', id: 1, result: { ok: true, value } });
  const decoding = process.cpuUsage();
  decodeMessage(frame);
  const decoded = process.cpuUsage(decoding);
  const ms = ((user + system) / 1000).toFixed(1);
  print(
    `${what.padEnd(44)} ${ms.padStart(8)} ms ${String(frame.byteLength).padStart(10)} bytes ${((decoded.user + decoded.system) / 1000).toFixed(1).padStart(8)} ms`,
  );
  return value as Answer<Name>;
}

print(`${''.padEnd(44)} ${'core'.padStart(11)} ${'sent'.padStart(16)} ${'decoding'.padStart(11)}`);
const { grant } = await service.grant(join(assetsFolder, 'demo', 'splits'), 'analyzer');
const { session, info } = await ask('open the analyzer', 'analyzer.open', { grant });
const { sessionId } = session;
const text = manyGroups(
  info.units.map(({ id }) => id),
  groupCount,
);
await ask(`import ${groupCount} groups`, 'candidates.import', { sessionId, name: 'many', text });
await ask('first list', 'group.list', { sessionId });
await ask('a page in the middle', 'group.list', { sessionId, from: Math.floor(groupCount / 2), count: 100 });
const sort = { by: 'spike_count', descending: true };
await ask('another order', 'group.list', { sessionId, count: 100, view: { sort } });
await ask('ordered by units', 'group.list', { sessionId, count: 100, view: { sort: { by: 'units', descending: true } } });
await ask('another filter and order', 'group.list', {
  sessionId,
  count: 100,
  view: { filter: 'spike_count > 100 and decision == "open"', sort },
});
const first = await ask('the group to review', 'group.around', { sessionId });
await ask('a decision', 'review.decide', { sessionId, groupId: first.group?.groupId ?? '', decision: 'merge' });
await ask('  then the page on screen', 'group.list', { sessionId, count: 100 });
await ask('  then the next group', 'group.around', { sessionId, groupId: first.openIds[0] });
await ask('  then how far one is', 'review.state', { sessionId });
await ask('  then the sessions', 'session.list', {});
await ask('choose all', 'group.choose', { sessionId, change: 'set', view: {} });
await ask('measure the numbers', 'group.measure', { sessionId });
const axes = { x: 'template_distance_l1', y: 'ccg_refractory_ratio' };
await ask('points of two numbers', 'group.points', { sessionId, ...axes });
await ask('what was decided on them', 'group.marks', { sessionId, ...axes });
const { batchId } = await ask('judge all offline', 'batch.start', { sessionId, judge: 'offline' });
for (const at of ['while it begins', 'while it runs']) {
  await new Promise((passed) => setTimeout(passed, 2000));
  await ask(`  its standing ${at}`, 'batch.list', { sessionId });
}
await ask('  calling it off', 'batch.cancel', { batchId });
await ask('  its standing then', 'batch.list', { sessionId });
print(`${'memory of the process'.padEnd(44)} ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
await service.close();
rmSync(dataFolder, { recursive: true });
