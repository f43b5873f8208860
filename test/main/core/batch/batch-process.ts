// A process that goes on with a run until it is done or killed: folder, run, address of the server.
import { randomUUID } from 'node:crypto';
import { providerById } from '../../../../app/judges/registry.ts';
import { askModel } from '../../../../main/core/batch/ask-model.ts';
import { createPace } from '../../../../main/core/batch/pace.ts';
import { createRunner } from '../../../../main/core/batch/runner.ts';
import { batchStore } from '../../../../main/core/db/batch-store.ts';
import { openDatabase } from '../../../../main/core/db/open.ts';
import { openTables } from '../../../../main/core/db/tables.ts';
import { sampleQuestion } from '../../../app/judges/sample-question.ts';

const [folder, batchId, origin] = process.argv.slice(2);
const database = openDatabase(folder);
const tables = openTables(database);
const processId = randomUUID();
tables.processes.open(processId);
const store = batchStore(database, tables, processId);
const connection = providerById('openai').connect({ key: 'some-key', baseUrl: origin, fetch });
const pace = createPace({ firstWaitMs: 2 });

const runner = createRunner({
  store,
  batchId,
  numWorkers: 8,
  ask: (item, signals) =>
    askModel({
      connection,
      title: 'OpenAI',
      model: 'model-here',
      built: sampleQuestion({ spikeCounts: [1000 + item.position, 5] }),
      numbers: {},
      params: {},
      costOf: () => 0.001,
      pace,
      signals,
    }),
});
process.stdout.write('began\n');
store.resetRunning(batchId);
runner.start();
await runner.rest();
database.close();
process.stdout.write('rested\n');
