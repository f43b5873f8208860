import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sampleInput } from '../../../app/judges/sample-question.ts';
import { fittingVerdict, startProviderServer } from '../../../fixtures/servers/provider-server.ts';
import { planFor, storedSession } from '../support/stored-session.ts';

const kills = Number(process.env['SAMECELL_KILLS'] ?? 100);
const groupCount = Math.max(240, 11 * kills);
const numWorkers = 8;

/** Starts the process and kills it the time after it was started or after it began; resolves when it is gone, to whether it had finished. */
function runFor(kill: { readonly ms: number; readonly after: 'start' | 'begin' } | undefined, ...words: string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'batch-process.ts'), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    let timer: NodeJS.Timeout | undefined;
    const killIn = (ms: number) => {
      timer ??= setTimeout(() => child.kill('SIGKILL'), ms);
    };
    if (kill?.after === 'start') killIn(kill.ms);
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (kill?.after === 'begin') killIn(kill.ms);
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(out.includes('rested'));
    });
  });
}

test(`a run killed at ${kills} random moments loses no verdict, asks no answered group again, and gives each its own answer`, async () => {
  const markOf = (words: string) => Number(/A has (\d+) spikes/.exec(words)?.[1]) - 1000;
  const server = await startProviderServer((request) => ({
    kind: 'answer',
    text: JSON.stringify({ ...fittingVerdict(request.schema ?? {}), reasoning: `About ${markOf(request.words)}.` }),
    delayMs: 60 + Math.random() * 100,
  }));
  onTestFinished(() => server.close());
  const run = storedSession(Array.from({ length: groupCount }, (_, index) => [index * 2, index * 2 + 1]));
  for (const { sha256, bytes } of sampleInput.pictures)
    run.tables.pictures.add({ sha256, mediaType: 'image/png', sizeBytes: bytes.length, widthPx: 640, heightPx: 480 });
  const batchId = run.store.create(planFor(run.sessionId, run.groupIds));
  run.store.setState(batchId, 'paused');

  const answeredBefore: { readonly request: number; readonly positions: ReadonlySet<number> }[] = [];
  for (let kill = 0; kill < kills; kill++) {
    // Some before the process is at it: while it opens the database and takes the run over.
    const moment =
      kill % 10 === 9 ? ({ ms: Math.random() * 600, after: 'start' } as const) : ({ ms: Math.random() * 300, after: 'begin' } as const);
    await runFor(moment, run.folder, batchId, server.origin);
    const positions = run.groupIds.flatMap((groupId, position) => (run.tables.verdicts.ofGroup(groupId).length > 0 ? [position] : []));
    answeredBefore.push({ request: server.arrived.length, positions: new Set(positions) });
    for (const position of answeredBefore.at(-2)?.positions ?? []) expect(positions).toContain(position);
  }
  expect(await runFor(undefined, run.folder, batchId, server.origin)).toBe(true);

  expect(run.store.state(batchId)).toBe('done');
  expect(run.store.counts(batchId)).toMatchObject({ done: groupCount, failed: 0, planned: 0, running: 0 });
  for (const [position, groupId] of run.groupIds.entries()) {
    expect(run.tables.verdicts.ofGroup(groupId).map((verdict) => verdict.reasoning)).toEqual([`About ${position}.`]);
  }
  for (const { request, positions } of answeredBefore) {
    const later = server.arrived.slice(request).map((seen) => markOf(seen.words));
    expect(later.filter((position) => positions.has(position))).toEqual([]);
  }
  // Only what was on its way at a kill is asked again, and the last time it is asked is the time it is answered.
  const timesAsked = new Map<number, number>();
  for (const { words } of server.arrived) timesAsked.set(markOf(words), (timesAsked.get(markOf(words)) ?? 0) + 1);
  expect(timesAsked.size).toBe(groupCount);
  const again = [...timesAsked.values()].reduce((sum, times) => sum + times - 1, 0);
  expect(again).toBeLessThanOrEqual(kills * numWorkers);
  // The kills came in the middle of the run.
  const inTheMiddle = answeredBefore.filter(({ positions }) => positions.size > 0 && positions.size < groupCount).length;
  expect(inTheMiddle).toBeGreaterThanOrEqual(0.8 * kills);
}, 900_000);
