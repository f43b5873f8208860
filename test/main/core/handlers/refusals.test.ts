import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CallName, calls } from '../../../../app/contract/calls.ts';
import { openService } from '../support/open-service.ts';

const unknown = {
  sessionId: 'no-such-session',
  groupId: 'no-such-group',
  batchId: 'no-such-run',
  verdictId: 'no-such-verdict',
  exampleId: 'no-such-example',
  analyzerId: 'no-such-analyzer',
  grant: 'no-such-grant',
  sha256: '0'.repeat(64),
};

/** What else each call needs to pass the door. */
const rest: Partial<Record<CallName, Record<string, unknown>>> = {
  'session.rename': { title: 'x' },
  'compute.run': { extensions: ['waveforms'] },
  'candidates.find': { resolveGraph: false },
  'candidates.addGroup': { units: [1, 2] },
  'candidates.import': { name: 'pairs', text: '[[1, 2]]' },
  'group.choose': { change: 'set' },
  'group.points': { x: 'template_diff', y: 'score' },
  'group.marks': { x: 'template_diff', y: 'score' },
  'group.ifMerged': { censorMs: 0 },
  'plot.load': { feature: 'waveform_single' },
  'plot.picture': { feature: 'waveform_single' },
  'batch.estimate': { judge: 'offline' },
  'batch.start': { judge: 'offline' },
  'batch.preflight': { judge: 'offline' },
  'review.decide': { decision: 'merge' },
  'review.note': { note: '' },
  'library.add': { label: 'good', why: '' },
  'apply.plan': { source: 'review' },
  'apply.write': {
    source: 'review',
    folderName: 'x',
    conflicts: [],
    write: { analyzer: true, resultsCsv: true, curationJson: true },
  },
};

const withIds = (Object.keys(calls) as CallName[]).filter(
  (name) => calls[name].by === 'core' && Object.keys(calls[name].input.shape).some((field) => field in unknown),
);

test('there are calls with ids', () => expect(withIds.length).toBeGreaterThan(25));

test.each(withIds)('%s refuses unknown ids with a sentence', async (name) => {
  const { service } = await openService();
  const fields = Object.keys(calls[name].input.shape).filter((field) => field in unknown);
  const input = { ...Object.fromEntries(fields.map((field) => [field, unknown[field as keyof typeof unknown]])), ...rest[name] };
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const failure = await service.handle(name, input, context).then(
    () => undefined,
    (error) => error,
  );
  expect(failure?.kind).toMatch(/^(input\.notFound|ipc\.forbidden)$/);
  expect(failure.message).toMatch(/^[A-Z“].*\.$/);
});

test('what is no call, not for the core, or of another shape is refused at the door', async () => {
  const { service } = await openService();
  const context = { signal: new AbortController().signal, progress: () => undefined };
  await expect(service.handle('constructor', {}, context)).rejects.toMatchObject({ kind: 'ipc.forbidden' });
  await expect(service.handle('app.state', {}, context)).rejects.toMatchObject({ kind: 'host.unsupported' });
  await expect(service.handle('group.list', { sessionId: 7 }, context)).rejects.toMatchObject({ kind: 'ipc.invalid' });
});

test('an unexpected error is a bug to the window; its text stands only in the log', async () => {
  const { service, dataFolder } = await openService();
  const canary = 'canary-text-of-an-inner-error';
  const broken = { ...service.core.tables.settings };
  Object.assign(service.core.tables.settings, {
    read: () => {
      throw new Error(canary);
    },
  });
  const context = { signal: new AbortController().signal, progress: () => undefined };
  await expect(service.handle('settings.get', {}, context)).rejects.toThrow(canary);
  Object.assign(service.core.tables.settings, broken);
  expect(readFileSync(join(dataFolder, 'logs', 'samecell.log'), 'utf8')).toContain(canary);
});

test('settings are kept and told', async () => {
  const opened = await openService();
  expect((await opened.ask('settings.get', {})).numWorkers).toBe(8);
  expect((await opened.ask('settings.set', { numWorkers: 3 })).numWorkers).toBe(3);
  expect(opened.events).toContainEqual({ name: 'settings.changed', data: {} });
  await opened.service.close();
  const again = await openService(opened.dataFolder);
  expect(await again.ask('settings.get', {})).toMatchObject({ numWorkers: 3, theme: 'system' });
});
