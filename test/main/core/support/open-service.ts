import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Answer, Ask, CallContext, CallName } from '../../../../app/contract/calls.ts';
import { createService, type Service, type ServiceOptions } from '../../../../main/core/service.ts';
import { openVault } from '../../../../main/core/vault/vault.ts';
import { loopbackSend } from '../../../fixtures/servers/loopback-send.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const root = join(import.meta.dirname, '..', '..', '..', '..');
export const splits = join(root, 'assets', 'demo', 'splits');
export const tutorial = join(root, 'test', 'fixtures', 'analyzers', 'tutorial');
export const multisegment = join(root, 'test', 'fixtures', 'analyzers', 'multisegment');

export interface Opened {
  readonly service: Service;
  readonly dataFolder: string;
  readonly events: { name: string; data: unknown }[];
  ask<Name extends CallName>(name: Name, input: Ask<Name>, context?: Partial<CallContext>): Promise<Answer<Name>>;
}

/** A real service on a data folder of the test's own; its network ends at this machine, its keys at the session. */
export async function openService(dataFolder = temporaryFolder(), more: Partial<ServiceOptions> = {}): Promise<Opened> {
  const events: Opened['events'] = [];
  const vault = openVault({ stores: [] });
  const service = await createService({
    dataFolder,
    assetsFolder: join(root, 'assets'),
    version: '0.0.0',
    emit: (name, data) => events.push({ name, data }),
    vault: () => vault,
    send: loopbackSend,
    ...more,
  });
  onTestFinished(() => service.close());
  return {
    service,
    dataFolder,
    events,
    ask: (name, input, context = {}) =>
      service.handle(name, input, { signal: new AbortController().signal, progress: () => undefined, ...context }) as never,
  };
}

/** The session of an analyzer with the candidates of `template_similarity`. */
export async function openSession({ service, ask }: Opened, folder = splits, threshold = 0.2) {
  const { grant } = await service.grant(folder, 'analyzer');
  const { session, info, continued } = await ask('analyzer.open', { grant });
  const found = await ask('candidates.find', {
    sessionId: session.sessionId,
    steps: ['template_similarity'],
    params: { template_similarity: { template_diff_thresh: threshold } },
    resolveGraph: false,
  });
  return { grant, sessionId: session.sessionId, info, continued, found, groupIds: found.groups.map(({ groupId }) => groupId) };
}

/** A copy that a test may change. */
export function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'analyzer');
  cpSync(folder, copy, { recursive: true });
  return copy;
}
