import { join } from 'node:path';
import { createService } from '../../../../main/core/service.ts';
import { openVault } from '../../../../main/core/vault/vault.ts';

/** What a child process is told to do with a data folder until it is done or killed. */
export type ChildTask =
  | { readonly kind: 'decide'; readonly dataFolder: string; readonly sessionId: string; readonly groupIds: readonly string[] }
  | { readonly kind: 'begin'; readonly dataFolder: string; readonly sessionId: string; readonly judge: string; readonly model?: string }
  | {
      readonly kind: 'offer';
      readonly dataFolder: string;
      readonly request: { readonly sessionId: string; readonly judge: string; readonly model: string };
    }
  | { readonly kind: 'resume'; readonly dataFolder: string; readonly batchId: string };

const task = JSON.parse(process.argv[2]) as ChildTask;
const say = (line: string) => process.stdout.write(`${line}\n`);
const words = ['merge', 'not merge', 'unsure'] as const;

const vault = openVault({ stores: [] });
const service = await createService({
  dataFolder: task.dataFolder,
  assetsFolder: join(import.meta.dirname, '..', '..', '..', '..', 'assets'),
  version: '0.0.0',
  emit: () => undefined,
  vault: () => vault,
});
const ask = (name: string, input: unknown) =>
  service.handle(name, input, { signal: new AbortController().signal, progress: () => undefined }) as Promise<never>;

say('ready');
if (task.kind === 'decide') {
  for (let count = 0; ; count += 1) {
    const groupId = task.groupIds[count % task.groupIds.length];
    const decision = words[count % words.length];
    if (count % 5 === 4) await ask('review.undo', { sessionId: task.sessionId });
    else await ask('review.decide', { sessionId: task.sessionId, groupId, decision });
    say(count % 5 === 4 ? 'undo' : `decide ${groupId} ${decision}`);
  }
}
await ask('settings.set', { remoteConsentAt: '2026-01-01T00:00:00.000Z' });
let batchId: string;
if (task.kind === 'offer') {
  await ask('vault.setKey', { provider: task.request.judge, key: 'some-key-of-mine' });
  const request = { ...task.request, features: [], withNumbers: true, providerBatch: true };
  batchId = (await (ask('batch.start', request) as Promise<{ batchId: string }>)).batchId;
} else if (task.kind === 'begin') {
  const { judge, model, sessionId } = task;
  const request = { sessionId, judge, model, features: [], withNumbers: true, numWorkers: 3 };
  batchId = (await (ask('batch.start', request) as Promise<{ batchId: string }>)).batchId;
} else {
  batchId = task.batchId;
  await ask('batch.resume', { batchId });
}
say(`running ${batchId}`);
await service.core.judges.rest(batchId);
await service.close();
say('done');
