// A run of a thousand pairs against a server that takes 200 ms for each: how long beyond the ideal, how much processor, and whether
// memory stays flat. With numbers alone, with pictures that are drawn meanwhile, and with pictures that lie in the store already.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createService } from '../main/core/service.ts';
import { openVault } from '../main/core/vault/vault.ts';
import { makeOnce } from './ask-python.ts';

const pairCount = Number(process.argv[2] ?? 1000);
const numWorkers = Number(process.argv[3] ?? 10);
/** Kept where it is given, so that the pictures are there the next time. */
const keptFolder = process.argv[4];
const serverMs = 200;
const analyzer = join(tmpdir(), 'samecell-pairs');
const write = (text: string) => process.stdout.write(text);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

makeOnce('make_pairs.py', analyzer);

const server = fork(join(import.meta.dirname, 'slow-server.ts'), [String(serverMs)]);
const [{ port }] = (await once(server, 'message')) as [{ port: number }];
const vault = openVault({ stores: [] });
const dataFolder = keptFolder ?? mkdtempSync(join(tmpdir(), 'samecell-bench-'));
const service = await createService({
  dataFolder,
  assetsFolder: join(import.meta.dirname, '..', 'assets'),
  version: '0.0.0',
  emit: () => undefined,
  vault: () => vault,
});
const ask = <Answer>(name: string, input: unknown) =>
  service.handle(name, input, { signal: new AbortController().signal, progress: () => undefined }) as Promise<Answer>;
const { judges, tables } = service.core;

await ask('settings.set', { remoteConsentAt: '2026-01-01T00:00:00.000Z' });
await ask('vault.setKey', { provider: 'openai', key: 'some-key-of-the-bench' });
const { grant } = await service.grant(analyzer, 'analyzer');
const { session } = await ask<{ session: { sessionId: string } }>('analyzer.open', { grant });
const { sessionId } = session;
const groupIds = tables.atOnce(() => {
  const ids: string[] = [];
  for (let first = 0; first < 46; first += 1)
    for (let second = first + 1; second < 46 && ids.length < pairCount; second += 1) {
      const group = { units: [String(first), String(second)], spikeCounts: [1000 + first, 1000 + second], templateDiff: null };
      ids.push(tables.groups.add(sessionId, group, 'hand'));
    }
  return ids;
});
const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);

async function run(what: string, features: string[], withNumbers: boolean): Promise<void> {
  const shown = withNumbers ? [...features, 'numbers'] : features;
  await ask('settings.set', { openaiUrl: `http://127.0.0.1:${port}/${shown.join(',')}/v1` });
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  const memory: string[] = [];
  const marks = [0.1, 0.5, 1].map((part) => Math.round(part * pairCount));
  const processor = process.cpuUsage();
  const begin = performance.now();
  const beginAtMs = performance.timeOrigin + begin;
  const batchId = judges.start({ sessionId, judge: 'openai', model: 'gpt-4o', features, withNumbers, groupIds, numWorkers, again: true });
  const watch = setInterval(() => {
    if (marks.length === 0 || tables.batches.counts(batchId).done < marks[0]) return;
    const { heapUsed, rss } = process.memoryUsage();
    memory.push(`${marks.shift()}: ${megabytes(heapUsed)} / ${megabytes(rss)}`);
  }, 250);
  await judges.rest(batchId);
  const wallMs = performance.now() - begin;
  clearInterval(watch);
  const { user, system } = process.cpuUsage(processor);
  const { heapUsed, rss } = process.memoryUsage();
  if (marks.length > 0) memory.push(`${marks.at(-1)}: ${megabytes(heapUsed)} / ${megabytes(rss)}`);
  collectGarbage();
  const counts = tables.batches.counts(batchId);
  if (counts.done !== pairCount)
    throw new Error(
      `Only ${counts.done} of ${pairCount} are done: ${JSON.stringify(tables.batches.failures(batchId)[0] ?? tables.batches.byId(batchId)?.stoppedBy)}`,
    );
  server.send('how');
  const [how] = (await once(server, 'message')) as [Record<'answered' | 'mostAtOnce' | 'meanMs' | 'firstAtMs' | 'lastAtMs', number>];
  const startMs = how.firstAtMs - beginAtMs;
  const endMs = beginAtMs + wallMs - how.lastAtMs;
  const idealMs = (pairCount / numWorkers) * serverMs;
  write(
    `${what.padEnd(34)} ${(wallMs / 1000).toFixed(2).padStart(6)} s  +${(100 * (wallMs / idealMs - 1)).toFixed(1).padStart(5)} %   ${((user + system) / 1000 / pairCount).toFixed(1).padStart(5)} ms   ${memory.join(', ')}; kept ${megabytes(process.memoryUsage().heapUsed - heapBefore)}   (server ${how.meanMs.toFixed(1)} ms, at most ${how.mostAtOnce} at once, ${how.answered} answers; first question there after ${startMs.toFixed(0)} ms, done ${endMs.toFixed(0)} ms after the last answer)\n`,
  );
}

const six = ['waveform_single', 'waveform_multi', 'amplitude_plot', 'crosscorrelograms', 'pca_clustering', 'spike_locations'];
write(`${pairCount} pairs, ${numWorkers} workers, ideal ${((pairCount / numWorkers) * serverMs) / 1000} s\n`);
write('what                                 wall      over   of the processor a pair   heap / resident MB after so many pairs\n');
await run('numbers, measured meanwhile', [], true);
await run('numbers, measured before', [], true);
await run('six pictures, drawn meanwhile', six, true);
await run('six pictures, from the store', six, true);
await run('six pictures, no numbers', six, false);

await service.close();
server.disconnect();
if (keptFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
