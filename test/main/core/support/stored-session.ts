import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { UnitId } from '../../../../app/analyzer/view.ts';
import type { BatchAnswer, BatchPlan } from '../../../../main/core/batch/store.ts';
import { batchStore } from '../../../../main/core/db/batch-store.ts';
import { openDatabase } from '../../../../main/core/db/open.ts';
import { openTables } from '../../../../main/core/db/tables.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A real database with one session and the groups asked for. */
export function storedSession(groups: readonly (readonly UnitId[])[], folder = temporaryFolder()) {
  const database = openDatabase(folder);
  onTestFinished(() => {
    database.close();
  });
  const tables = openTables(database);
  const processId = randomUUID();
  tables.processes.open(processId);
  const analyzerId = tables.analyzers.opened('/data/splits', 'splits', 'binary_folder', 'f'.repeat(64));
  const sessionId = tables.sessions.create(analyzerId, 'f'.repeat(64), 'splits');
  const groupIds = groups.map((units) =>
    tables.groups.add(sessionId, { units, spikeCounts: units.map(() => 100), templateDiff: null }, 'hand'),
  );
  return { folder, database, tables, processId, analyzerId, sessionId, groupIds, store: batchStore(database, tables, processId) };
}

export function planFor(sessionId: string, groupIds: readonly string[]): BatchPlan {
  return {
    sessionId,
    judge: 'openai',
    model: 'gpt-x',
    promptId: 'merge',
    promptVersion: '1',
    promptHash: 'a'.repeat(64),
    features: ['waveform_single'],
    withNumbers: true,
    exampleIds: [],
    numWorkers: 4,
    params: { timeoutS: 60 },
    groupIds,
  };
}

export const answer: BatchAnswer = {
  verdict: { verdict: 'merge', confidence: 0.8, reasoning: 'Same shape.', features: [], cells: [['A', 'B']] },
  model: 'gpt-x-2026-01-01',
  raw: '{"id":1}',
  system: 'You judge.',
  text: 'Are A and B one cell?',
  finish: 'stop',
  warnings: [],
  pictures: [],
  numbers: { template_diff: 0.1, refractory: null },
  params: { rung: 'schema' },
  spent: { usage: { inputTokens: 100, outputTokens: 20, cachedInputTokens: 0 }, costUsd: 0.002, latencyMs: 700, requestCount: 1 },
};
